"""The traced loss: against other engines, finite differences and default.qubit, and all of it in JAX."""

from __future__ import annotations

import numpy as np
import pytest

from qml.cells.bank import draw_bank
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN
from qml.engines import jax_support
from qml.engines.numpy_engine import NumpyEngine
from qml.maps.circuit import CircuitUnits
from qml.maps.pennylane_circuit import QNodes, TracedQNodes
from qml.training.optimisers import rmsprop
from qml.training.program import loss
from qml.training.trainable import TracedCircuits

jax = pytest.importorskip("jax")

CELLS = (QRNN, QLSTM, QGRU)
SEEDS, BATCH, LENGTH = 2, 4, 3
UNITS = CircuitUnits(init="uniform")


class Case:
    """A cell with random circuits, a linear layer, and windows of which the last does not count."""

    def __init__(self, kind, units=UNITS, hidden=3):
        self.cell = kind(hidden=hidden, units=units)
        self.readout = self.cell.default_readout
        self.bank = draw_bank(self.cell, range(SEEDS))
        rng = np.random.default_rng(5)
        size = sum(self.cell.readable[name] for name in self.readout)
        self.model = {
            "angles": self.bank.weights["angles"],
            "head": rng.normal(size=(SEEDS, size, 2)),
            "offset": rng.normal(size=(SEEDS, 2)),
        }
        self.fixed = {name: self.bank.weights[name] for name in ("gain", "shift")}
        self.windows = rng.uniform(-1, 1, (SEEDS, BATCH, LENGTH, 1))
        self.targets = rng.uniform(-1, 1, (SEEDS, BATCH, 2))
        self.counted = np.arange(BATCH) < BATCH - 1
        self.data = (self.fixed, self.windows, self.targets, self.counted)
        self.traced = TracedCircuits(units.shape(self.cell.wires), fused=True)
        self.gates = TracedQNodes(units, self.cell.wires)

    def loss(self, evaluator):
        return loss(self.cell, evaluator, self.readout, BATCH)

    def loss_of(self, engine):
        """The same loss by an engine that drives frozen circuits."""
        total = 0.0
        for seed in range(SEEDS):
            driven = engine.run(self.bank, self.windows[seed][None], self.readout, every=False)
            answer = driven.features[seed] @ self.model["head"][seed] + self.model["offset"][seed]
            total += np.mean((answer - self.targets[seed])[self.counted] ** 2)
        return total


@pytest.fixture(scope="module", params=CELLS, ids=lambda kind: kind.name)
def case(request):
    return Case(request.param)


@pytest.fixture(scope="module")
def graded(case):
    """Loss and gradient of the compiled circuits as a function of the model and the windows."""
    with jax_support.double_precision(jax):
        program = jax.jit(jax.value_and_grad(case.loss(case.traced)))

    def run(model=case.model, windows=case.windows):
        with jax_support.double_precision(jax):
            value, slope = program(model, case.fixed, windows, case.targets, case.counted)
        return float(value), {name: np.asarray(array) for name, array in slope.items()}

    return run


def test_loss_is_that_of_the_numpy_engine(case, graded):
    assert graded()[0] == pytest.approx(case.loss_of(NumpyEngine()), rel=1e-12)


def test_loss_is_that_of_qnodes_called_one_by_one(case, graded):
    called = NumpyEngine(QNodes(case.cell.units, case.cell.wires))
    assert graded()[0] == pytest.approx(case.loss_of(called), rel=1e-12)


def test_gradient_is_that_of_finite_differences(case, graded):
    rng, step, slope = np.random.default_rng(8), 1e-5, graded()[1]
    for _ in range(4):
        direction = {name: rng.normal(size=array.shape) for name, array in case.model.items()}
        above, below = (
            graded({name: case.model[name] + shift * direction[name] for name in direction})[0]
            for shift in (step, -step)
        )
        expected = sum(np.sum(slope[name] * direction[name]) for name in direction)
        assert (above - below) / (2 * step) == pytest.approx(expected, rel=1e-7, abs=1e-8)


def test_gradient_of_one_seed_comes_from_its_own_windows(case, graded):
    other = case.windows.copy()
    other[1] += 0.3
    before, after = graded()[1], graded(windows=other)[1]
    for name, array in before.items():
        np.testing.assert_array_equal(after[name][0], array[0])
        assert not np.array_equal(after[name][1], array[1])


def test_windows_that_do_not_count_do_not_matter(case, graded):
    other = case.windows.copy()
    other[:, ~case.counted] = 0.77
    assert graded(windows=other)[0] == graded()[0]


@pytest.mark.parametrize(
    "kind",
    [QRNN, *(pytest.param(kind, marks=pytest.mark.slow) for kind in (QLSTM, QGRU))],
    ids=lambda kind: kind.name,
)
def test_gradient_is_that_of_default_qubit(kind, sized):
    # Gate by gate, compilation takes long: the other cells, whose circuits are the same, wait for a full run.
    sized(1 if kind is QRNN else None, 1)
    small = Case(kind, CircuitUnits(layers=1, init="uniform"), hidden=2)
    with jax_support.double_precision(jax):
        (value, slope), (expected, reference) = (
            jax.jit(jax.value_and_grad(small.loss(evaluator)))(small.model, *small.data)
            for evaluator in (small.traced, small.gates)
        )
    assert float(value) == pytest.approx(float(expected), rel=1e-12)
    for name, array in reference.items():
        np.testing.assert_allclose(np.asarray(slope[name]), np.asarray(array), rtol=0, atol=1e-10)


@pytest.mark.parametrize("engine", ["traced", "gates"])
def test_nothing_is_handed_back_to_python(case, engine):
    evaluator = getattr(case, engine)
    with jax_support.double_precision(jax):
        program = str(jax.make_jaxpr(jax.value_and_grad(case.loss(evaluator)))(case.model, *case.data))
    assert "scan" in program
    assert "callback" not in program


def test_rmsprop_adds_epsilon_outside_the_root():
    rates = 0.5, 0.75, 0.25
    model, squares = {"head": np.array([1.0])}, {"head": np.array([0.0])}
    with jax_support.double_precision(jax):
        model, squares = rmsprop(rates, model, squares, {"head": np.array([2.0])})
        # v = 0.25 * 4 = 1, so the step is 0.5 * 2 / (1 + 0.25).
        assert float(squares["head"][0]) == 1.0
        assert float(model["head"][0]) == pytest.approx(1 - 0.8, rel=1e-15)
        model, squares = rmsprop(rates, model, squares, {"head": np.array([-1.0])})
    # v = 0.75 * 1 + 0.25 * 1 = 1.
    assert float(squares["head"][0]) == 1.0
    assert float(model["head"][0]) == pytest.approx(0.2 + 0.4, rel=1e-15)
