"""All engines give the features of PennyLane's QNodes, for all cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.cells.bank import Bank, draw_bank
from qml.cells.classical_cells import ESN, GRU, LSTM, RNN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN, QuantumCell
from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.maps.affine import TanhUnits
from qml.maps.base import Computation
from qml.maps.circuit import CircuitUnits

CLOSE = 1e-12
QUANTUM: list[type[QuantumCell]] = [QRNN, QLSTM, QGRU]
needs_jax = pytest.mark.skipif(not jax_support.installed(), reason="JAX is not installed")


def features(bank: Bank, inputs: np.ndarray, series: bool = False, **choice: object) -> np.ndarray:
    engine = EngineChoice(**choice).build(bank.cell, series)  # type: ignore[arg-type]
    return engine.run(bank, inputs, tuple(bank.cell.readable), every=series).features


@settings(max_examples=12, deadline=None)
@given(
    kind=st.sampled_from(QUANTUM),
    channels=st.integers(1, 2),
    hidden=st.integers(1, 3),
    layers=st.integers(1, 3),
    reupload=st.booleans(),
    leak=st.floats(0.1, 1.0),
    seed=st.integers(0, 2**32),
)
def test_compiled_equals_the_qnode(
    kind: type[QuantumCell], channels: int, hidden: int, layers: int, reupload: bool, leak: float, seed: int
) -> None:
    units = CircuitUnits(layers, reupload, "uniform")
    cell = kind(channels, hidden, units, input_gain=0.7, hidden_gain=1.3, input_shift=-0.2)
    bank = draw_bank(cell, [seed], leak)
    inputs = np.random.default_rng(seed).standard_normal((1, 3, 3, channels))
    reference = features(bank, inputs, engine="qnode")
    assert features(bank, inputs, engine="compiled", backend="numpy") == pytest.approx(reference, abs=CLOSE)


@needs_jax
@pytest.mark.parametrize(
    ("kind", "reupload"), [(QRNN, False), (QRNN, True), (QLSTM, True), (QGRU, False)]
)  # each compiles for seconds: every kind, and both circuits on the smallest
def test_jax_equals_the_qnode(kind: type[QuantumCell], reupload: bool) -> None:
    bank = draw_bank(kind(2, 2, CircuitUnits(2, reupload, "uniform")), [1, 2], np.array([1.0, 0.4]))
    inputs = np.random.default_rng(0).standard_normal((1, 5, 4, 2))
    reference = features(bank, inputs, engine="qnode")
    assert features(bank, inputs, backend="jax") == pytest.approx(reference, abs=CLOSE)
    assert features(bank, inputs, engine="trainable") == pytest.approx(reference, abs=CLOSE)


@needs_jax
@pytest.mark.parametrize("cell", [RNN(2, 3), LSTM(2, 3), GRU(2, 3), ESN(2, 12), QRNN(2, 2, TanhUnits())])
def test_jax_equals_numpy_for_classical_units(cell: RNN | LSTM | GRU | ESN | QRNN) -> None:
    bank = draw_bank(cell, [1, 2], 0.8)
    inputs = np.random.default_rng(0).standard_normal((1, 5, 60, 2))
    for series in (False, True):
        reference = features(bank, inputs, series, backend="numpy")
        assert features(bank, inputs, series, backend="jax") == pytest.approx(reference, abs=CLOSE)


@needs_jax
def test_series_longer_than_a_segment_equal_numpy() -> None:
    bank = draw_bank(QRNN(1, 2, CircuitUnits(init="uniform")), [3])
    inputs = np.random.default_rng(0).standard_normal((1, 1, 1500, 1))
    reference = features(bank, inputs, True, backend="numpy")
    assert features(bank, inputs, True, backend="jax") == pytest.approx(reference, abs=CLOSE)


@pytest.mark.parametrize("backend", ["numpy", pytest.param("jax", marks=needs_jax)])
def test_single_precision_is_close(backend: str) -> None:
    bank = draw_bank(QLSTM(units=CircuitUnits(init="uniform")), [3])
    inputs = np.random.default_rng(0).standard_normal((1, 7, 4, 1))
    double = features(bank, inputs, backend=backend)
    single = features(bank, inputs, backend=backend, precision="single")
    assert single == pytest.approx(double, abs=1e-5)
    assert not np.array_equal(single, double)


@pytest.mark.parametrize("device", ["default.qubit", "default.mixed", "lightning.qubit"])
def test_any_device_of_pennylane_by_its_own_name(device: str) -> None:
    if device.startswith("lightning"):
        pytest.importorskip("pennylane_lightning")
    bank = draw_bank(QGRU(1, 1), [3])
    inputs = np.random.default_rng(0).standard_normal((1, 2, 2, 1))
    assert features(bank, inputs, engine="qnode", device=device) == pytest.approx(
        features(bank, inputs), abs=CLOSE
    )


@needs_jax
def test_no_call_back_to_python_is_in_the_trainable_program() -> None:
    import jax

    from qml.engines.jax_engine import drive

    cell = QRNN(1, 1)
    bank = draw_bank(cell, [1])
    evaluator = cell.evaluator(Computation(engine="trainable"))
    run = drive(cell, evaluator, ("hidden",), False, 2)
    arrays = evaluator.prepare(bank.weights, cell.stages)
    state, inputs = (np.zeros((1, 2, 1)),), np.zeros((3, 1, 2, 1))

    def loss(frozen: object) -> object:
        return run(frozen, None, state, inputs, np.ones(3, bool))[0].sum()

    with jax_support.double_precision(jax):
        program = str(jax.make_jaxpr(jax.grad(loss))(arrays))
    assert "scan" in program
    assert "callback" not in program
