"""Checks of what estimators are handed, beyond those of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.inputs import numbers, whole
from qsim.errors import ParameterError


def varying(name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Refuse inputs that are one and the same number.

    Raises:
        ParameterError: they are.
    """
    if np.ptp(values) == 0 and len(values) > 1:
        raise ParameterError(
            f"{name} is {values.flat[0]:g} throughout: a constant series has nothing to learn from"
        )
    return values


def finite_windows(values: Any, channels: Any) -> NDArray[np.float64]:
    """Rows of a table as windows.

    Args:
        values: shape (windows, length * channels), all channels of the first step first.
        channels: in each step.

    Returns:
        shape (windows, length, channels).

    Raises:
        ParameterError: numbers that are not finite, or rows that are no whole number of steps.
    """
    array, channels = numbers("X", values), whole("channels", channels, 1)
    if array.shape[1] % channels:
        raise ParameterError(
            f"X has {array.shape[1]} columns, which is no multiple of its {channels} channels"
        )
    return array.reshape(len(array), -1, channels)


def washed_out(steps: int, washout: Any, ahead: int = 0) -> int:
    """Steps to leave out at the beginning of a series.

    Args:
        steps: of the series.
        washout: what was asked for.
        ahead: steps at the end that have no target.

    Raises:
        ParameterError: the washout is no whole number, or nothing is left.
    """
    left = steps - whole("washout", washout, 0) - ahead
    if left < 1:
        beside = f" and a horizon of {ahead}" if ahead else ""
        raise ParameterError(
            f"a series of {steps} steps is too short for a washout of {washout}{beside}: "
            f"it needs at least {steps - left + 1}"
        )
    return int(washout)
