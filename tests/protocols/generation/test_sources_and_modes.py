"""Sources of several pairs, memories that latch and memories with modes: both levels against closed forms.

Each setting runs with fixed seeds; measured numbers lie near closed forms (`ROOM`), and the
waiting times of the two levels have one distribution.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any

import pytest

from protocols.generation.continuous import ContinuousSession
from protocols.generation.photon_stream import PhotonLatchingSession, PhotonStreamSession
from qsim.analytic import sources
from qsim.errors import ParameterError, ScenarioError
from tests.protocols.entanglement.workbench import Workbench
from tests.statistics import FALSE_ALARM, ROOM, Estimate, mean_of, same_distribution, share_of

LOSSLESS = {"fibre": {"attenuation": 0}}
THERMAL = {"statistics": "thermal", "mean_pairs": 0.5}
NOISY = {"false_herald_rate": "1 MHz", "herald_window": "50 ns"}
LATCHED = {"kind": "latching-source", "rate": "1 MHz", "pair_probability": 0.5}

SETTINGS: dict[str, dict[str, Any]] = {
    "thermal pairs": {
        "generation": {"kind": "midpoint-source", **THERMAL},
        "memory": {"efficiency": 0.5},
        "midpoint": 0.3,
    },
    "poissonian pairs and false heralds": {
        "generation": {
            "kind": "midpoint-source",
            "statistics": "poissonian",
            "mean_pairs": 1.2,
            "pair_fidelity": 0.95,
            **NOISY,
        },
        "memory": {"efficiency": 0.4},
    },
    "single pairs with an autocorrelation": {
        "generation": {"kind": "midpoint-source", "pair_probability": 0.6, "g2": 0.5},
        "memory": {"efficiency": 0.3},
    },
    "latched, far": {
        "generation": {**LATCHED, "rate": "200 kHz"},
        "memory": {"efficiency": 0.2},
        "length": "50 km",
    },
    "latched, off the middle": {
        "generation": {**LATCHED, "rate": "300 kHz"},
        "memory": {"efficiency": 0.4},
        "midpoint": 0.2,
        "backwards": True,
    },
    "latched, clock slower than the news": {
        "generation": {**LATCHED, "rate": "5 kHz"},
        "memory": {"efficiency": 0.6},
        "length": "5 km",
    },
    "latched, thermal and noisy": {
        "generation": {"kind": "latching-source", "rate": "200 kHz", **THERMAL, **NOISY},
        "memory": {"efficiency": 0.3},
    },
    "attempts that do not wait": {
        "generation": {
            "kind": "single-click",
            "bright_population": 0.3,
            "handshake": {"kind": "continuous", "attempt_period": "5 us"},
        },
        "memory": {"kind": "multimode", "temporal_modes": 30, "efficiency": 0.3},
        "midpoint": 0.4,
    },
    "a source that does not wait": {
        "generation": {
            "kind": "midpoint-source",
            "pair_probability": 0.3,
            "rate": "500 kHz",
            "handshake": {"kind": "continuous", "attempt_period": "4 us"},
        },
        "memory": {"kind": "multimode", "temporal_modes": 50, "efficiency": 0.3},
        "midpoint": 0.4,
    },
    "five modes in frequency, two photons": {
        "generation": {"kind": "two-photon", "visibility": 0.9},
        "memory": {"kind": "multimode", "spectral_modes": 5, "efficiency": 0.4},
    },
    "three modes in frequency, two rounds": {
        "generation": {"kind": "barrett-kok", "visibility": 0.8},
        "memory": {"kind": "multimode", "spectral_modes": 3, "efficiency": 0.7},
        "midpoint": 0.3,
    },
    "four modes in frequency of a source": {
        "generation": {"kind": "midpoint-source", **THERMAL},
        "memory": {"kind": "multimode", "spectral_modes": 4, "efficiency": 0.4},
        "midpoint": 0.3,
    },
    "bursts and pauses": {
        "generation": {
            "kind": "single-click",
            "bright_population": 0.3,
            "handshake": {"kind": "continuous", "attempt_period": "120 us", "burst": 5, "pause": "300 us"},
        },
        "memory": {"efficiency": 0.4},
    },
    "bursts of a source": {
        "generation": {
            "kind": "midpoint-source",
            "pair_probability": 0.5,
            "handshake": {"kind": "continuous", "burst": 3, "pause": "301 us"},
        },
        "memory": {"efficiency": 0.6},
    },
    "a fixed period": {
        "generation": {
            "kind": "single-click",
            "handshake": {"kind": "continuous", "attempt_period": "300 us"},
        },
    },
}
HERALDS = 500
LATCHES = [name for name in SETTINGS if "latched" in name]
STREAMS = [name for name in SETTINGS if "not wait" in name]
RECORDED = [name for name in SETTINGS if name not in ("a source that does not wait", "bursts of a source")]


@cache
def sampled(name: str, detail: str) -> Workbench:
    seed = 2 * list(SETTINGS).index(name) + (detail == "photon")
    bench = Workbench(detail, {**LOSSLESS, **SETTINGS[name]}, seed=seed, together=True)
    bench.run(HERALDS)
    return bench


@pytest.mark.parametrize("name", SETTINGS)
def test_both_levels_wait_alike(name: str) -> None:
    attempt, photon = (sampled(name, detail).waits for detail in ("attempt", "photon"))
    assert same_distribution(attempt, photon) > FALSE_ALARM
    assert mean_of(attempt).sigmas(mean_of(photon)) < ROOM


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("name", SETTINGS)
def test_the_mean_wait_is_the_stated_one(name: str, detail: str) -> None:
    bench = sampled(name, detail)
    law = bench.link.interval(bench.upstream)
    stated = law.mean_s if law else bench.link.expected_wait_s()
    assert mean_of(bench.waits[1:]).sigmas(stated * 1e12) < ROOM


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("name", SETTINGS)
def test_attempts_succeed_as_the_profile_says(name: str, detail: str) -> None:
    link = sampled(name, detail).link
    p = link.profile.success
    found = Estimate(link.heralds / link.attempts, p * sqrt((1 - p) / link.heralds))
    assert found.sigmas(p) < ROOM


@pytest.mark.parametrize("name", [name for name in RECORDED if SETTINGS[name]["generation"].get("g2") != 0])
def test_what_is_really_left_is_the_state_of_the_profile(name: str) -> None:
    link = sampled(name, "photon").link
    left, exact = link.trajectories, link.profile.fidelity
    if left.trace == 0:
        # Single pairs of a source leave the pair that they are.
        assert SETTINGS[name]["generation"].get("pair_probability")
        assert exact == pytest.approx(1)
        return
    assert left.trace == pytest.approx(link.heralds)
    fidelity = ((left.db + left.bd) / 2 + left.coherence) / left.trace
    assert share_of(fidelity * link.heralds, link.heralds, exact).sigmas(exact) - 1e-6 < ROOM


@pytest.mark.parametrize("name", LATCHES)
def test_latches_make_pairs_at_the_rate_of_the_closed_form(name: str) -> None:
    """The time from one pair to the next, both memories free as soon as both ends know."""
    bench = sampled(name, "photon")
    assert isinstance(bench.session, PhotonLatchingSession)
    profile, handshake, timing = bench.link.profile, bench.link.handshake, bench.session.timing
    news = handshake.shortest(timing) * 1e-12
    exact = sources.latched_interval(profile.success, profile.first_round_success, timing.clock * 1e-12, news)
    law = bench.link.interval(bench.upstream)
    assert law.mean_s == pytest.approx(exact, rel=1e-9)
    for detail in ("attempt", "photon"):
        assert mean_of(sampled(name, detail).waits[1:]).sigmas(exact * 1e12) < ROOM


def test_latching_pays_where_absorption_is_rare_and_the_way_is_long() -> None:
    """50 km, 200 kHz, p = .02: news of every tick against news of absorptions alone, 5.2 times faster."""
    latched = sampled("latched, far", "attempt").link
    plain = Workbench(
        "attempt",
        {
            **LOSSLESS,
            **SETTINGS["latched, far"],
            "generation": {**LATCHED, "rate": "200 kHz", "kind": "midpoint-source"},
        },
    ).link
    assert latched.profile.success == pytest.approx(plain.profile.success)
    # 375 us for news of a tick: 375/.02 against (5 (1 - .18) + 375 .18)/.02.
    plainly, latching = (link.interval(link.first).mean_s for link in (plain, latched))
    assert plainly / latching == pytest.approx(375 / (5 * 0.82 + 375 * 0.18), rel=1e-9)


@pytest.mark.parametrize("name", STREAMS)
def test_streams_are_as_fast_as_their_period(name: str) -> None:
    """News take 120 us; attempts follow each other every 4 or 5 us all the same."""
    bench = sampled(name, "photon")
    assert isinstance(bench.session, PhotonStreamSession)
    assert isinstance(sampled(name, "attempt").session, ContinuousSession)
    stated = bench.link.handshake.attempt_period
    for detail in ("attempt", "photon"):
        waits = sampled(name, detail).waits
        assert {round((wait - min(waits)) % (stated * 1e12)) for wait in waits[1:]} == {0}
        lead = bench.session.timing.flight + bench.session.timing.herald
        attempts = [1 + (wait - lead) / (stated * 1e12) for wait in waits[1:]]
        assert mean_of(attempts).sigmas(1 / bench.link.profile.success) < ROOM


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        ({}, r"must be at least 0.00012\d* s.*25 attempts would be under way at once and two memories have"),
        ({"kind": "multimode", "temporal_modes": 20}, "room for 20"),
    ],
)
def test_attempts_need_a_mode_each_while_under_way(memory: dict[str, Any], message: str) -> None:
    fields = {**SETTINGS["attempts that do not wait"], "memory": memory}
    with pytest.raises(ParameterError, match=rf"link 'alice-bob': .*{message}"):
        Workbench("attempt", fields)


@pytest.mark.parametrize(
    ("handshake", "model", "message"),
    [
        ({"burst": 3}, "single-click", "`burst` and `pause` go together"),
        ({"pause": "1 s"}, "single-click", "`burst` and `pause` go together"),
        ({"burst": 3, "pause": "1 s"}, "barrett-kok", "those of 'barrett-kok' are longer"),
        ({"burst": 3, "pause": "1 s"}, "latching-source", "those of 'latching-source' are longer"),
    ],
)
def test_bursts_that_say_nothing_are_refused(handshake: dict[str, Any], model: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        Workbench(
            "attempt", {"generation": {"kind": model, "handshake": {"kind": "continuous", **handshake}}}
        )


def test_modes_in_time_that_no_attempt_uses_are_told() -> None:
    with pytest.raises(ScenarioError, match=r"temporal_modes.*no link's hand-shake states the `attempt_per"):
        Workbench("attempt", {"memory": {"kind": "multimode", "temporal_modes": 3}})


def test_modes_in_frequency_multiply_chances() -> None:
    many = sampled("five modes in frequency, two photons", "attempt").link.profile
    one = Workbench(
        "attempt",
        {**LOSSLESS, "generation": {"kind": "two-photon", "visibility": 0.9}, "memory": {"efficiency": 0.4}},
    ).link.profile
    assert many.success == pytest.approx(1 - (1 - one.success) ** 5)
    assert many.fidelity == pytest.approx(one.fidelity)


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_the_rate_of_a_laboratory_is_probability_times_duty_over_period(detail: str) -> None:
    """1 MHz bursts with a duty of 5/6 as of Stephenson et al. 2020, at a probability worth waiting for."""
    handshake = {"kind": "continuous", "attempt_period": "1 us", "burst": 50, "pause": "10 us"}
    bench = Workbench(
        detail,
        {
            **LOSSLESS,
            "generation": {"kind": "two-photon", "handshake": handshake},
            "memory": {"efficiency": 0.4},
            "detector": {"efficiency": 0.5},
            "length": 2,
        },
        seed=4,
        together=True,
    )
    bench.run(400)
    p = bench.link.profile.success
    assert p == pytest.approx(0.02)
    exact = p * (5 / 6) / 1e-6
    assert mean_of(bench.waits).sigmas(1e12 / exact) < ROOM
    assert bench.link.expected_wait_s() == pytest.approx(1 / exact, rel=1e-9)
