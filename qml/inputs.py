"""Checks of what a person hands in, before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qsim.errors import ParameterError

#: A number for all cells, or a range from which each cell draws its own.
Range = float | tuple[float, float]
#: Largest number that is taken in.
LARGEST = 1e100


def numbers(name: str, values: Any) -> NDArray[np.float64]:
    """An array of finite float64 numbers.

    Raises:
        ParameterError: not numeric, empty, or with NaN or infinity in it.
    """
    try:
        given = np.asarray(values)
        if np.iscomplexobj(given):
            raise TypeError("complex numbers have no order in which to be read")
        array = given.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name} must be an array of numbers: {error}") from None
    if array.size == 0:
        raise ParameterError(f"{name} is empty")
    if np.abs(array[np.isfinite(array)]).max(initial=0.0) > LARGEST:
        raise ParameterError(f"{name} has numbers beyond {LARGEST:g}, whose squares are no numbers any more")
    bad = ~np.isfinite(array)
    if bad.any():
        where = ", ".join(str(int(index)) for index in np.argwhere(bad)[0])
        count = "a value that is" if bad.sum() == 1 else f"{bad.sum()} values that are"
        raise ParameterError(f"{name} has {count} NaN or infinite, the first at [{where}]")
    return array


def series(name: str, values: Any, channels: int | None = None) -> NDArray[np.float64]:
    """A series of shape (steps, channels); one dimension is one channel.

    Raises:
        ParameterError: see `numbers`; also a wrong number of dimensions or channels.
    """
    return _with_channels(name, values, channels, ("steps",))


def windows(name: str, values: Any, channels: int | None = None) -> NDArray[np.float64]:
    """Windows of shape (windows, length, channels); two dimensions are one channel.

    Raises:
        ParameterError: see `numbers`; also a wrong number of dimensions or channels.
    """
    return _with_channels(name, values, channels, ("windows", "length"))


def _with_channels(
    name: str, values: Any, channels: int | None, axes: tuple[str, ...]
) -> NDArray[np.float64]:
    """An array with these axes and one of channels, which a single channel may leave out."""
    array = numbers(name, values)
    if array.ndim == len(axes):
        array = array[..., None]
    if array.ndim != len(axes) + 1:
        alone = ", ".join(axes) + "," * (len(axes) == 1)
        raise ParameterError(
            f"{name} must have shape ({alone}) or ({', '.join(axes)}, channels), not {array.shape}"
        )
    if channels is not None and array.shape[-1] != channels:
        raise ParameterError(f"{name} has {array.shape[-1]} channels where {channels} are expected")
    return array


def whole(name: str, value: Any, least: int) -> int:
    """A whole number of at least `least`.

    Raises:
        ParameterError: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def check_washout(washout: int, steps: int) -> None:
    """Refuse a washout that leaves nothing of a series.

    Raises:
        ParameterError: see above.
    """
    if not 0 <= washout < steps:
        raise ParameterError(
            f"washout must be at least 0 and less than the {steps} steps of the series, not {washout}"
        )


def draw_range(name: str, given: Range, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Draw so many numbers evenly from a range; a number alone is drawn as it is.

    Raises:
        ParameterError: neither a finite number nor a range (low, high).
    """
    bounds = given if isinstance(given, tuple) else (given, given)
    numeric = all(isinstance(bound, float | int | np.number) for bound in bounds)
    if len(bounds) != 2 or not numeric or not np.isfinite(bounds).all() or bounds[0] > bounds[1]:
        raise ParameterError(f"{name} must be a number or a range (low, high), not {given!r}")
    return rng.uniform(*bounds, count)
