"""The two levels of detail on hardware that is far from ideal: blind, noisy, lopsided, late.

Each setting is one line. At photon detail the share of attempts that succeed is that of the attempt level's
profile; the states told to nodes, given what the station saw, are in the mean those of the trajectories, and
those of the profile. Everything lies within `ROOM`, of 2,000 heralds each when QSIM_FULL=1 is set.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any

import pytest

from hardware.clicks import Emitters
from tests.conftest import Sized
from tests.protocols.entanglement.workbench import Workbench
from tests.statistics import ROOM, Estimate, mean_of, share_of

pytestmark = pytest.mark.slow

BK = "barrett-kok"
ONE = {"kind": "single-click", "bright_population": 0.3}
#: Two bins 100 ns apart.
TWO = {"kind": "two-photon", "bin_separation": "100 ns"}
#: A window of 10 ns in which dark counts are common.
WIDE = {"efficiency": 0.5, "window": "10 ns"}
LOSSLESS = {"fibre": {"attenuation": 0}}


def setting(generation: Any, length: str, detector: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"generation": generation, "length": length, "detector": detector, **LOSSLESS, **more}


SETTINGS = {
    "dark counts that blind": setting(
        BK, "20 km", {"efficiency": 0.25, "dark_count_rate": "10 kHz", "count_rate": "50 kHz"}
    ),
    "dark counts that blind, one click": setting(
        ONE, "2 km", {**WIDE, "dark_count_rate": "1 MHz", "count_rate": "1 MHz"}
    ),
    "dark counts as common as light": setting(BK, "1 km", {**WIDE, "dark_count_rate": "10 MHz"}),
    "dead longer than the bins are apart": setting(
        TWO, "10 km", {"efficiency": 0.8, "count_rate": "5 MHz"}, memory={"efficiency": 0.8}
    ),
    "dead longer than the bins, and dark": setting(
        TWO, "500 m", {**WIDE, "count_rate": "8 MHz", "dark_count_rate": "5 MHz"}
    ),
    "dead into the second bin": setting(
        TWO, "500 m", {**WIDE, "count_rate": 1 / 97e-9, "dark_count_rate": "5 MHz"}
    ),
    "dark between the bins": setting(TWO, "500 m", {**WIDE, "dark_count_rate": "10 MHz"}),
    "gated": setting(
        TWO, "500 m", {**WIDE, "count_rate": "8 MHz", "dark_count_rate": "10 MHz", "gated": True}
    ),
    "off centre, dark and dead": setting(
        ONE, "2 km", {**WIDE, "dark_count_rate": "2 MHz", "count_rate": "5 MHz"}, midpoint=0.1
    ),
    "counting detectors in the dark": setting(
        ONE, "1 km", {"kind": "number-resolving", **WIDE, "dark_count_rate": "5 MHz"}
    ),
    "unlike detectors": setting(
        BK,
        "1 km",
        {"efficiency": 0.9, "count_rate": None},
        second_detector={"kind": "threshold", **WIDE, "dark_count_rate": "5 MHz"},
    ),
    "unlike detectors, one click, one slow": setting(
        {**ONE, "visibility": 0.8},
        "1 km",
        {"efficiency": 0.9, "count_rate": "1 MHz", "dark_count_rate": "100 kHz"},
        second_detector={"kind": "number-resolving", **WIDE, "dark_count_rate": "3 MHz"},
    ),
    "afterpulses in the second bin": setting(
        TWO, "1 km", {**WIDE, "afterpulse_probability": 0.1, "afterpulse_lifetime": "80 ns"}
    ),
    "jitter as long as the window": setting(BK, "500 m", {"efficiency": 0.9, "jitter": "0.7 ns"}),
    "a window that opens late, dark and dead": setting(
        TWO,
        "500 m",
        {**WIDE, "window_start": "-2 ns", "dark_count_rate": "10 MHz", "count_rate": 1 / 95e-9},
    ),
}


class Told(Workbench):
    """A workbench at photon detail that keeps the fidelity told of each pair."""

    def __init__(self, fields: dict[str, Any], seed: int) -> None:
        super().__init__("photon", fields, seed=seed)
        self.fidelities: list[float] = []
        state_given = self.link.state_given

        def noted(seen: Any) -> Any:
            state = state_given(seen)
            self.fidelities.append(state.fidelity())
            return state

        self.link.state_given = noted  # type: ignore[method-assign]


@cache
def sampled(name: str, heralds: int) -> Told:
    bench = Told(SETTINGS[name], seed=list(SETTINGS).index(name))
    bench.run(heralds)
    return bench


def fidelity_of(state: Emitters) -> float:
    return ((state.db + state.bd) / 2 + state.coherence) / state.trace


@pytest.mark.parametrize("name", SETTINGS)
def test_attempts_succeed_with_the_probability_of_the_profile(name: str, sized: Sized) -> None:
    link = sampled(name, sized(150, 2000)).link
    p = link.profile.success
    assert Estimate(link.heralds / link.attempts, p * sqrt((1 - p) / link.heralds)).sigmas(p) < ROOM


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_told_is_in_the_mean_what_is_there(name: str, sized: Sized) -> None:
    bench = sampled(name, sized(150, 2000))
    heralds, told = len(bench.fidelities), mean_of(bench.fidelities).value
    there = fidelity_of(bench.link.trajectories)
    if told > 1 - 1e-9:
        assert there == pytest.approx(1, abs=1e-9)
    else:
        assert share_of(there * heralds, heralds, told).sigmas(told) < ROOM


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_told_is_in_the_mean_the_state_of_the_profile(name: str, sized: Sized) -> None:
    bench = sampled(name, sized(150, 2000))
    told, exact = mean_of(bench.fidelities), bench.link.profile.fidelity
    if told.error < 1e-6:
        # Nothing that was seen told more than the announcement.
        assert told.value == pytest.approx(exact, abs=1e-6)
    else:
        assert told.sigmas(exact) < ROOM
