"""The models that enter every comparison: quantum reservoirs, and the baselines with as many features."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from qml.baselines import NVAR, LinearTaps, Persistence
from qml.cells.bank import Bank, draw_bank
from qml.cells.classical_cells import ESN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN
from qml.comparison.compare import CandidateModel, ReadoutModel
from qml.engines.choice import EngineChoice
from qml.ensembles import ensemble
from qml.inputs import whole
from qml.maps.circuit import CircuitUnits
from qml.presets import ECHO_STATES, SEEN, EchoState, candidates, fewest_cells
from qml.reservoir import Reservoir
from qml.tasks import SeriesTask
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]
#: The model that is compared with the baselines.
QUANTUM = "QRNN ensemble"
#: Single cells by name, as published: one wire for each channel of the input, three fed back. Of an input of
#: more channels than `MOST_CHANNELS` there are several, which see two each.
CELLS: dict[str, type[QRNN] | type[QLSTM] | type[QGRU]] = {"QRNN": QRNN, "QLSTM": QLSTM, "QGRU": QGRU}


MOST_CHANNELS = 4


@dataclass(frozen=True)
class SingleCells:
    """One cell as published, started near the identity or anywhere, with weak to strong inputs.

    Attributes:
        cell: one of `CELLS`.
        gains: factors on the input.
        readout: what is read.
        engine: how it is computed.
    """

    cell: str
    gains: tuple[float, ...] = (0.5, 1.0, 2.0)
    readout: tuple[str, ...] = ("z", "zz")
    engine: EngineChoice = field(default_factory=EngineChoice)

    def __call__(self, seed: int, channels: int) -> list[Reservoir]:
        """A reservoir for each start and gain."""
        many = channels > MOST_CHANNELS
        seen = SEEN if many else channels
        return [
            ensemble(
                CELLS[self.cell](seen, 3, CircuitUnits(init=init)),
                seed=seed,
                cells=fewest_cells(channels) if many else 1,
                input_gain=gain,
                channels=channels,
                sees=seen,
                readout=self.readout,
                engine=_sampling(self.engine, seed),
                name=self.cell,
            )
            for init, gain in itertools.product(("normal", "uniform"), self.gains)
        ]


@dataclass(frozen=True)
class Tuned:
    """The ensemble of delay-embedded cells, or its control, in all tuned settings.

    Attributes:
        kind: ``quantum`` or ``tanh``, see `qml.presets.candidates`.
        features: most features.
        engine: how it is computed.
    """

    kind: str
    features: int
    engine: EngineChoice = field(default_factory=EngineChoice)

    def __call__(self, seed: int, channels: int) -> list[Reservoir]:
        """A reservoir for each setting."""
        return candidates(self.kind, self.features, seed, channels, engine=_sampling(self.engine, seed))


@dataclass(frozen=True)
class EchoStates:
    """An echo-state network: one random draw, scaled as in the tuned settings and on a grid.

    Attributes:
        units: of the network, each a feature.
        radii: spectral radii of the recurrent matrix.
        inputs: bounds of the incoming weights.
        biases: bounds of the biases.
        leaks: shares of the new state.
        engine: how it is computed.
    """

    units: int
    radii: tuple[float, ...] = (0.6, 0.95)
    inputs: tuple[float, ...] = (0.1, 0.3, 1.0)
    biases: tuple[float, ...] = (0.1,)
    leaks: tuple[float, ...] = (0.3, 1.0)
    engine: EngineChoice = field(default_factory=EngineChoice)

    def __call__(self, seed: int, channels: int) -> list[Reservoir]:
        """A reservoir for each setting."""
        cell = ESN(channels, self.units, radius=1.0, input_scale=1.0, bias_scale=1.0)
        # A spawned seed: the series may come from a generator with the seed as given.
        drawn = draw_bank(cell, np.random.SeedSequence(seed).spawn(1))
        grid = itertools.product(self.radii, self.inputs, self.biases, self.leaks)
        settings = (*ECHO_STATES.values(), *itertools.starmap(EchoState, grid))
        return [Reservoir(_scaled(drawn, one), engine=self.engine, name="ESN") for one in settings]


def _scaled(drawn: Bank, setting: EchoState) -> Bank:
    """The network with other scales; its cell stays, so that one compiled program drives all settings."""
    matrix, bias = drawn.weights["matrix"], drawn.weights["bias"]
    incoming = np.arange(matrix.shape[-1]) < drawn.cell.channels
    weights = {
        "matrix": matrix * np.where(incoming, setting.input_scale, setting.radius),
        "bias": bias * setting.bias_scale,
    }
    return Bank(drawn.cell, weights, np.array([setting.leak]))


@dataclass(frozen=True)
class Lags:
    """Linear taps: as many of the last inputs as there may be features, or fewer.

    Attributes:
        features: most features.
        shares: parts of them that are tried.
    """

    features: int
    shares: tuple[float, ...] = (1.0, 0.5, 0.25)

    def __call__(self, seed: int, channels: int) -> list[LinearTaps]:
        """Taps for each share; nothing is drawn."""
        most = _room(self.features // channels, "linear taps", self.features)
        return [LinearTaps(lags, channels=channels) for lags in _distinct(most * s for s in self.shares)]


@dataclass(frozen=True)
class Products:
    """NVAR with as many lags as there may be features, at several strides and orders.

    Attributes:
        features: most features.
        strides: steps between lags that are tried.
        orders: most factors in a product.
    """

    features: int
    strides: tuple[int, ...] = (1, 2, 4, 6)
    orders: tuple[int, ...] = (2, 3)

    def __call__(self, seed: int, channels: int) -> list[NVAR]:
        """NVAR for each order and stride; nothing is drawn."""
        found = []
        for order in self.orders:
            lags = self._lags(channels, order)
            found += [NVAR(lags, stride, channels, order) for stride in self.strides if lags > 1]
            found += [NVAR(1, channels=channels, order=order)] if lags == 1 else []
        _room(len(found), "NVAR", self.features)
        return found

    def _lags(self, channels: int, order: int) -> int:
        """The most lags whose products fit; 0 if not even one does."""
        fitting = itertools.takewhile(
            lambda lags: NVAR(lags, channels=channels, order=order).size <= self.features, itertools.count(1)
        )
        return max(fitting, default=0)


@dataclass(frozen=True)
class FittedPersistence:
    """The last value seen, or the one of a season before what is asked for.

    Attributes:
        of: ``input`` or ``target``.
        outputs: of the task.
        lag: steps back from the last value seen.
        season: the last values that are repeated when a forecast goes on.
    """

    of: str
    outputs: int
    lag: int = 0
    season: int = 1
    features: None = None
    trained: int = 0

    def answers(self, inputs: Array, targets: Array) -> Array:
        """The input of the step or some steps earlier, or the target of the step before."""
        known = Persistence(of=self.of).predict(inputs, targets)[:, : self.outputs]
        return known[np.maximum(0, np.arange(len(known)) - self.lag)]


@dataclass(frozen=True)
class PersistenceModel:
    """Persistence; nothing is fitted.

    Attributes:
        of: ``input`` for a series that forecasts itself, its first channels if there are fewer outputs than
            channels; ``target`` for a target driven by another series (see `Persistence`).
    """

    of: str = "input"
    name: str = "persistence"
    deterministic: bool = True

    def check(self, task: SeriesTask) -> None:
        """See that inputs can stand for targets.

        Raises:
            ParameterError: inputs are to be repeated, but there are fewer channels than outputs.
        """
        channels, outputs = task.inputs.shape[1], task.targets.shape[1]
        if self.of == "input" and channels < outputs:
            raise ParameterError(
                f"{task.name}: persistence of the input cannot answer {outputs} outputs with {channels}"
                f" channel{'s' * (channels > 1)}; take persistence of the target"
            )

    def fit(self, task: SeriesTask, seed: int) -> FittedPersistence:
        """Nothing is chosen or fitted."""
        return FittedPersistence(self.of, task.targets.shape[1])


@dataclass(frozen=True)
class SeasonalPersistence:
    """What was seen a whole season (or several) before the step that is forecast; nothing is fitted.

    Attributes:
        season: steps.
        horizon: steps ahead.
    """

    season: int
    horizon: int
    name: str = "seasonal persistence"
    deterministic: bool = True

    @property
    def lag(self) -> int:
        """Steps back from the last value seen."""
        return -self.horizon % self.season

    def check(self, task: SeriesTask) -> None:
        """See that the test begins when a season has been seen.

        Raises:
            ParameterError: it does not.
        """
        if self.lag > task.test_part.start:
            raise ParameterError(
                f"a season of {self.season} steps is longer than the {task.test_part.start} steps before the"
                " test part"
            )

    def fit(self, task: SeriesTask, seed: int) -> FittedPersistence:
        """Nothing is chosen or fitted."""
        return FittedPersistence("input", task.targets.shape[1], self.lag, self.season)


def quantum_ensemble(features: int, engine: EngineChoice | None = None, name: str = QUANTUM) -> ReadoutModel:
    """The ensemble of delay-embedded QRNN cells.

    Args:
        features: most features.
        engine: how it is computed.
        name: for tables.
    """
    return ReadoutModel(name, Tuned("quantum", features, engine or EngineChoice()))


def single_cell(cell: str, engine: EngineChoice | None = None) -> ReadoutModel:
    """One cell as published.

    Raises:
        ParameterError: an unknown cell.
    """
    if cell not in CELLS:
        raise ParameterError(f"unknown cell {cell!r}{nearest(cell, CELLS)}")
    return ReadoutModel(cell, SingleCells(cell, engine=engine or EngineChoice()))


def baselines(features: int, persistence: str, engine: EngineChoice | None = None) -> list[CandidateModel]:
    """The baselines of every table, each with about as many features.

    Args:
        features: most features.
        persistence: what is repeated, ``input`` or ``target`` (see `Persistence`).
        engine: how echo states and tanh units are computed.

    Raises:
        ParameterError: no feature.
    """
    whole("`features`", features, 1)
    chosen = engine or EngineChoice()
    return [
        PersistenceModel(persistence),
        ReadoutModel("linear taps", Lags(features), deterministic=True),
        ReadoutModel("NVAR", Products(features), deterministic=True),
        ReadoutModel("ESN", EchoStates(features, engine=chosen)),
        ReadoutModel("tanh units", Tuned("tanh", features, chosen)),
    ]


def _sampling(engine: EngineChoice, seed: int) -> EngineChoice:
    """The engine with shots of its own for each seed."""
    return replace(engine, seed=engine.seed + seed)


def _room(fitting: int, what: str, features: int) -> int:
    if fitting < 1:
        raise ParameterError(f"{what}: not even one fits into {features} feature{'s' * (features != 1)}")
    return fitting


def _distinct(counts: Iterable[float]) -> list[int]:
    return list(dict.fromkeys(max(1, round(count)) for count in counts))
