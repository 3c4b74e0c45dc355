from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.detector import NumberResolvingDetector, ThresholdDetector
from hardware.link_models import BarrettKok
from hardware.station import Gate, HeraldingStation
from qsim.kernel import Simulator
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.hardware.devices import classical, link_hardware
from tests.statistics import ROOM, share_of

ALICE: Any = SimpleNamespace(name="alice[0]")
BLIND = ThresholdDetector(efficiency=0.0, count_rate=None, window=1e-9)
#: A window of 2 ps fits into every slot below.
PROMPT = ThresholdDetector(efficiency=0.0, count_rate=None, window=1e-12, time_resolution=0.0)


def station(
    slot: int = 0, model: ThresholdDetector = BLIND, trace: MemorySink | None = None
) -> HeraldingStation:
    """A station with live detectors in a simulation of its own."""
    sim = Simulator(0, trace)
    made = HeraldingStation(sim, "station", classical(sim), (model, model), slot)
    made.switch_on()
    return made


# time slots


@given(st.integers(0, 10**15))
def test_without_slots_light_keeps_clear_of_other_windows_and_dead_times(earliest: int) -> None:
    lab = station(model=ThresholdDetector(window=1e-9, count_rate=50e6))
    assert [lab.book(earliest) for _ in range(3)] == [earliest, earliest + 21_000, earliest + 42_000]
    assert lab.book(earliest + 70_000) == earliest + 70_000
    assert lab.book(earliest + 60_000) == earliest + 91_000


@pytest.mark.parametrize(("earliest", "slot"), [(0, 0), (1, 20), (19, 20), (20, 20), (21, 40)])
def test_light_waits_for_the_next_slot(earliest: int, slot: int) -> None:
    assert station(20, PROMPT).book(earliest) == slot


def test_slots_are_given_away_once() -> None:
    lab = station(20, PROMPT)
    assert [lab.book(earliest) for earliest in (100, 100, 90, 100, 121, 100)] == [
        100,
        120,
        140,
        160,
        180,
        200,
    ]
    assert lab.book(0) == 0


def test_slots_shorter_than_the_window_are_passed_over() -> None:
    lab = station(300)
    assert [lab.book(0) for _ in range(3)] == [0, 1_200, 2_400]


def test_memories_in_short_slots_do_not_take_each_others_clicks_for_their_own() -> None:
    """Five memories whose windows are fifty slots long: each attempt succeeds with η²/2 as ever."""
    document = {
        "run": {"duration": 0.02, "detail": "photon"},
        "defaults": {
            "memory": {"count": 5},
            "fibre": {"attenuation": 0.0, "slot_rate": "50 MHz"},
            "detector": {"efficiency": 0.3, "window": "1 us", "count_rate": None},
        },
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": 2e3}],
        "traffic": [{"kind": "request", "initiator": "alice", "responder": "bob", "memories": 5}],
    }
    engine = from_document(document).engine()
    engine.run()
    (link,) = engine.links
    assert share_of(link.heralds, link.attempts, 0.045).sigmas(0.045) < ROOM


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=60), st.integers(2, 50))
def test_bookings_are_slots_of_their_own_not_before_their_time(wishes: list[int], slot: int) -> None:
    lab = station(slot, PROMPT)
    booked = [lab.book(earliest) for earliest in wishes]
    assert len(set(booked)) == len(booked)
    for time, earliest in zip(booked, wishes, strict=True):
        assert time % slot == 0
        assert time >= earliest
        between = range(-(-earliest // slot) * slot, time, slot)
        assert set(between) <= set(booked)


@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=40),
    st.sampled_from([(0,), (0, 5_000), (0, 1_500, 9_000)]),
    st.sampled_from([0, 2_000, 700]),
)
def test_no_two_bookings_meet_in_any_of_their_bins(
    wishes: list[int], bins: tuple[int, ...], slot: int
) -> None:
    lab = station(slot)
    lab.bins = bins
    apart = max(slot, 1_000)
    booked: list[int] = []
    for earliest in wishes:
        time = lab.book(earliest)
        assert time >= earliest
        assert all(abs(time + mine - theirs) >= apart for mine in bins for theirs in booked)
        booked += [time + offset for offset in bins]


