"""Cells, circuits and readouts of a user's own: by contract, by name, computed as is asked or refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pennylane as qp
import pytest

import qsim
from qml import EngineChoice, ReservoirForecaster, ReservoirRegressor, ensemble
from qml.cells.base import Cell
from qml.cells.classical_cells import RNN
from qml.cells.quantum_cells import QRNN
from qml.engines import jax_support
from qml.maps.affine import AffineMaps
from qml.maps.base import Computation, Evaluator
from qml.maps.circuit import CircuitUnits
from qml.maps.open_circuit import OpenCircuits
from qml.maps.pennylane_circuit import PennyLaneCircuit
from qml.readouts import as_readout
from qsim import registry
from qsim.errors import ParameterError, RegistryError

SERIES = np.random.default_rng(3).uniform(-1, 1, 12)


@dataclass(frozen=True)
class Plain(PennyLaneCircuit):
    """One rotation for each wire."""

    def angles(self, wires: int) -> tuple[int, ...]:
        return (wires,)

    def gates(self, values: Any, angles: Any) -> None:
        for wire in range(values.shape[-1]):
            qp.RX(values[..., wire] + angles[wire], wires=wire)


@dataclass(frozen=True)
class Heedless:
    """Circuits that are whatever they are, and do not look at how they are to be computed."""

    def draw(self, rng: np.random.Generator, wires: int, maps: int) -> dict[str, Any]:
        return CircuitUnits().draw(rng, wires, maps)

    def evaluator(self, wires: int, how: object) -> Evaluator:
        return CircuitUnits().evaluator(wires, Computation())


@dataclass(frozen=True)
class Doubled(RNN):
    """A cell of one's own."""


class Mean:
    """A readout that is no dataclass and knows nothing of qsim."""

    def fit(self, features: Any, targets: Any) -> Mean:
        self.mean = np.mean(targets, axis=0)
        return self

    def predict(self, features: Any) -> Any:
        return np.broadcast_to(self.mean, (len(features), *np.shape(self.mean)))


@pytest.fixture
def registered() -> Iterator[None]:
    kinds = (("circuit", "plain", Plain), ("cell", "doubled", Doubled), ("readout", "mean", Mean))
    for kind, name, cls in kinds:
        qsim.register(kind, name)(cls)
    yield
    for kind, name, _ in kinds:
        registry.unregister(kind, name)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"shots": 10}, "shots=10: nothing is sampled in QRNN with Heedless, whose numbers are exact"),
        ({"engine": "qnode"}, "engine='qnode' does not compute QRNN with Heedless; engine='compiled' does"),
        ({"engine": "trainable"}, "engine='trainable' does not compute QRNN with Heedless"),
    ],
)
def test_what_circuits_do_not_carry_out_is_refused_when_a_reservoir_is_made(
    choice: dict[str, Any], message: str
) -> None:
    cell = QRNN(1, 2, Heedless())
    assert ensemble(cell, seed=1).features(SERIES).shape == (12, 2)
    with pytest.raises(ParameterError, match=message):
        ensemble(cell, seed=1, engine=EngineChoice(**choice))


@pytest.mark.parametrize("cell", [RNN(), Doubled()])
@pytest.mark.parametrize("choice", [{"shots": 10}, {"engine": "qnode"}, {"engine": "trainable"}])
def test_cells_without_circuits_are_not_measured(cell: Cell, choice: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=type(cell).__name__):
        ensemble(cell, seed=1, engine=EngineChoice(**choice))


def test_gates_that_a_subclass_replaces_are_not_those_that_were_lowered() -> None:
    @dataclass(frozen=True)
    class Still(CircuitUnits):
        def gates(self, values: Any, angles: Any) -> None:
            for wire in range(values.shape[-1]):
                qp.RX(0 * values[..., wire], wires=wire)

    assert ensemble(QRNN(1, 1, Still()), seed=1, readout=("z",)).features(SERIES) == pytest.approx(1.0)
    assert isinstance(EngineChoice().evaluator(QRNN(1, 1, Still())), OpenCircuits)
    assert not isinstance(EngineChoice().evaluator(QRNN(1, 1, CircuitUnits())), OpenCircuits)


def test_units_that_are_none_are_refused_at_once() -> None:
    with pytest.raises(ParameterError, match=r"`units` is a Mean, which lacks `draw\(rng, wires, maps\)`"):
        QRNN(units=Mean())  # type: ignore[arg-type]


