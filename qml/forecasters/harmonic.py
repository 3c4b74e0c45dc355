"""Waves of one period and its overtones, fitted to a history and continued."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from qml.forecasters.last_value import LastValue
from qml.inputs import series, whole
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]

#: Frequencies tried for each that a history of that length tells apart.
_FINER = 8


class Waves:
    """Every channel as its mean and a sum of sines of one period and its overtones; see `FittedForecaster`.

    The waves are fitted once, by least squares; what comes in later only moves the present on.

    Args:
        history: (steps, channels) or (steps,).
        period: in steps; None for the one that explains most of all channels together, each weighed by its
            variance.
        overtones: how many there are besides the first.
        floor: forecasts are raised to it, unless it is None.

    Attributes:
        period: in steps.

    Raises:
        ParameterError: a history shorter than a period, or than there are numbers to fit; nothing in it,
            another shape, numbers that are not finite, or below the floor.
    """

    def __init__(
        self, history: npt.ArrayLike, period: float | None, overtones: int, floor: float | None
    ) -> None:
        given = series("history", history)
        self._latest = LastValue(given, floor)
        self._floor = -np.inf if floor is None else floor
        self._waves = overtones + 1
        self._now = len(given)
        least = 2 * self._waves + 2 if period is None else max(2 * self._waves + 2, period)
        if len(given) < least:
            raise ParameterError(
                f"a history of {len(given)} steps is too short for waves, which need {least:g}"
            )
        self.period = self._found(given) if period is None else period
        steps = np.arange(self._now)
        self._weights = _weights(self._columns(steps, self.period), given)

    def forecast(self, steps: int) -> Array:
        coming = self._now + np.arange(whole("steps", steps, 1))
        return np.maximum(self._columns(coming, self.period) @ self._weights, self._floor)

    def update(self, values: npt.ArrayLike) -> Self:
        checked = self._latest.checked(values)
        self._latest.update(checked)
        self._now += len(checked)
        return self

    def _found(self, given: Array) -> float:
        """The period, of those between four steps and the whole history, that leaves least unexplained."""
        size = len(given)
        frequencies = np.arange(_FINER, _FINER * size // 4 + 1) / (_FINER * size)
        steps = np.arange(size)
        left = []
        for frequency in frequencies:
            columns = self._columns(steps, 1 / frequency)
            left.append(float(((given - columns @ _weights(columns, given)) ** 2).sum()))
        return float(1 / frequencies[int(np.argmin(left))])

    def _columns(self, steps: npt.NDArray[np.int64], period: float) -> Array:
        """One, sines and cosines at these steps, (steps, 1 + 2 waves)."""
        angles = 2 * np.pi / period * np.outer(steps, np.arange(1, self._waves + 1))
        return np.concatenate([np.ones((len(steps), 1)), np.sin(angles), np.cos(angles)], axis=1)


def _weights(columns: Array, values: Array) -> Array:
    """What makes the values of the columns with the least squares left."""
    found: Array = np.linalg.lstsq(columns, values, rcond=None)[0].astype(np.float64)
    return found
