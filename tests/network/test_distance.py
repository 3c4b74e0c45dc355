"""Distances on a plane and on the globe."""

from __future__ import annotations

from math import pi

import pytest

from qsim.errors import NetworkError
from qsim.model.distance import EARTH_RADIUS, great_circle, planar


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
