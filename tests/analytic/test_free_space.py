"""Beams through air and from satellites, held to independent values and to draws of where a beam wanders."""

from __future__ import annotations

from math import exp, expm1, inf, pi, radians, sqrt

import numpy as np
import pytest

from hardware.free_space_path import FreeSpacePath
from qsim.analytic import free_space
from qsim.errors import ParameterError
from tests.statistics import ROOM


@pytest.mark.parametrize(
    ("structure", "scale", "mean"),
    [(1e-14, 2.107171368616519, 0.4243793066042929), (1e-15, 0.024806128343491135, 0.9569459840379297)],
)
def test_a_beam_that_wanders(structure: float, scale: float, mean: float) -> None:
    """10 km, waist 10 cm, aperture 20 cm, 1550 nm; the first row is published with NetSquid's channel."""
    width = free_space.spot(0.1, 10e3, 1.55e-6)
    assert width == pytest.approx(0.11150892985320578, rel=1e-12)
    law = free_space.wander(0.2, width, sqrt(free_space.turbulent_variance(0.1, 10e3, structure)))
    assert law.shape == pytest.approx(0.5183654627815495, rel=1e-9)
    assert law.scale == pytest.approx(scale, rel=1e-9)
    assert sqrt(law.greatest) == pytest.approx(0.9991965469553676, rel=1e-12)
    assert law.mean() == pytest.approx(mean, rel=1e-8)
    path = FreeSpacePath(waist=0.1, aperture=0.2, turbulence=structure)
    assert path.transmission(10e3, 1550e-9) == pytest.approx(mean, rel=1e-8)
    lossy = FreeSpacePath(waist=0.1, aperture=0.2, turbulence=structure, attenuation="0.5 dB/km", loss="1 dB")
    assert lossy.transmission(10e3, 1550e-9) == pytest.approx(mean * 10**-0.6, rel=1e-8)


@pytest.mark.parametrize("width", [0.05, 0.2, 1.0, 100.0])
def test_the_law_is_that_of_a_disc_in_a_beam(width: float) -> None:
    """Means over draws of where a beam wanders, its light over the aperture summed up on a lattice."""
    radius, deviation = 0.2, 0.3 * max(width, 0.2)
    steps = (np.arange(60) + 0.5) / 60
    rings = radius * steps
    angles = np.linspace(0, 2 * pi, 60, endpoint=False)
    x = (rings[:, None] * np.cos(angles)).ravel()
    y = (rings[:, None] * np.sin(angles)).ravel()
    area = np.repeat(rings * radius / 60 * 2 * pi / 60, 60)
    rng = np.random.default_rng(3)
    away = deviation * np.sqrt(2 * rng.standard_exponential(4000))
    light = 2 / (pi * width**2) * np.exp(-2 * ((x - away[:, None]) ** 2 + y**2) / width**2) @ area
    error = light.std() / sqrt(len(light))
    # The law is an approximation, good to a per cent or two of the greatest transmittance.
    law = free_space.wander(radius, width, deviation)
    assert abs(light.mean() - law.mean()) < ROOM * error + 0.02 * law.greatest


@pytest.mark.parametrize(
    ("height", "elevation", "distance", "delay"),
    [
        (500, 10, 1694.5672211546794, 5.6524678187690744),
        (500, 30, 909.4249382619946, 3.0335150668199753),
        (500, 90, 500.0, 1.6678204759907602),
        (1200, 20, 2455.478423129739, 8.190594384898565),
        (1200, 60, 1350.7856044040332, 4.505735779397202),
        (35786, 10, 40581.17881463752, 135.36424193378983),
        (35786, 30, 38608.88261596886, 128.78536996407314),
        (35786, 90, 35786.0, 119.36924710761069),
    ],
)
def test_how_far_a_satellite_is(height: float, elevation: float, distance: float, delay: float) -> None:
    where = height * 1e3, radians(elevation)
    assert free_space.slant_range(*where) == pytest.approx(distance * 1e3, rel=1e-9)
    assert free_space.flight(*where) == pytest.approx(delay * 1e-3, rel=1e-9)
    assert FreeSpacePath().delay_ps(free_space.slant_range(*where)) == pytest.approx(delay * 1e9, abs=1)