def test_what_is_past_stands_in_nobodys_way() -> None:
    lab = station(model=ThresholdDetector(window=1e-9, count_rate=50e6))
    for _ in range(300):
        lab.book(0)
    lab.sim.run(until=299 * 21_000 + 500)
    assert lab.book(lab.sim.now) == lab.sim.now
    assert len(lab._booked) == 1


def test_a_link_tells_its_station_of_the_bins() -> None:
    document = {
        "run": {"duration": 1},
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": 1e3}],
        "defaults": {"generation": {"kind": "two-photon", "bin_separation": "30 ns"}},
    }
    (link,) = from_document(document).engine().links
    assert link.station.bins == (0, 30_000)


# windows


class Window:
    """One window round t = 10,000 ps, half a nanosecond to either side; the ends' light never arrives."""

    def __init__(self, model: ThresholdDetector = BLIND, trace: MemorySink | None = None) -> None:
        self.lab = station(model=model, trace=trace)
        self.sim = self.lab.sim
        self.gate = Gate(
            BarrettKok().spins(link_hardware(1, 1)), 10_000, lambda _: self.closed.append(self.sim.now)
        )
        self.closed: list[int] = []
        self.lab.open(self.gate)

    def click(self, *times: tuple[int, int]) -> int | None:
        """Let detectors click without light at given times, and give the result of the window."""
        for time, which in times:
            detector = self.lab.detectors[which]
            self.sim.post_at(time, detector._click, "dark")
        for first in (True, False):
            self.sim.post_at(10_000, self.lab.receive_light, self.gate, first, ALICE, 0.0)
        self.sim.run(until=10_000_000)
        assert self.closed == [10_500]
        return self.gate.result


def test_a_window_without_clicks_has_no_result() -> None:
    assert Window().click() is None


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("time", [9_500, 9_501, 10_000, 10_499])
def test_one_detector_that_clicks_is_the_result(which: int, time: int) -> None:
    assert Window().click((time, which)) == which


@pytest.mark.parametrize("time", [0, 9_499, 10_501, 20_000])
def test_clicks_outside_the_window_do_not_count(time: int) -> None:
    assert Window().click((time, 0)) is None


def test_a_detector_may_click_twice() -> None:
    assert Window().click((9_600, 1), (10_200, 1)) == 1


def test_clicks_of_both_detectors_cancel() -> None:
    assert Window().click((9_600, 1), (10_200, 0)) is None


def test_the_news_is_traced() -> None:
    sink = MemorySink()
    Window(trace=sink).click((9_600, 1))
    announced = [event for event in sink.events if event[1] == "clicks_announced"]
    assert announced == [(10_500, "clicks_announced", "station", {"pattern": 1})]


def test_light_of_two_perfect_arms_is_detected_when_it_meets() -> None:
    """Half of all pairs have one bright spin, a quarter two, whose photons bunch: one click for both."""
    perfect = ThresholdDetector(efficiency=1.0, count_rate=None)
    lab = station(model=perfect)
    gates = [
        Gate(BarrettKok().spins(link_hardware(1, 1)), 10_000 * n, lambda _: None) for n in range(1, 2001)
    ]
    for gate in gates:
        lab.open(gate)
        for first in (True, False):
            lab.sim.post_at(gate.arrival, lab.receive_light, gate, first, ALICE, 1.0)
    lab.sim.run()
    results = [gate.result for gate in gates]
    assert all(gate.arrived == [True, True] for gate in gates)
    assert share_of(2000 - results.count(None), 2000, 0.75).sigmas(0.75) < ROOM
    assert share_of(results.count(0), 2000, 0.375).sigmas(0.375) < ROOM


def test_light_that_meets_nothing_is_still_detected() -> None:
    """One end has sent nothing: half of the windows see a click of the other's light alone."""
    perfect = ThresholdDetector(efficiency=1.0, count_rate=None)
    lab = station(model=perfect)
    gates = [Gate(BarrettKok().spins(link_hardware(1, 1)), 10_000 * n, lambda _: None) for n in range(1, 401)]
    for gate in gates:
        lab.open(gate)
        lab.sim.post_at(gate.arrival, lab.receive_light, gate, True, ALICE, 1.0)
    lab.sim.run()
    assert share_of(sum(gate.result is not None for gate in gates), 400, 0.5).sigmas(0.5) < ROOM


