"""Distances on a plane and on the globe."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from math import pi

import pytest

from qsim.errors import NetworkError
from qsim.model.distance import EARTH_RADIUS, gap_on_globe, gap_on_plane, great_circle, planar


def test_planar_distance_is_euclidean() -> None:
    assert planar((1.0, 2.0), (4.0, 6.0)) == 5.0


@pytest.mark.parametrize(
    ("a", "b", "angle"),
    [
        ((0, 0), (0, 90), pi / 2),
        ((0, 0), (90, 17), pi / 2),
        ((45, 0), (-45, 180), pi),
        ((10, 179), (10, -181), 0.0),
        ((0, 359), (0, 1), 2 * pi / 180),
    ],
)
def test_great_circle_is_the_angle_times_the_radius(
    a: tuple[float, float], b: tuple[float, float], angle: float
) -> None:
    assert great_circle(a, b) == pytest.approx(angle * EARTH_RADIUS, rel=1e-12, abs=1e-3)


def test_great_circle_keeps_its_precision_for_near_points() -> None:
    metre = 180 / pi / EARTH_RADIUS
    assert great_circle((41.8, -87.6), (41.8 + metre, -87.6)) == pytest.approx(1.0, rel=1e-8)


@pytest.mark.parametrize("place", [(91, 0), (-90.5, 0), (0, 361), (float("nan"), 0)])
def test_coordinates_off_the_globe_are_refused(place: tuple[float, float]) -> None:
    with pytest.raises(NetworkError, match="must be in"):
        great_circle(place, (0, 0))


@pytest.mark.parametrize(
    ("point", "expected"),
    [((5, 3), 3), ((-3, 4), 5), ((13, -4), 5), ((5, 0), 0), ((0, 0), 0), ((10, 7), 7)],
)
def test_the_gap_on_a_plane_is_to_the_line_or_to_its_nearer_end(
    point: tuple[float, float], expected: float
) -> None:
    for ends in (((0, 0), (10, 0)), ((10, 0), (0, 0))):
        assert gap_on_plane(point, *ends) == pytest.approx(expected)


def test_the_gap_to_a_line_without_length_is_that_to_its_point() -> None:
    assert gap_on_plane((3, 4), (0, 0), (0, 0)) == 5
    assert gap_on_globe((1, 0), (0, 0), (0, 0)) == pytest.approx(great_circle((1, 0), (0, 0)))


def test_the_gap_on_the_globe_is_the_least_distance_to_any_point_between() -> None:
    rng = random.Random(4)
    for _ in range(60):
        point, a, b = (
            (rng.uniform(-80, 80), rng.uniform(-179, 179)),
            (rng.uniform(-80, 80), rng.uniform(-179, 179)),
            (rng.uniform(-80, 80), rng.uniform(-179, 179)),
        )
        least = min(great_circle(point, between) for between in _along(a, b, 4000))
        found = gap_on_globe(point, a, b)
        assert found == pytest.approx(gap_on_globe(point, b, a), rel=1e-9)
        # A step of the scan is 5 km at most, so it misses the foot by half of that.
        assert found <= least + 1e-3
        assert least <= math.hypot(found, 2600) + 1


def _along(a: tuple[float, float], b: tuple[float, float], steps: int) -> Iterator[tuple[float, float]]:
    """Points of the great circle from one place to another, by spherical interpolation."""
    angle = great_circle(a, b) / EARTH_RADIUS
    ends = [
        (
            math.cos(math.radians(lat)) * math.cos(math.radians(lon)),
            math.cos(math.radians(lat)) * math.sin(math.radians(lon)),
            math.sin(math.radians(lat)),
        )
        for lat, lon in (a, b)
    ]
    for step in range(steps + 1):
        share = step / steps
        first, second = math.sin((1 - share) * angle), math.sin(share * angle)
        x, y, z = ((first * u + second * v) / math.sin(angle) for u, v in zip(*ends, strict=True))
        yield math.degrees(math.asin(max(-1.0, min(1.0, z)))), math.degrees(math.atan2(y, x))
