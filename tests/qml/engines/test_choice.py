"""Engines by name, and what is refused before anything is computed."""

from __future__ import annotations

import numpy as np
import pytest

from qml.cells.bank import draw_bank
from qml.cells.classical_cells import RNN
from qml.cells.quantum_cells import QRNN
from qml.engines import jax_support, memory_budget
from qml.engines.choice import EngineChoice
from qml.engines.jax_engine import JaxEngine
from qml.engines.numpy_engine import NumpyEngine
from qsim.errors import ParameterError


def test_windows_are_driven_by_numpy_and_series_by_jax_where_it_is_installed() -> None:
    assert isinstance(EngineChoice().build(QRNN(), series=False), NumpyEngine)
    expected = JaxEngine if jax_support.installed() else NumpyEngine
    assert isinstance(EngineChoice().build(QRNN(), series=True), expected)


def test_without_jax_series_are_driven_by_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax_support, "installed", lambda: False)
    assert isinstance(EngineChoice().build(QRNN(), series=True), NumpyEngine)
    for choice in (EngineChoice(backend="jax"), EngineChoice(engine="trainable")):
        engine = choice.build(QRNN(), series=True)
        with pytest.raises(ParameterError, match="needs JAX, which is not installed"):
            engine.run(draw_bank(QRNN(), [1]), np.zeros((1, 1, 3, 1)), ("hidden",), every=True)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"engine": "compild"}, r"unknown engine 'compild' \(did you mean 'compiled'\?\)"),
        ({"backend": "torch"}, r"unknown backend 'torch' \(known: auto, jax, numpy\)"),
        ({"precision": "half"}, "unknown precision 'half'"),
        ({"device": "cuda"}, r"unknown device 'cuda' \(known: auto, cpu, gpu\)"),
        ({"engine": "qnode", "device": "gpu"}, "lightning.gpu"),
        ({"shots": 0}, "shots must be a whole number of at least 1, not 0"),
        ({"shots": 1.5}, "shots must be a whole number"),
        ({"shots": 10, "engine": "trainable"}, "shots are sampled by"),
        ({"precision": "single", "engine": "qnode"}, "double precision only"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choice: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        EngineChoice(**choice)  # type: ignore[arg-type]


def test_the_automatic_device_is_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = EngineChoice(device="auto")
    for seen, kind in ((True, JaxEngine), (False, NumpyEngine)):
        monkeypatch.setattr(jax_support, "sees_gpu", lambda seen=seen: seen)
        assert type(choice.build(QRNN(), series=False)) is kind
        assert type(EngineChoice(device="auto", backend="numpy").build(QRNN(), False)) is NumpyEngine


def test_a_gpu_gives_the_numbers_of_the_cpu() -> None:
    if not jax_support.sees_gpu():
        pytest.skip("JAX sees no GPU")
    bank = draw_bank(QRNN(1, 3), [1, 2])
    inputs = np.random.default_rng(0).standard_normal((1, 5, 4, 1))
    cpu, gpu = (
        EngineChoice(backend="jax", device=device)
        .build(bank.cell, False)
        .run(bank, inputs, ("z", "zz"), every=False)
        .features
        for device in ("cpu", "auto")
    )
    assert gpu == pytest.approx(cpu, abs=1e-12)


def test_a_gpu_needs_jax() -> None:
    with pytest.raises(ParameterError, match="device='gpu' needs backend='jax'"):
        EngineChoice(device="gpu", backend="numpy").build(QRNN(), series=False)


@pytest.mark.skipif(not jax_support.installed(), reason="JAX is not installed")
def test_a_gpu_that_is_not_there_is_refused() -> None:
    import jax

    if any(device.platform == "gpu" for device in jax.devices()):
        pytest.skip("this machine has a GPU")
    engine = EngineChoice(device="gpu").build(QRNN(), series=False)
    with pytest.raises(
        ParameterError, match="device='gpu': JAX sees no GPU on this machine; use device='cpu'"
    ):
        engine.run(draw_bank(QRNN(), [1]), np.zeros((1, 1, 3, 1)), ("hidden",), every=False)


@pytest.mark.parametrize(
    ("device", "message"),
    [
        (
            "lightning.qbit",
            r"PennyLane knows no device 'lightning.qbit' \(did you mean 'lightning.qubit'\?\)",
        ),
        ("default.clifford", "PennyLane's device 'default.clifford' does not start: .*stim"),
    ],
)
def test_devices_that_pennylane_cannot_start(
    device: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pennylane_lightning")
    monkeypatch.setattr("pennylane.devices.default_clifford.has_stim", False)
    engine = EngineChoice(engine="qnode", device=device).build(QRNN(), series=False)
    with pytest.raises(ParameterError, match=message):
        engine.run(draw_bank(QRNN(), [1]), np.zeros((1, 1, 3, 1)), ("hidden",), every=False)


def test_devices_are_checked_before_a_study() -> None:
    EngineChoice().check_device()
    EngineChoice(engine="qnode").check_device()
    with pytest.raises(ParameterError, match=r"PennyLane knows no device 'default\.qbit'"):
        EngineChoice(engine="qnode", device="default.qbit").check_device()


@pytest.mark.parametrize(
    ("found", "works"),
    [
        ("0.7.1", True),
        ("0.10.2", True),
        ("0.7.0", False),
        ("0.11.0", False),
        ("0.11.2", False),
        ("1.0", False),
    ],
)
def test_versions_of_jax(found: str, works: bool) -> None:
    if works:
        jax_support.check_version(found)
    else:
        with pytest.raises(
            ParameterError, match=f"JAX {found} is installed; PennyLane 0.45 works with 0.7.1"
        ):
            jax_support.check_version(found)


@pytest.mark.parametrize("series", [False, True])
@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_too_many_wires_are_refused_before_memory_is_taken(backend: str, series: bool) -> None:
    if backend == "jax" and not jax_support.installed():
        pytest.skip("JAX is not installed")
    cell = QRNN(1, 39)
    bank = draw_bank(cell, [1])
    engine = EngineChoice(backend=backend).build(cell, series)
    with pytest.raises(
        ParameterError, match=r"circuits on 40 wires need about .* [TP]iB of memory, and .* are free"
    ):
        engine.run(bank, np.zeros((1, 1, 3, 1)), ("hidden",), every=series)


def test_memory_is_counted_in_amplitudes() -> None:
    assert memory_budget.estimate(10, rows=3, circuits=2, single=False) == 5 * 3 * 2 * 1024 * 16
    assert memory_budget.estimate(10, rows=3, circuits=2, single=True) == 5 * 3 * 2 * 1024 * 8
    memory_budget.require(100, None, 3)
    memory_budget.require(100, 100, 3)
    with pytest.raises(ParameterError, match="need about 101 B of memory, and 100 B are free"):
        memory_budget.require(101, 100, 3)


def test_a_readout_that_the_cell_does_not_have() -> None:
    engine = EngineChoice(backend="numpy").build(RNN(), series=False)
    with pytest.raises(ParameterError, match=r"the cell 'rnn' has no readout 'zz' \(known: hidden\)"):
        engine.run(draw_bank(RNN(), [1]), np.zeros((1, 1, 3, 1)), ("zz",), every=False)
