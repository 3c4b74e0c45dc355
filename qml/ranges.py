"""Numbers given for all cells, or as ranges from which each cell draws its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qsim.errors import ParameterError

#: A number for all cells, or a range from which each cell draws its own.
Range = float | tuple[float, float]


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
