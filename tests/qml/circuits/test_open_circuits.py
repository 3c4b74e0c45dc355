"""Circuits of anyone's, lowered, against PennyLane's own simulation of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pennylane as qp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.cells.bank import draw_bank
from qml.cells.quantum_cells import QLSTM, QRNN, QuantumCell
from qml.circuits.circuit_plan import plan_of
from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.maps.circuit import CircuitUnits
from qml.maps.circuit_of_functions import FunctionCircuit, NoisyCircuit
from qml.maps.open_circuit import OpenCircuits
from qml.maps.pennylane_circuit import PennyLaneCircuit, QNodes
from qsim import Param
from qsim.errors import ParameterError
from tests.qml.circuits.random_circuits import RandomCircuit
from tests.statistics import ROOM

CLOSE = 1e-12
needs_jax = pytest.mark.skipif(not jax_support.installed(), reason="JAX is not installed")


def read(circuit: PennyLaneCircuit, wires: int, lowered: bool = True, seed: int = 0) -> np.ndarray:
    """What two circuits of two cells give for three inputs."""
    rng = np.random.default_rng(seed)
    weights = {
        "gain": np.full((2, 1, wires), 0.8),
        "shift": np.full((2, 1, wires), 0.1),
        "angles": rng.uniform(0, 7, (2, 2, *circuit.angles(wires))),
    }
    device = "default.mixed" if plan_of(circuit, wires).mixed else "default.qubit"
    one = OpenCircuits(circuit, wires) if lowered else QNodes(circuit, wires, device)
    values = rng.standard_normal((2, 3, wires))
    return np.asarray(one.evaluate(np, one.prepare(weights, (2,))[0], values, min(2, wires), 1))


@settings(max_examples=15, deadline=None)
@given(wires=st.integers(1, 7), seed=st.integers(0, 2**32))
def test_any_circuit_equals_its_qnode(wires: int, seed: int) -> None:
    circuit = RandomCircuit(seed)
    assert read(circuit, wires) == pytest.approx(read(circuit, wires, lowered=False), abs=CLOSE)


@settings(max_examples=4, deadline=None)
@given(wires=st.integers(1, 4), seed=st.integers(0, 2**32))
def test_any_circuit_with_noise_equals_the_mixed_device(wires: int, seed: int) -> None:
    circuit = RandomCircuit(seed, length=6, channels=4)
    assert read(circuit, wires) == pytest.approx(read(circuit, wires, lowered=False), abs=CLOSE)


def features(cell: QuantumCell, series: bool = False, steps: int = 2, **choice: Any) -> np.ndarray:
    bank = draw_bank(cell, [1, 2], 0.7)
    inputs = np.random.default_rng(0).standard_normal((1, 3, steps, cell.channels))
    engine = EngineChoice(**choice).build(cell, series)
    return engine.run(bank, inputs, tuple(cell.readable), every=series).features


@pytest.mark.parametrize("cell", [QRNN(1, 2, RandomCircuit(5, 4, 1)), QLSTM(1, 1, RandomCircuit(5, 8))])
def test_cells_with_such_circuits_agree_on_all_engines(cell: QuantumCell) -> None:
    expected = features(cell, engine="qnode")
    assert features(cell, backend="numpy") == pytest.approx(expected, abs=CLOSE)
    assert features(cell, backend="numpy", precision="single") == pytest.approx(expected, abs=1e-4)
    # To compile one of the larger cells takes too long for a test.
    if jax_support.installed() and isinstance(cell, QRNN):
        assert features(cell, backend="jax") == pytest.approx(expected, abs=CLOSE)
        assert features(cell, backend="jax", precision="single") == pytest.approx(expected, abs=1e-4)


def encoding(values: Any) -> None:
    for wire in range(values.shape[-1]):
        qp.RY(values[..., wire], wires=wire)


def ansatz(angles: Any, wires: int) -> None:
    for wire in range(wires):
        qp.RX(angles[wire], wires=wire)
        qp.CZ(wires=[wire, (wire + 1) % wires])


def test_layers_of_functions_are_those_that_one_would_write() -> None:
    circuit = FunctionCircuit(encoding, ansatz, lambda wires: (wires,), (qp.Y(1),), layers=2, reupload=True)
    rng = np.random.default_rng(0)
    values, angles = rng.standard_normal((1, 3)), rng.uniform(0, 6, circuit.angles(3))

    def written() -> Any:
        for layer in angles:
            encoding(values[0])
            ansatz(layer, 3)
        return [qp.expval(one) for one in (qp.Z(0), qp.Z(1), qp.Z(2), qp.Y(1))]

    one = OpenCircuits(circuit, 3)
    weights = {"gain": np.ones((1, 1, 3)), "shift": np.zeros((1, 1, 3)), "angles": angles[None, None]}
    found = one.evaluate(np, one.prepare(weights, (1,))[0], values[None], 1, 1)
    assert found[0, 0, 0] == pytest.approx(
        np.array(qp.QNode(written, qp.device("default.qubit", wires=3))()), abs=CLOSE
    )


def test_a_noise_model_is_attached_as_pennylane_attaches_it() -> None:
    model = qp.NoiseModel(
        {
            qp.noise.op_eq(qp.CNOT): qp.noise.partial_wires(qp.DepolarizingChannel, 0.05),
            qp.noise.op_in([qp.Rot]): qp.noise.partial_wires(qp.AmplitudeDamping, 0.03),
        }
    )
    circuit = CircuitUnits(layers=1, init="uniform")
    rng = np.random.default_rng(1)
    values, angles = rng.standard_normal(3), rng.uniform(0, 6, circuit.angles(3))

    def run() -> Any:
        circuit.gates(values, angles)
        return [qp.expval(qp.Z(wire)) for wire in range(3)]

    plain = qp.QNode(run, qp.device("default.mixed", wires=3))

    one = OpenCircuits(NoisyCircuit(circuit, model), 3)
    weights = {"gain": np.ones((1, 1, 3)), "shift": np.zeros((1, 1, 3)), "angles": angles[None, None]}
    found = one.evaluate(np, one.prepare(weights, (1,))[0], values[None, None], 1, 1)[0, 0, 0]
    assert found == pytest.approx(np.array(qp.add_noise(plain, model)()), abs=CLOSE)
    assert np.abs(found - np.array(plain())).max() > 0.005


@pytest.mark.parametrize(
    ("units", "backend"),
    [
        (RandomCircuit(5, 8, order=2), "numpy"),
        (RandomCircuit(6, 6, 2, order=2), "numpy"),
        pytest.param(RandomCircuit(6, 4, 1, order=2), "jax", marks=needs_jax),
        pytest.param(CircuitUnits(init="uniform"), "jax", marks=needs_jax),
    ],
)
def test_shots_scatter_around_the_exact_numbers(units: PennyLaneCircuit, backend: str) -> None:
    # About 2 x 300 x 9 features; the largest of <P> is bounded by its own variance, (1 - <P>^2) / shots.
    cell, shots, rows = QRNN(1, 1, units), 100, 300
    bank, names = (
        draw_bank(cell, [1]),
        ("z", "zz", *(("observables",) if "observables" in cell.readable else ())),
    )
    inputs = np.full((1, rows, 1, 1), 0.4)

    def run(**choice: Any) -> np.ndarray:
        engine = EngineChoice(backend=backend, **choice).build(cell, False)
        return np.asarray(engine.run(bank, inputs, names, every=False).features[0])

    exact, drawn = run()[0], run(shots=shots, seed=3)
    assert np.array_equal(drawn, run(shots=shots, seed=3))
    assert not np.array_equal(drawn, run(shots=shots, seed=4))
    assert not np.array_equal(drawn[0], drawn[1])
    spread = drawn.std(axis=0, ddof=1)
    assert np.abs(drawn.mean(axis=0) - exact) == pytest.approx(0, abs=ROOM * spread.max() / rows**0.5 + 1e-12)
    words = slice(0, 3)
    expected = np.sqrt(np.maximum(1 - exact[words] ** 2, 0) / shots)
    assert spread[words] == pytest.approx(expected, rel=ROOM / np.sqrt(2 * rows), abs=1e-9)


@needs_jax
def test_sampled_series_in_jax_go_on_where_they_were_cut() -> None:
    cell = QRNN(1, 2, CircuitUnits(init="uniform"))
    bank = draw_bank(cell, [1, 2])
    inputs = np.random.default_rng(0).standard_normal((1, 3, 12, 1))
    engine = EngineChoice(shots=20, backend="jax").build(cell, True)
    whole = engine.run(bank, inputs, ("z",), every=True).features
    first = engine.run(bank, inputs[:, :, :5], ("z",), every=True)
    rest = engine.run(bank, inputs[:, :, 5:], ("z",), every=True, state=first.state).features
    assert np.array_equal(np.concatenate([first.features, rest], axis=2), whole)
    alone = engine.run(bank, inputs[:, :1], ("z",), every=True).features
    assert np.array_equal(alone, whole[:, :1])


@dataclass(frozen=True)
class Strange(PennyLaneCircuit):
    """Something that cannot be lowered, by name."""

    what: Annotated[str, Param("what is strange")] = "measured"

    def angles(self, wires: int) -> tuple[int, ...]:
        return (wires,)

    def observables(self, wires: int) -> tuple[Any, ...]:
        found: dict[str, Any] = {"far": qp.X(9), "none": 3, "skew": 1j * qp.X(0)}
        return (found[self.what],) if self.what in found else ()

    def gates(self, values: Any, angles: Any) -> None:
        encoding(values)
        if self.what == "measured":
            qp.measure(0)
        elif self.what == "wire":
            qp.X(wires="a")
        elif self.what == "turning" and np.mean(values) > 0:
            qp.X(wires=0)
        elif self.what == "noise":
            qp.BitFlip(qp.math.abs(qp.math.sin(values[..., 0])), wires=0)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("wire", "a gate is on 'a'"),
        ("turning", "which gates are applied must not depend on"),
        ("measured", "engine='qnode'"),
        ("far", r"observable 0 \(X\(9\)\) is on wire 9; the circuits have the wires 0 to 2"),
        ("none", r"observable 0 \(3\) is no observable of PennyLane"),
        ("skew", "is not Hermitian"),
    ],
)
def test_what_cannot_be_lowered_is_said_in_a_sentence(what: str, message: str) -> None:
    cell = QRNN(1, 2, Strange(what))
    with pytest.raises(ParameterError, match=message):
        EngineChoice(engine="compiled").evaluator(cell)


def test_automatic_choice_falls_back_on_a_device() -> None:
    evaluator = EngineChoice().evaluator(QRNN(1, 2, Strange("measured")))
    assert evaluator.engine == "qnode"
    assert EngineChoice().evaluator(QRNN(1, 2, RandomCircuit(1))).engine == "compiled"


def test_functions_and_noise_models_are_checked() -> None:
    with pytest.raises(ParameterError, match="`encoding` must be a function"):
        FunctionCircuit(3, ansatz, (1,))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="layers must be a whole number of at least 1, not 0"):
        FunctionCircuit(encoding, ansatz, (1,), layers=0)
    with pytest.raises(ParameterError, match="`model` must be a noise model"):
        NoisyCircuit(CircuitUnits(), 0.1)
