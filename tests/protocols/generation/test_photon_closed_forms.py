"""The photon level against closed forms: what emissions, losses, interference, clicks and dark counts make.

The attempt level equals these closed forms to nine digits (tests/hardware/link_models); here they are
estimated from single events, within `ROOM`. Rows of the published tables with success
probabilities below 1e-4 would take hours.
"""

from __future__ import annotations

from math import log1p, sqrt
from typing import Any

import pytest

from tests.conftest import Sized
from tests.protocols.entanglement.workbench import Workbench
from tests.statistics import ROOM, Estimate, mean_of, share_of

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
    """Dark clicks at rate r leave detectors live 1/(1 + r dead) of the time.

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
    always = Workbench("photon", {**fields, "detector": {**detector, "count_rate": None}}).link.profile
    expected = work.link.profile.success
    assert expected == pytest.approx(always.success / 1.2, rel=1e-3)
    found = Estimate(work.link.heralds / work.link.attempts, expected * sqrt((1 - expected) / heralds))
    assert found.sigmas(expected) < ROOM


def test_dark_counts_and_dead_time_cost_what_the_live_fraction_says() -> None:
    """Barrett-Kok over 20 km, efficiency 0.25, 10 kHz dark, 20 us dead: each click lives 1/1.2 of the time.

    Simulated before at photon detail: 75 pairs/s, and 111 without.
    """
    detector = {"efficiency": 0.25, "dark_count_rate": "10 kHz", "count_rate": "50 kHz"}
    blinded, live = (
        Workbench("attempt", {"detector": given}).link
        for given in (detector, {**detector, "count_rate": None})
    )
    assert blinded.profile.success == pytest.approx(live.profile.success / 1.2**2, rel=1e-3)
    assert 1 / live.expected_wait_s() == pytest.approx(108.08, abs=0.01)
    assert 1 / blinded.expected_wait_s() == pytest.approx(76.74, abs=0.01)


def test_a_detector_that_is_dead_at_the_second_bin_cannot_click_there() -> None:
    """Two bins 100 ns apart and a dead time of 200: only unequal outputs are left, half of 0.2048."""
    fields = {
        "generation": {"kind": "two-photon", "bin_separation": "100 ns"},
        "length": "10 km",
        "fibre": {"attenuation": 0},
        "memory": {"efficiency": 0.8},
    }
    live, dead = (
        Workbench("attempt", {**fields, "detector": {"efficiency": 0.8, "count_rate": rate}}).link
        for rate in (None, "5 MHz")
    )
    assert live.profile.success == pytest.approx(0.2048, rel=1e-12)
    assert dead.profile.success == pytest.approx(0.1024, rel=1e-12)
    assert dead.profile.fidelity == pytest.approx(1)


def test_the_state_told_under_dark_counts_and_dead_time(sized: Sized) -> None:
    """Barrett-Kok over 1 km, efficiency 0.5, 10 MHz dark, windows of 10 ns, 40 ns dead.

    The trajectories' mean over many runs is .5725 +- .0037; without dead time it would be .58992.
    """
    detector = {"efficiency": 0.5, "dark_count_rate": "10 MHz", "window": "10 ns"}
    work = Workbench("photon", {"length": "1 km", "detector": detector}, seed=4)
    state_given, told = work.link.state_given, []
    work.link.state_given = lambda seen: told.append(state_given(seen)) or told[-1]  # type: ignore
    work.run(sized(150, 1500))
    found = mean_of([state.fidelity() for state in told])
    assert found.sigmas(Estimate(0.5725, 0.0037)) < ROOM
    assert found.sigmas(work.link.profile.fidelity) < ROOM
    assert found.value < 0.585
    assert work.link.profile.fidelity == pytest.approx(0.5715, abs=5e-5)
