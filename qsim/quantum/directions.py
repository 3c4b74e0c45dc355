"""Directions of the Bloch sphere along which a qubit is measured."""

from __future__ import annotations

from cmath import rect
from math import atan2, hypot, isfinite, sqrt
from typing import TYPE_CHECKING, Final

from qsim.errors import StateError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: A unit vector (x, y, z): a bit of 0 says that the qubit points along it, a bit of 1 against it.
Direction = tuple[float, float, float]
#: Bloch vector (x, y, z) of one qubit, of length at most 1.
Bloch = tuple[float, float, float]

#: The bases that have names.
DIRECTIONS: Final[dict[str, Direction]] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
_TOLERANCE = 1e-9


def direction(basis: str | Direction) -> Direction:
    """The direction of a basis: "x", "y", "z", or a unit vector.

    Raises:
        StateError: an unknown name, or no unit vector.

    Example:
        >>> direction("y")
        (0.0, 1.0, 0.0)
    """
    if isinstance(basis, str):
        if basis not in DIRECTIONS:
            raise StateError(
                f"unknown basis '{basis}'{nearest(basis, DIRECTIONS)}; a basis is 'x', 'y', 'z' or a "
                "unit vector"
            )
        return DIRECTIONS[basis]
    x, y, z = values = tuple(map(float, basis)) if len(basis) == 3 else (0.0, 0.0, 0.0)
    if not all(map(isfinite, values)) or abs(hypot(*values) - 1) > _TOLERANCE:
        raise StateError(f"a basis is 'x', 'y', 'z' or a unit vector of three numbers, got {basis!r}")
    return x, y, z


def bras(along: Direction) -> str | NDArray[np.complex128]:
    """A measurement along a direction as `Register.measure` takes it: by name where there is one.

    Otherwise the bras of the outcomes 0 and 1, shape (2, 2): the conjugates of the kets that point along the
    direction and against it.

    Example:
        >>> bras((0.0, 1.0, 0.0))
        'y'
    """
    for name, known in DIRECTIONS.items():
        if known == along:
            return name
    import numpy as np

    x, y, z = along
    up, down = sqrt(max(0.0, (1 + z) / 2)), sqrt(max(0.0, (1 - z) / 2))
    # Not by division: a vector may lie within the least number of an axis.
    back = rect(1.0, -atan2(y, x))
    return np.array([[up, down * back], [down, -up * back]], dtype=np.complex128)


def bit_of(bloch: Bloch, along: Direction, draw: float) -> int:
    """The bit that a measurement of a qubit along a direction gives.

    Args:
        bloch: the qubit.
        along: the direction.
        draw: uniform in [0, 1).
    """
    return 0 if draw < (1 + bloch[0] * along[0] + bloch[1] * along[1] + bloch[2] * along[2]) / 2 else 1
