"""Stepping through a live simulation: by time as text, and to the next event of a name."""

from __future__ import annotations

import pytest

import qsim
from qsim.errors import NetworkError, SchedulingError, UnitError
from qsim.trace.sinks import MemorySink


def chain() -> qsim.Network:
    network = qsim.Network("Chain", memory={"count": 4, "efficiency": 0.9})
    network.add_nodes("a", "b", "c").add_link("a", "b", "10 km").add_link("b", "c", "10 km")
    return network.request("a", "c")


def test_the_events_met_are_those_of_the_trace_in_their_order() -> None:
    sink = MemorySink()
    whole = chain().run("50 ms", seed=3, trace=sink)
    wanted = [event for event in sink.events if event.event == "pair_swapped"]
    assert len(wanted) > 5
    engine = chain().engine("50 ms", seed=3)
    met = []
    while caught := engine.run_to("pair_swapped", at="b"):
        assert {event.time_ps for event in caught} == {engine.sim.now}
        met += caught
    assert met == wanted
    assert engine.result().fingerprint == whole.fingerprint


def test_a_trace_that_is_written_besides_misses_nothing() -> None:
    sinks = MemorySink(), MemorySink()
    chain().run("20 ms", seed=3, trace=sinks[0])
    engine = chain().engine("20 ms", seed=3, trace=sinks[1])
    while engine.run_to("memory_changed"):
        pass
    assert sinks[1].events == sinks[0].events


def test_a_link_is_a_place_too_and_an_end_before_the_event_gives_nothing() -> None:
    engine = chain().engine("50 ms", seed=3)
    (first,) = engine.run_to("pair_heralded", at="b-c")
    assert first.entity == "b-c"
    later = engine.sim.now + 1
    assert engine.run_to("flow_ended", until=later) == []
    assert engine.sim.now == later
    assert engine.sim.trace is None


def test_invariants_are_looked_after_on_the_way() -> None:
    engine = chain().engine("20 ms", seed=3)
    plain = chain().engine("20 ms", seed=3)
    engine.check_invariants()
    assert engine.run_to("pair_swapped") == plain.run_to("pair_swapped")
    assert engine.sim.now == plain.sim.now


@pytest.mark.parametrize(
    ("event", "at", "said"),
    [
        ("pair_swaped", None, "no event 'pair_swaped' .did you mean 'pair_swapped'"),
        ("pair_swapped", "bb", "no node, link or station 'bb'"),
    ],
)
def test_what_can_never_happen_is_refused(event: str, at: str | None, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        chain().engine("20 ms").run_to(event, at=at)


def test_times_are_told_alike_everywhere() -> None:
    one, other = chain().engine("20 ms", seed=3), chain().engine("20 ms", seed=3)
    one.run_until("5 ms")
    other.run_until(5_000_000_000)
    assert one.result().fingerprint == other.result().fingerprint
    assert one.run(until="10 ms").fingerprint == other.run(until=10_000_000_000).fingerprint
    assert one.now_s == 10e-3
    with pytest.raises(UnitError, match="needs a unit"):
        one.run_until("12")
    with pytest.raises(SchedulingError, match="clock stands"):
        one.run_until("1 ms")


def test_a_scenario_runs_for_another_time_when_told() -> None:
    scenario = chain().scenario("1 s", seed=3)
    short = scenario.run(duration="20 ms")
    assert short.fingerprint == chain().run("20 ms", seed=3).fingerprint
    assert scenario.run_spec.duration == 1.0
    with pytest.raises(qsim.ScenarioError, match="duration"):
        scenario.run(duration="-1 s")
