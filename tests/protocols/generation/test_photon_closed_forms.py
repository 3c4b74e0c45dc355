"""The photon level against closed forms: what emissions, losses, interference, clicks and dark counts make.

The attempt level equals these closed forms to nine digits (tests/hardware/link_models); here they are
estimated from single events, within 4 standard errors. Rows of the published tables with success
probabilities below 1e-4 would take hours.
"""

from __future__ import annotations

from math import log1p, sqrt
from typing import Any

import pytest

from tests.conftest import Sized
from tests.protocols.entanglement.workbench import Workbench
from tests.statistics import ROOM, Estimate, share_of

pytestmark = pytest.mark.slow


def measured(generation: dict[str, Any], eta: float, dark: float, heralds: int) -> tuple[Estimate, float]:
    """Success probability and fidelity on arms of 0.5 us that lose nothing, in windows of 1 us."""
    rate = -log1p(-dark) / 1e-6
    detector = {"efficiency": eta, "dark_count_rate": rate, "window": "1 us", "count_rate": None}
    fields = {"generation": generation, "length": 200, "fibre": {"attenuation": 0}, "detector": detector}
    work = Workbench("photon", fields, seed=11)
    work.run(heralds)
    link, state = work.link, work.link.trajectories
    success = link.heralds / link.attempts
    fidelity = ((state.db + state.bd) / 2 + state.coherence) / state.trace
    return Estimate(success, success * sqrt((1 - success) / heralds)), fidelity


def assert_agrees(found: tuple[Estimate, float], success: float, fidelity: float, heralds: int) -> None:
    assert found[0].sigmas(success) < ROOM
    if fidelity == 1:
        assert found[1] == pytest.approx(1, abs=1e-9)
    else:
        assert share_of(found[1] * heralds, heralds, fidelity).sigmas(fidelity) < ROOM


@pytest.mark.parametrize(
    ("eta", "dark", "success", "fidelity", "reduced", "full"),
    [
        (1, 0, 0.5, 1, 600, 5000),
        (0.6 * 10**-0.2, 0, 0.07165929, 1, 400, 5000),
        (0.1, 1e-5, 0.00500360025, 0.9994403656, 80, 2000),
        (0.5, 1e-3, 0.1259986243, 0.9920733301, 600, 5000),
    ],
)
@pytest.mark.parametrize("kind", ["barrett-kok", "two-photon"])
def test_two_clicks(
    kind: str, eta: float, dark: float, success: float, fidelity: float, reduced: int, full: int, sized: Sized
) -> None:
    heralds = sized(reduced, full)
    generation = {"kind": kind} | ({"bin_separation": "2 us"} if kind == "two-photon" else {})
    assert_agrees(measured(generation, eta, dark, heralds), success, fidelity, heralds)


@pytest.mark.parametrize(
    ("bright", "eta", "dark", "success", "fidelity", "reduced", "full"),
    [
        (0.1, 1, 0, 0.19, 0.9473684211, 600, 5000),
        (0.1, 0.1, 0, 0.0199, 0.9045226131, 300, 5000),
        (0.1, 0.01, 0, 0.001999, 0.9004502251, 60, 1500),
        (0.3, 0.01, 0, 0.005991, 0.7010515774, 100, 3000),
        (0.1, 0.01, 1e-5, 0.00201893983, 0.8924307476, 60, 1500),
        (0.1, 0.001, 1e-5, 0.0002199838, 0.8264080434, None, 100),
        (0.5, 0.2, 1e-3, 0.19142838, 0.5239536583, 600, 5000),
    ],
)
def test_one_click(
    bright: float,
    eta: float,
    dark: float,
    success: float,
    fidelity: float,
    reduced: int | None,
    full: int,
    sized: Sized,
) -> None:
    heralds = sized(reduced, full)
    generation = {"kind": "single-click", "bright_population": bright}
    assert_agrees(measured(generation, eta, dark, heralds), success, fidelity, heralds)


def test_dark_counts_blind_a_detector_through_windows_to_come(sized: Sized) -> None:
    """What the closed forms leave out: dark clicks at rate r leave detectors live 1/(1 + r dead) of the time.

    One click of one bright spin's photon, at r dead = 0.2: the efficiency falls by a sixth, and so does
    the success probability to first order in it; dark counts in the window are few.
    """
    detector = {"efficiency": 0.01, "dark_count_rate": 2e5, "window": "1 ns", "count_rate": 1e6}
    fields = {
        "generation": {"kind": "single-click", "bright_population": 0.5},
        "length": 1000,
        "fibre": {"attenuation": 0},
        "detector": detector,
    }
    heralds = sized(100, 2000)
    work = Workbench("photon", fields, seed=12)
    work.run(heralds)
    expected = work.link.profile.success / 1.2
    found = Estimate(work.link.heralds / work.link.attempts, expected * sqrt((1 - expected) / heralds))
    assert found.sigmas(expected) < ROOM
