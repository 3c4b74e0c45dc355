"""Forecasters that turn the past into features, step by step, and read the next value off them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt

from qml.baselines.taps import delayed
from qml.cells.bank import Bank
from qml.forecasters.base import FittedForecaster
from qml.forecasters.last_value import LastValue
from qml.forecasters.loop import Drivable, ForecastRange, closed_loop, stepwise
from qml.inputs import series
from qml.readouts import RidgeReadout
from qml.reservoir import Reservoir
from qml.scaling import Scaler
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]

#: A readout that is trained on fewer steps than this would choose its penalty on next to nothing.
_LEAST = 10


class PastValues:
    """The last values of each channel as its features.

    Args:
        lags: values, the latest included.
        channels: of the series.
    """

    def __init__(self, lags: int, channels: int) -> None:
        self._lags = lags
        self._channels = channels

    def go_on(self, inputs: Array, state: Array | None = None) -> tuple[Array, Array]:
        """Features (steps, channels * lags), newest value of a channel first; and the last values.

        Args:
            inputs: (steps, channels).
            state: the values before them; zeros by default.
        """
        before = np.zeros((self._lags - 1, self._channels)) if state is None else state
        joined = np.concatenate([before, inputs])
        columns = [delayed(joined[:, [channel]], range(self._lags)) for channel in range(self._channels)]
        return np.concatenate(columns, axis=1)[len(before) :], joined[len(inputs) :]


def each_channel(reservoir: Reservoir, channels: int) -> Reservoir:
    """A reservoir of one channel, once for each channel of a series: features channel by channel."""
    bank = reservoir.bank
    taps = np.zeros((channels, bank.cells, bank.cell.channels, 2), dtype=np.int64)
    taps[..., 0] = np.arange(channels)[:, None, None]
    if reservoir.taps is not None:
        taps[..., 1] = reservoir.taps[..., 1]
    weights = {name: np.concatenate([array] * channels) for name, array in bank.weights.items()}
    many = Bank(bank.cell, weights, np.tile(bank.leak, channels))
    return stepwise(replace(reservoir, bank=many, taps=taps.reshape(-1, *taps.shape[2:])))


def fit(
    history: npt.ArrayLike, features: Callable[[int], Drivable], washout: int, floor: float | None
) -> FittedForecaster:
    """Train one readout for each channel on the values one step ahead.

    A channel that is constant throughout the history has nothing to learn from: it is forecast by its last
    value.

    Args:
        history: (steps, channels) or (steps,).
        features: makes what turns so many channels into as many equal blocks of features.
        washout: first steps that are not trained on.
        floor: forecasts are raised to it, unless it is None.

    Raises:
        ParameterError: a history that is too short, goes below the floor, has a wrong shape, or is not
            finite.
    """
    given = series("history", history)
    if len(given) < washout + _LEAST + 1:
        raise ParameterError(
            f"a history of {len(given)} steps is too short: {washout} steps are left out at the beginning, "
            f"and {_LEAST} to train on need {washout + _LEAST + 1}"
        )
    latest = LastValue(given, floor)
    # A spread may be so small that half of it is nothing.
    varies = np.ptp(given, axis=0) / 2 > 0
    if not varies.any():
        return latest
    return Rolling(given, latest, varies, features(int(varies.sum())), washout, floor)


class Rolling:
    """Forecasts channels that vary with a readout, the others by their last value; see `FittedForecaster`.

    Forecasts stay within twice the range of the history, so that an unstable loop stays finite.

    Args:
        history: (steps, channels).
        latest: the last value of every channel.
        varies: which channels vary, (channels,).
        driven: turns those channels into features.
        washout: first steps that are not trained on.
        floor: forecasts are raised to it, unless it is None.
    """

    def __init__(
        self,
        history: Array,
        latest: LastValue,
        varies: npt.NDArray[np.bool_],
        driven: Drivable,
        washout: int,
        floor: float | None,
    ) -> None:
        moving = history[:, varies]
        self._latest, self._varies, self._driven = latest, varies, driven
        self._scaler = Scaler("minmax").fit(moving)
        scaled = self._scaler.transform(moving)
        self._bounds = ForecastRange(scaled)
        self._floor = -np.inf if floor is None else floor
        features, self._state = driven.go_on(scaled)
        self._last = features[-1]
        blocks = np.split(features[washout:-1], moving.shape[1], axis=1)
        self._readouts = [
            RidgeReadout().fit(block, target)
            for block, target in zip(blocks, scaled[washout + 1 :].T, strict=True)
        ]

    def forecast(self, steps: int) -> Array:
        answers = self._latest.forecast(steps)
        looped = closed_loop(self._driven, self._answer, self._last, self._state, steps)
        answers[:, self._varies] = self._raised(looped)
        return answers

    def update(self, values: npt.ArrayLike) -> Self:
        given = self._latest.checked(values)
        scaled = self._scaler.transform(given[:, self._varies])
        features, self._state = self._driven.go_on(scaled, self._state)
        self._last = features[-1]
        self._latest.update(given)
        return self

    def _answer(self, features: Array) -> Array:
        blocks = np.split(features, len(self._readouts))
        answers = [
            readout.predict(block[None])[0] for readout, block in zip(self._readouts, blocks, strict=True)
        ]
        held = self._bounds.clip(np.array(answers))
        return self._scaler.transform(self._raised(held))

    def _raised(self, scaled: Array) -> Array:
        """In the unit of the series, and not below the floor."""
        return np.maximum(self._scaler.inverse(scaled), self._floor)
