"""Sources that emit more than one pair, ends that say yes to noise, and ends that latch."""

from __future__ import annotations

from dataclasses import replace
from math import expm1
from typing import Any

import numpy as np
import pytest

from hardware.link_models import LatchingSource, MidpointSource
from qsim.analytic import sources
from qsim.analytic.sources import End
from qsim.errors import ParameterError
from tests.hardware.devices import link_hardware


@pytest.mark.parametrize(
    ("statistics", "law"), [("thermal", sources.thermal), ("poissonian", sources.poissonian)]
)
def test_the_profile_is_the_closed_form(statistics: str, law: Any) -> None:
    found = MidpointSource(statistics=statistics, mean_pairs=0.2, pair_fidelity=0.97).profile(
        link_hardware(0.3, 0.5)
    )
    exact = sources.absorbed(law(0.2), End(0.3), End(0.5))
    weight = exact.genuine / exact.both * (4 * 0.97 - 1) / 3
    assert found.success == pytest.approx(exact.both)
    assert found.fidelity == pytest.approx((1 + 3 * weight) / 4)
    assert np.trace(found.rho).real == pytest.approx(1)


def test_the_weaker_the_light_the_better_the_pairs() -> None:
    """Lossy ends and thermal light: F = 1/4 + 3/4 / (1 + 2 mu)."""
    for mean in (0.01, 0.1):
        found = MidpointSource(statistics="thermal", mean_pairs=mean).profile(link_hardware(1e-5, 1e-5))
        assert found.fidelity == pytest.approx(0.25 + 0.75 / (1 + 2 * mean), rel=1e-4)


def test_autocorrelation_of_a_source_of_single_pairs() -> None:
    plain = MidpointSource(pair_probability=0.4).profile(link_hardware(0.1, 0.1))
    found = MidpointSource(pair_probability=0.4, g2=0.05).profile(link_hardware(0.1, 0.1))
    assert found.success > plain.success
    two = sources.at_most_two(0.4, 0.05)[2]
    # Two pairs give four coincidences for one, half of them of one pair.
    assert 1 - found.fidelity == pytest.approx(0.75 * 2 * two / (0.4 + 3 * two), rel=0.12)


def test_false_heralds_of_dark_ends_and_of_background() -> None:
    hardware = replace(link_hardware(0.01, 0.02, memories=(0.5, 0.5)), background=(2e5, 1e5))
    model = MidpointSource(pair_probability=0.3, false_herald_rate=1e4, herald_window=1e-7)
    dark = -expm1(-1e-3)
    noise, early = -expm1(-2e5 * 0.5e-7), -expm1(-2e5 * 0.25e-7)
    noise2, early2 = -expm1(-1e5 * 0.5e-7), -expm1(-1e5 * 0.25e-7)
    exact = sources.absorbed(
        sources.at_most_two(0.3), End(0.01, dark, noise, early), End(0.02, dark, noise2, early2)
    )
    found = model.profile(hardware)
    assert found.success == pytest.approx(exact.both)
    assert found.fidelity == pytest.approx(0.25 + 0.75 * exact.genuine / exact.both)
    assert 0.3 < found.fidelity < 0.9


def test_without_the_new_physics_nothing_changes() -> None:
    """The closed form with single pairs is the plain product, bit for bit the one that was there."""
    found = MidpointSource(pair_probability=0.3, pair_fidelity=0.9).profile(link_hardware(0.7, 0.2))
    assert found.success == 0.3 * link_hardware(0.7, 0.2).eta_first * link_hardware(0.7, 0.2).eta_second


def test_latching_is_told_by_either_end() -> None:
    hardware = link_hardware(0.3, 0.2)
    found = LatchingSource(pair_probability=0.5).profile(hardware)
    assert found.success == pytest.approx(0.5 * 0.06)
    assert found.first_round_success == pytest.approx(0.5 * (1 - 0.7 * 0.8))
    assert found.fidelity == pytest.approx(1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"mean_pairs": 0.1}, "mean_pairs` belongs to thermal and poissonian"),
        ({"statistics": "thermal"}, "needs `mean_pairs`"),
        ({"statistics": "poissonian", "mean_pairs": 0.1, "g2": 0.1}, "needs `mean_pairs`, and has the `g2`"),
        ({"pair_probability": 1.0, "g2": 0.6}, "has a `g2` of at most 0.5"),
    ],
)
def test_contradictions_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        MidpointSource(**fields)