def test_windows_that_overlap_share_their_clicks() -> None:
    """Which is why bookings keep a window apart."""
    window = Window()
    other = Gate(BarrettKok().spins(link_hardware(1, 1)), 10_300, lambda _: None)
    window.lab.open(other)
    assert window.click((9_900, 1)) == 1
    assert other.result == 1


def test_dark_counts_that_nobody_waits_for_are_forgotten() -> None:
    noisy = ThresholdDetector(efficiency=0.0, count_rate=None, window=1e-9, dark_count_rate=1e9)
    lab = station(model=noisy)
    lab.sim.run(until=5_000_000)
    assert sum(detector.clicks for detector in lab.detectors) > 9_000
    assert len(lab._clicks) < 30


def test_a_counting_detector_must_have_counted_one_photon() -> None:
    """Two perfect arms: where one bright spin's photon comes, one click; two bunch and are told apart."""
    perfect = NumberResolvingDetector(efficiency=1.0, count_rate=None)
    lab = station(model=perfect)
    gates = [
        Gate(BarrettKok().spins(link_hardware(1, 1)), 10_000 * n, lambda _: None) for n in range(1, 1001)
    ]
    for gate in gates:
        lab.open(gate)
        for first in (True, False):
            lab.sim.post_at(gate.arrival, lab.receive_light, gate, first, ALICE, 1.0)
    lab.sim.run()
    assert share_of(sum(gate.result is not None for gate in gates), 1000, 0.5).sigmas(0.5) < ROOM


def test_each_detector_has_its_own_window() -> None:
    """Half a nanosecond to either side of the light, and from the light on for two."""
    late = ThresholdDetector(efficiency=0.0, count_rate=None, window=2e-9, window_start=0.0)
    sim = Simulator()
    lab = HeraldingStation(sim, "station", classical(sim), (BLIND, late), 0)
    lab.switch_on()
    assert (lab.opens, lab.closes) == (-500, 2000)

    def result(*clicks: tuple[int, int]) -> int | None:
        gate = Gate(BarrettKok().spins(link_hardware(1, 1)), lab.sim.now + 10_000, lambda _: None)
        lab.open(gate)
        for offset, which in clicks:
            sim.post_at(gate.arrival + offset, lab.detectors[which]._click, "dark")
        sim.run(until=gate.arrival + 2_500)
        return gate.result

    assert result((-400, 0)) == 0
    assert result((-400, 1)) is None
    assert result((1_900, 1)) == 1
    assert result((1_900, 0)) is None
    assert result((-400, 1), (300, 0), (600, 0)) == 0
    assert result((300, 0), (600, 1)) is None


def test_a_window_knows_the_clicks_before_it() -> None:
    window = Window()
    assert window.click((3_000, 0), (9_400, 1), (9_700, 1)) == 1
    assert window.gate.clicked == (3_000, 9_400)


def test_light_may_come_late() -> None:
    """Within the window it counts, after it not; each photon has a delay of its own."""
    perfect = ThresholdDetector(efficiency=1.0, count_rate=None)
    for delay, share in ((400, 0.75), (600, 0.0)):
        lab = station(model=perfect)
        gates = [
            Gate(
                BarrettKok().spins(link_hardware(1, 1)), 10_000 * n, lambda _: None, lambda delay=delay: delay
            )
            for n in range(1, 401)
        ]
        for gate in gates:
            lab.open(gate)
            for first in (True, False):
                lab.sim.post_at(gate.arrival, lab.receive_light, gate, first, ALICE, 1.0)
        lab.sim.run()
        found = sum(gate.result is not None for gate in gates)
        assert share_of(found, 400, share).sigmas(share) < ROOM
        assert sum(detector.clicks for detector in lab.detectors) >= 0.6 * 400


def test_a_station_is_dark_until_it_is_switched_on() -> None:
    noisy = ThresholdDetector(dark_count_rate=1e9)
    sim = Simulator()
    HeraldingStation(sim, "station", classical(sim), (noisy, noisy), 0)
    assert sim.pending == 0