def test_circuits_that_cannot_be_hashed_are_refused_at_once() -> None:
    class Listed(Heedless):
        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(ParameterError, match="QRNN with Listed cannot be told from others"):
        ensemble(QRNN(1, 1, Listed()), seed=1)


def test_pennylane_code_of_ones_own_gives_its_expectation_values() -> None:
    reservoir = ensemble(QRNN(1, 1, Plain()), seed=1, readout=("z", "zz"))
    hidden, shifts = 0.0, reservoir.bank.weights["angles"][0, 0]
    for value, found in zip(SERIES, reservoir.features(SERIES), strict=True):
        z = np.cos(np.array([hidden, value]) + shifts)
        assert found == pytest.approx([*z, z[0] * z[1]], abs=1e-12)
        hidden = np.tanh(z[0])


def test_pennylane_code_of_ones_own_can_be_sampled_and_traced() -> None:
    cell = QRNN(1, 1, Plain())
    exact = ensemble(cell, seed=1).features(SERIES[:4])
    sampled = ensemble(cell, seed=1, engine=EngineChoice(shots=50)).features(SERIES[:4])
    assert not np.array_equal(exact, sampled)
    assert np.abs(exact - sampled).max() < 1
    if jax_support.installed():
        traced = ensemble(cell, seed=1, engine=EngineChoice(engine="trainable")).features(SERIES[:4])
        assert traced == pytest.approx(exact, abs=1e-12)


@pytest.mark.usefixtures("registered")
def test_estimators_find_parts_by_name() -> None:
    windows = np.lib.stride_tricks.sliding_window_view(np.sin(np.arange(60)), 4)
    targets = windows[:, -1] ** 2
    by_name = ReservoirRegressor("qrnn", units="plain", hidden=1, regressor="mean").fit(windows, targets)
    by_object = ReservoirRegressor(QRNN(1, 1, Plain()), regressor=Mean()).fit(windows, targets)
    assert by_name.predict(windows) == pytest.approx(np.full(len(windows), targets.mean()))
    np.testing.assert_array_equal(by_name.predict(windows), by_object.predict(windows))
    model = ReservoirForecaster({"kind": "doubled", "hidden": 4}, washout=5).fit(np.sin(np.arange(60)))
    assert model.reservoir_.size == 4


def test_a_readout_that_is_given_is_left_as_it_was() -> None:
    given = Mean()
    fitted = as_readout(given).fit(np.zeros((3, 1)), np.ones(3))
    assert fitted is not given
    assert not hasattr(given, "mean")


def test_what_is_no_readout_is_told_what_it_lacks() -> None:
    class Half:
        def fit(self, features: Any, targets: Any) -> Half:
            return self

    with pytest.raises(ParameterError, match=r"got a Half, which lacks `predict\(features\)`"):
        as_readout(Half())


@pytest.mark.parametrize("kind", ["cell", "circuit", "readout", "forecaster"])
def test_an_empty_class_is_refused_with_its_place(kind: str) -> None:
    class Empty:
        pass

    with pytest.raises(RegistryError, match=rf"{kind} 'empty': .*Empty \(.*test_kinds.py, line \d+\) lacks"):
        qsim.register(kind, "empty")(Empty)


def test_a_cell_without_its_step_is_refused() -> None:
    with pytest.raises(RegistryError, match=r"lacks `step\(xp, maps, state, inputs\)`"):

        @qsim.register("cell", "stepless")
        @dataclass(frozen=True)
        class Stepless(Cell):
            state_sizes: ClassVar = (1,)
            readable: ClassVar = {"hidden": 1}

            def draw(self, rng: np.random.Generator) -> dict[str, Any]:
                return {}

            def evaluator(self, how: object) -> Evaluator:
                return AffineMaps()


def test_ours_come_by_the_door_of_plug_ins_and_load_nothing_heavy() -> None:
    code = (
        "import sys\nfrom qsim import registry\n"
        "print(*registry.names('cell'), *registry.names('circuit'), *registry.names('readout'))\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'jax', 'pennylane') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, heavy = done.stdout.splitlines()
    assert names == "esn gru lstm qgru qlstm qrnn rnn ring tanh gradient recursive ridge"
    assert heavy == "[]"
