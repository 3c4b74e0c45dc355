"""The clockwork of a link, to the picosecond: half a detection window is 500 ps throughout."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.generation.continuous_handshake import ContinuousHandshake
from protocols.generation.negotiated import Schedule
from protocols.generation.timing import Timing, aligned
from tests.protocols.entanglement.workbench import Workbench

US = 1_000_000
HALF = 500
#: 6 km from the first end to the station and 14 km from the second: messages take 100, 30 and 70 us.
LOPSIDED = {"length": "20 km", "midpoint": 0.3}


def timing(**fields: Any) -> Timing:
    return Workbench("attempt", fields).session.timing


# what a link takes


def test_light_and_news_of_both_ends() -> None:
    found = timing(**LOPSIDED, memory={"frequency": "1 MHz"})
    assert (found.flight_up, found.flight_down, found.flight) == (30 * US, 70 * US, 70 * US)
    assert (found.herald_up, found.herald_down, found.herald) == (
        30 * US + HALF,
        70 * US + HALF,
        70 * US + HALF,
    )
    assert (found.ask, found.answer) == (100 * US, 100 * US)
    assert (found.period_up, found.period_down) == (US, US)
    assert (found.rounds, found.clock) == (2, 0)


def test_a_flow_the_other_way_sees_the_link_mirrored() -> None:
    table = {"nodes": ["alice", "bob"], "table": [[0, 2e-4], [5e-4, 0]]}
    forth = timing(**LOPSIDED, classical={"one_way": table})
    back = timing(**LOPSIDED, classical={"one_way": table}, backwards=True)
    assert (forth.ask, forth.answer) == (back.answer, back.ask) == (200 * US, 500 * US)
    assert (forth.flight_up, forth.flight_down) == (back.flight_down, back.flight_up)
    assert (forth.herald_up, forth.herald_down) == (back.herald_down, back.herald_up)


def test_each_end_keeps_the_period_of_its_own_memories() -> None:
    found = timing(
        nodes={"alice": {"memory": {"frequency": "1 MHz"}}, "bob": {"memory": {"frequency": "1 kHz"}}}
    )
    assert (found.period_up, found.period_down) == (US, 1000 * US)


def test_news_wait_for_the_last_bin() -> None:
    found = timing(**LOPSIDED, generation={"kind": "two-photon", "bin_separation": "3 us"})
    assert (found.herald_up, found.herald_down) == (33 * US + HALF, 73 * US + HALF)
    assert found.rounds == 1


@pytest.mark.parametrize(("window", "half"), [("1 ns", 500), ("1 us", 500_000), ("50 ps", 75)])
def test_news_wait_for_the_window_to_close(window: str, half: int) -> None:
    assert timing(**LOPSIDED, detector={"window": window}).herald_up == 30 * US + half


def test_stations_halfway_or_with_a_delay_of_their_own() -> None:
    assert timing(**LOPSIDED, classical={"station": "half"}).herald_up == 50 * US + HALF
    assert timing(**LOPSIDED, station_delay="1 ms").herald_down == 1000 * US + HALF


def test_ends_of_a_source_wait_for_their_photon_and_for_word_of_the_other() -> None:
    """The farther end's photon is under way for 70 us; its message to the nearer end takes 100 us more."""
    found = timing(**LOPSIDED, generation={"kind": "midpoint-source", "rate": "100 kHz"})
    assert (found.flight_up, found.flight_down, found.flight) == (0, 0, 0)
    assert (found.herald_up, found.herald_down) == (170 * US, 130 * US)
    assert found.clock == 10 * US


# continuous


@pytest.mark.parametrize(
    ("fields", "period"),
    [
        ({}, 140 * US + HALF),  # the farther end: 70 us for the herald and 70 us for the next light
        ({"memory": {"frequency": "2 kHz"}}, 500 * US),
        ({"classical": {"station": "half"}}, 120 * US + HALF),
        ({"generation": {"kind": "two-photon", "bin_separation": "3 us"}}, 143 * US + HALF),
        ({"generation": {"kind": "midpoint-source", "rate": "100 kHz"}}, 170 * US),
        ({"generation": {"kind": "midpoint-source", "rate": "80 kHz"}}, 175 * US),
    ],
)
@pytest.mark.parametrize("overhead", [0, 10_000])
def test_a_train_is_as_fast_as_its_slowest_part(fields: dict[str, Any], period: int, overhead: int) -> None:
    found = timing(**LOPSIDED, **fields)
    handshake = ContinuousHandshake(overhead=overhead * 1e-12)
    busy = 0 if period == 500 * US or found.clock else overhead
    ticks = found.clock if period == 170 * US else 0
    assert handshake.period(found) == period + busy + (ticks if overhead else 0)


