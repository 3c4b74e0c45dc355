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


def gap_on_plane(point: Sequence[float], a: Sequence[float], b: Sequence[float]) -> float:
    """Least distance of a point from the straight line that joins two others.

    Args:
        point, a, b: coordinates (x, y), m.

    Returns:
        The distance, m.

    Example:
        >>> gap_on_plane((5, 3), (0, 0), (10, 0)), gap_on_plane((14, 3), (0, 0), (10, 0))
        (3.0, 5.0)
    """
    (x, y), (x0, y0), (x1, y1) = point, a, b
    along_x, along_y = x1 - x0, y1 - y0
    square = along_x**2 + along_y**2
    share = ((x - x0) * along_x + (y - y0) * along_y) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return dist(point, (x0 + share * along_x, y0 + share * along_y))


def gap_on_globe(point: Sequence[float], a: Sequence[float], b: Sequence[float]) -> float:
    """Least distance of a point from the shortest line that joins two others over a spherical Earth.

    Args:
        point, a, b: coordinates (latitude, longitude), degrees.

    Returns:
        The distance, m.

    Raises:
        NetworkError: as `great_circle`.

    Example:
        >>> round(gap_on_globe((1, 10), (0, 0), (0, 20))) == round(great_circle((1, 10), (0, 10)))
        True
    """
    ends = min(great_circle(point, a), great_circle(point, b))
    p, u, v = _unit(point), _unit(a), _unit(b)
    normal = _cross(u, v)
    size = sqrt(_dot(normal, normal))
    # The foot of the perpendicular lies between the ends when the point is on the inner side of both.
    if size == 0 or _dot(_cross(normal, u), p) < 0 or _dot(_cross(v, normal), p) < 0:
        return ends
    return min(ends, EARTH_RADIUS * asin(min(1.0, abs(_dot(normal, p)) / size)))


_Vector = tuple[float, float, float]


def _unit(place: Sequence[float]) -> _Vector:
    latitude, longitude = radians(place[0]), radians(place[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def _cross(a: _Vector, b: _Vector) -> _Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: _Vector, b: _Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
