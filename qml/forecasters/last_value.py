"""The last value, for ever."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from qml.inputs import series, whole
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


class LastValue:
    """Forecasts that everything stays as it is; see `FittedForecaster`.

    Args:
        history: (steps, channels) or (steps,).
        floor: no value may lie below it, unless it is None.

    Attributes:
        values: the last ones, (channels,).

    Raises:
        ParameterError: nothing in it, another shape, numbers that are not finite, or below the floor.
    """

    def __init__(self, history: npt.ArrayLike, floor: float | None = None) -> None:
        given = series("history", history)
        _check_floor("history", given, floor)
        self.values = given[-1]
        self._floor = floor

    def forecast(self, steps: int) -> Array:
        return np.tile(self.values, (whole("steps", steps, 1), 1))

    def update(self, values: npt.ArrayLike) -> Self:
        self.values = self.checked(values)[-1]
        return self

    def checked(self, values: npt.ArrayLike) -> Array:
        """What `update` was given, as (steps, channels).

        Raises:
            ParameterError: another number of channels, numbers that are not finite, or below the floor.
        """
        channels = len(self.values)
        array = np.asarray(values)
        rows = array[:, None] if array.ndim == 1 and channels == 1 else np.atleast_2d(array)
        checked = series("values", rows, channels)
        _check_floor("values", checked, self._floor)
        return checked


def _check_floor(name: str, values: Array, floor: float | None) -> None:
    if floor is not None and values.min() < floor:
        raise ParameterError(
            f"{name} must not lie below the floor of {floor:g}, got {values.min():g}; a floor can be left out"
        )