def test_even_instantaneous_links_take_time() -> None:
    found = timing(length=0, memory={"frequency": 1e15}, generation={"kind": "midpoint-source", "rate": 1e13})
    assert ContinuousHandshake().period(found) == 1


@pytest.mark.parametrize(
    ("time", "clock", "tick"), [(0, 10, 0), (1, 10, 10), (10, 10, 10), (11, 10, 20), (7, 0, 7)]
)
def test_times_are_aligned_to_the_next_tick(time: int, clock: int, tick: int) -> None:
    assert aligned(time, clock) == tick


# negotiated attempts


def schedule(proposes_down: bool, overhead: int = 0, **fields: Any) -> Schedule:
    return Schedule.of(timing(**fields), proposes_down, overhead)


D, Q = 100 * US, 50 * US


@pytest.mark.parametrize("overhead", [0, 7 * US])
def test_attempts_in_the_middle_follow_the_published_formulas(overhead: int) -> None:
    """First round 3.5 d + q, or 4.5 d + q when the upstream end proposes; second round 2.5 d + q."""
    down, up = schedule(True, overhead), schedule(False, overhead)
    assert down.again == 7 * D // 2 + Q + HALF + overhead
    assert up.again == 9 * D // 2 + Q + HALF + overhead
    assert down.second == up.second == 5 * D // 2 + Q + HALF
    assert down.paired == up.paired == 3 * D // 2 + HALF + overhead
    assert (down.fixed, up.fixed, down.ahead, up.ahead) == (D, 2 * D, D + Q, D + Q)


def test_stations_off_the_middle() -> None:
    """News to the ends takes 30 us and 70 us, the longer flight 70 us.

    The upstream end asks when it has its herald: 30 + 100 us. The downstream end proposes with its answer,
    100 us; 100 us and a flight later light meets. The second round waits for the later of the heralds at the
    fixing end and the proposal of the other.
    """
    forth = schedule(True, **LOPSIDED)
    assert forth.again == (30 + 100 + 100 + 100 + 70) * US + HALF
    assert forth.second == (70 + 100 + 100 + 70) * US + HALF
    back = schedule(True, **LOPSIDED, backwards=True)
    assert back.again == (70 + 100 + 100 + 100 + 70) * US + HALF
    assert back.second == (30 + 100 + 100 + 70) * US + HALF


#: 18 km and 2 km to the station, or the other way round, and messages between the ends that take only 10 us.
SWIFT = {"classical": {"one_way": {"nodes": ["alice", "bob"], "table": [[0, 1e-5], [1e-5, 0]]}}}


def test_a_request_after_the_news_finds_the_memory_waiting() -> None:
    """News reaches the upstream end after 90 us, its request the downstream end 10 us later."""
    assert schedule(True, **SWIFT, midpoint=0.9).paired == 100 * US + HALF


def test_a_request_before_the_news_is_refused_and_repeated() -> None:
    """News upstream after 10 us, downstream after 90 us: requests arrive at 20, 40, 60, 80 and 100 us."""
    assert schedule(True, **SWIFT, midpoint=0.1).paired == 100 * US + HALF
    # With 7 us before each request they arrive at 27, 54, 81 and 108 us.
    assert schedule(True, 7 * US, **SWIFT, midpoint=0.1).paired == 108 * US + HALF


def test_slow_memories_set_the_pace() -> None:
    slow = schedule(True, memory={"frequency": "1 kHz"})
    # The fixing end may excite again after 1 ms, and announces it one message and one flight ahead.
    assert slow.again == slow.second == 1000 * US - Q + D + Q
    assert schedule(True, memory={"frequency": "10 kHz"}).again == schedule(True).again


def test_two_photons_need_one_round() -> None:
    found = schedule(True, generation={"kind": "two-photon", "bin_separation": "1 us"})
    assert found.again == 7 * D // 2 + Q + HALF + US