@pytest.mark.parametrize(
    ("height", "elevation", "lasts", "period"),
    [
        (500, 10, 442.6359495660878, 5668.144369061164),
        (500, 30, 207.26415720503348, 5668.144369061164),
        (1200, 20, 646.2852430532341, 6556.02875553667),
    ],
)
def test_how_long_a_satellite_is_seen(height: float, elevation: float, lasts: float, period: float) -> None:
    assert free_space.overhead_pass(height * 1e3, radians(elevation)) == pytest.approx(lasts, rel=1e-9)
    assert free_space.period(height * 1e3) == pytest.approx(period, rel=1e-9)


@pytest.mark.parametrize(
    ("sky", "divergence", "pointing", "zenith", "expected", "decibels", "far"),
    [
        ((500e3, 90), 10e-6, 0.0, 0.8, 0.015841061354595797, 18.00215723945869, 0.016),
        (
            *((1200e3, 30), 5e-6, 0.6e-6, 0.6, 0.0016998463442634366),
            *(27.69590334418483, 0.0017038721766810855),
        ),
    ],
)
def test_light_from_a_satellite(
    sky: tuple[float, float],
    divergence: float,
    pointing: float,
    zenith: float,
    expected: float,
    decibels: float,
    far: float,
) -> None:
    height, elevation = sky[0], radians(sky[1])
    found = free_space.downlink(height, elevation, divergence, 0.5, zenith, pointing)
    assert found == pytest.approx(expected, rel=1e-8)
    assert -10 * np.log10(found) == pytest.approx(decibels, abs=1e-7)
    # Far away light grows with the area of the telescope.
    small = free_space.downlink(height, elevation, divergence, 0.5e-3, zenith, pointing)
    assert small * 1e6 == pytest.approx(far, rel=1e-6)
    # The same as a path: a waist of that divergence, and the air as a fixed loss.
    air = -10 * np.log10(zenith) / np.sin(elevation)
    path = FreeSpacePath(850e-9 / (pi * divergence), 0.5, 0.0, pointing, loss=float(air))
    there = path.transmission(free_space.slant_range(height, elevation), 850e-9)
    assert there == pytest.approx(expected, rel=2e-3)


def test_limits() -> None:
    still = free_space.wander(0.2, 0.3, 0.0)
    assert still.mean() == pytest.approx(-expm1(-2 * (0.2 / 0.3) ** 2))
    assert FreeSpacePath(aperture=1e4, pointing=1e-6).transmission(1e3, 1550e-9) == pytest.approx(1)
    point = free_space.wander(1e-4, 1.0, 0.5)
    assert point.mean() / point.greatest == pytest.approx(1 / (1 + 4 * 0.5**2), rel=1e-6)
    below, above = (free_space.wander(width, 1.0, 0.5).mean() / width**2 for width in (1.58e-3, 1.59e-3))
    assert below == pytest.approx(above, rel=1e-4)
    assert FreeSpacePath().transmission(0.0, 1550e-9) == pytest.approx(1 - exp(-8))
    assert 0 < FreeSpacePath().transmission(1e9, 1550e-9) < 1e-6
    assert FreeSpacePath().slot_ps() == 0


@pytest.mark.parametrize("wrong", [-1.0, 0.0, inf, float("nan")])
def test_what_is_refused(wrong: float) -> None:
    for call in (
        free_space.period,
        lambda h: free_space.slant_range(h, 0.1),
        lambda w: free_space.spot(w, 1, 1e-6),
    ):
        with pytest.raises(ParameterError):
            call(wrong)
