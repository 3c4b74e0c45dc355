"""Distances between nodes: on a plane, and on the globe."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, dist, radians, sin, sqrt
from typing import Final

from qsim.errors import NetworkError

#: Mean radius of the Earth, metres (IUGG: (2a + b)/3 of the WGS 84 ellipsoid, rounded to 0.1 m).
EARTH_RADIUS: Final = 6_371_008.8


def planar(a: Sequence[float], b: Sequence[float]) -> float:
    """Straight distance between two points of a plane.

    Args:
        a, b: coordinates (x, y), m.

    Returns:
        The distance, m.

    Example:
        >>> planar((0, 0), (3000, 4000))
        5000.0
    """
    return dist(a, b)


def great_circle(a: Sequence[float], b: Sequence[float]) -> float:
    """Shortest distance over a spherical Earth of radius `EARTH_RADIUS`.

    The haversine form keeps its precision for points that are close together.

    Args:
        a, b: coordinates (latitude, longitude), degrees.

    Returns:
        The distance, m.

    Raises:
        NetworkError: a latitude outside [-90, 90] or a longitude outside [-360, 360].

    References:
        R. W. Sinnott, Virtues of the haversine, Sky and Telescope 68, 159 (1984).

    Example:
        >>> round(great_circle((0, 0), (0, 90)) / 1000, 3)  # a quarter of the equator, km
        10007.557
    """
    for latitude, longitude in (a, b):
        if not -90 <= latitude <= 90:
            raise NetworkError(f"a latitude must be in [-90, 90] degrees, got {latitude!r}")
        if not -360 <= longitude <= 360:
            raise NetworkError(f"a longitude must be in [-360, 360] degrees, got {longitude!r}")
    first, second = radians(a[0]), radians(b[0])
    haversine = sin((second - first) / 2) ** 2 + cos(first) * cos(second) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(haversine)))
