"""The forecasters by name: `qrnn`, `tanh`, `esn`, `linear`, `harmonic`, `persistence`.

They are made for loads: many channels, each forecast from its own past, and none below zero. Only settings
stand here; what computes is imported when a history is fitted, for every command imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    import numpy.typing as npt

    from qml.forecasters.base import FittedForecaster

_SEED = "seed of the frozen weights"
_WASHOUT = "first steps, which still remember the beginning, that are not trained on"
_FLOOR = "forecasts are raised to this, and no history may lie below it; left out, there is no floor"


@register("forecaster", "qrnn")
@dataclass(frozen=True)
class QRNNForecaster(Declared):
    """Parallel frozen QRNN circuits with leak and delays, read by a ridge regression.

    Each cell sees the latest value and one some steps before. Every channel has cells of its own with the
    same weights, so one channel's forecast does not depend on the others.

    References:
        Chen et al., arXiv 2211.02612 (2022), for the cell.
    """

    cells: Annotated[int, Param("parallel circuits", ge=1)] = 8
    hidden: Annotated[int, Param("qubits of a circuit beside its two inputs", ge=1, le=16)] = 2
    layers: Annotated[int, Param("variational layers of a circuit", ge=1)] = 2
    delay: Annotated[int, Param("longest delay in steps; the cells' are spread from 1", ge=1)] = 12
    gain: Annotated[
        float, Param("largest factor on inputs; a cell draws its own from a fifth of it", gt=0)
    ] = 0.5
    leak: Annotated[
        float, Param("least share of the new state; a cell draws its own up to 1", gt=0, le=1)
    ] = 0.1
    washout: Annotated[int, Param(_WASHOUT, ge=0)] = 50
    floor: Annotated[float | None, Param(_FLOOR)] = 0.0
    seed: Annotated[int, Param(_SEED, ge=0)] = 0

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """See `Forecaster`."""
        from qml.cells.quantum_cells import QRNN
        from qml.ensembles import ensemble
        from qml.forecasters.rolling import each_channel, fit

        reservoir = ensemble(
            QRNN(channels=2, hidden=self.hidden, units=self._units()),
            seed=self.seed,
            cells=self.cells,
            delays=(1, self.delay),
            input_gain=(self.gain / 5, self.gain),
            leak=(self.leak, 1.0),
            readout=("hidden", "z", "zz"),
        )
        return fit(history, lambda channels: each_channel(reservoir, channels), self.washout, self.floor)

    def _units(self) -> Any:
        """What stands in the wiring."""
        from qml.maps.circuit import CircuitUnits

        return CircuitUnits(self.layers, init="uniform")


@register("forecaster", "tanh")
@dataclass(frozen=True)
class TanhForecaster(QRNNForecaster):
    """The classical twin of `qrnn`: the same wiring, drive and readout, random tanh units for the circuits.

    `layers` means nothing here.
    """

    def _units(self) -> Any:
        from qml.maps.affine import TanhUnits

        return TanhUnits()


@register("forecaster", "esn")
@dataclass(frozen=True)
class ESNForecaster(Declared):
    """A leaky echo-state network, read by a ridge regression; every channel has one with the same weights.

    References:
        Jaeger, GMD report 148 (2001).
    """

    units: Annotated[int, Param("units of the network", ge=1)] = 100
    radius: Annotated[float, Param("spectral radius of the recurrent weights", ge=0)] = 0.9
    gain: Annotated[float, Param("bound of the incoming weights", ge=0)] = 1.0
    leak: Annotated[float, Param("share of the new state at each step", gt=0, le=1)] = 1.0
    washout: Annotated[int, Param(_WASHOUT, ge=0)] = 50
    floor: Annotated[float | None, Param(_FLOOR)] = 0.0
    seed: Annotated[int, Param(_SEED, ge=0)] = 0

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """See `Forecaster`."""
        from qml.cells.classical_cells import ESN
        from qml.ensembles import ensemble
        from qml.forecasters.rolling import each_channel, fit

        cell = ESN(hidden=self.units, radius=self.radius, input_scale=self.gain)
        reservoir = ensemble(cell, seed=self.seed, leak=self.leak)
        return fit(history, lambda channels: each_channel(reservoir, channels), self.washout, self.floor)


@register("forecaster", "linear")
@dataclass(frozen=True)
class LinearForecaster(Declared):
    """A ridge regression on the last values of the same channel."""

    lags: Annotated[int, Param("values seen, the latest included", ge=1)] = 12
    floor: Annotated[float | None, Param(_FLOOR)] = 0.0

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """See `Forecaster`."""
        from qml.forecasters.rolling import PastValues, fit

        return fit(history, lambda channels: PastValues(self.lags, channels), self.lags - 1, self.floor)


@register("forecaster", "harmonic")
@dataclass(frozen=True)
class HarmonicForecaster(Declared):
    """A sum of sines of one period and its overtones, by least squares: the past again, without its noise."""

    period: Annotated[
        float | None,
        Param("in steps; left out, that which explains most of the history", gt=0),
    ] = None
    overtones: Annotated[int, Param("waves besides the first", ge=0, le=50)] = 1
    floor: Annotated[float | None, Param(_FLOOR)] = 0.0

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """See `Forecaster`."""
        from qml.forecasters.harmonic import Waves

        return Waves(history, self.period, self.overtones, self.floor)


@register("forecaster", "persistence")
@dataclass(frozen=True)
class PersistenceForecaster(Declared):
    """Says that everything stays as it is: the yardstick for the others."""

    def fit(self, history: npt.ArrayLike) -> FittedForecaster:
        """See `Forecaster`."""
        from qml.forecasters.last_value import LastValue

        return LastValue(history)
