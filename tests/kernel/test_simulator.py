from __future__ import annotations

from fractions import Fraction
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.errors import SchedulingError
from qsim.kernel import Priority, Simulator, simulator
from qsim.units import to_ps
from tests.kernel.reference import CONTROLS, PROGRAMS, WAYS, Call, Play, Reference


@pytest.mark.parametrize("sweep", [0, 3, 4096])
@settings(deadline=None, max_examples=150)
@given(program=PROGRAMS, controls=CONTROLS)
def test_programs_do_what_the_reference_does(
    sweep: int, program: tuple[Call, ...], controls: list[tuple[str, int]]
) -> None:
    plays = [Play(Simulator()), Play(Reference())]
    with mock.patch.object(simulator, "_SWEEP", sweep):
        for play in plays:
            play.launch(program)
            play.look("start")
            for order, amount in controls:
                play.control(order, amount)
    real, reference = plays
    assert real.log == reference.log


def test_events_of_one_instant_run_by_priority_then_in_order_of_scheduling() -> None:
    sim = Simulator()
    seen: list[str] = []
    for turn in "ab":
        for priority in (Priority.OBSERVE, Priority.PHYSICS, Priority.CONTROL, Priority.REPORT):
            sim.post(5, seen.append, f"{priority.name.lower()} {turn}", priority=priority)
    sim.run()
    assert seen == [f"{name} {turn}" for name in ("physics", "report", "control", "observe") for turn in "ab"]


def test_an_event_without_priority_is_control() -> None:
    sim = Simulator()
    seen: list[str] = []
    sim.post(0, seen.append, "observe", priority=Priority.OBSERVE)
    sim.post(0, seen.append, "default")
    sim.post(0, seen.append, "report", priority=Priority.REPORT)
    sim.run()
    assert seen == ["report", "default", "observe"]


def test_an_event_of_this_instant_waits_for_the_event_in_hand() -> None:
    sim = Simulator()
    seen: list[str] = []

    def first() -> None:
        sim.post(0, seen.append, "posted", priority=Priority.PHYSICS)
        seen.append("first")

    sim.post(3, first)
    sim.post(3, seen.append, "second")
    sim.run()
    assert seen == ["first", "posted", "second"]
    assert sim.now == 3


class TestUntil:
    def test_events_at_the_end_of_the_run_are_left(self) -> None:
        sim = Simulator()
        seen: list[int] = []
        for time in (9, 10, 11):
            sim.post(time, lambda: seen.append(sim.now), priority=Priority.PHYSICS)
        sim.run(until=10)
        assert (seen, sim.now, sim.pending) == ([9], 10, 2)
        sim.run(until=11)
        assert (seen, sim.now) == ([9, 10], 11)
        sim.run()
        assert seen == [9, 10, 11]

    def test_the_clock_stands_at_the_end_even_of_an_empty_run(self) -> None:
        sim = Simulator()
        sim.run(until=7)
        assert (sim.now, sim.events) == (7, 0)

    def test_without_an_end_the_clock_stands_at_the_last_event(self) -> None:
        sim = Simulator()
        sim.post(7, int)
        sim.run()
        assert sim.now == 7

    @pytest.mark.parametrize("priority", [Priority.PHYSICS, Priority.CONTROL])
    def test_running_until_now_does_nothing(self, priority: Priority) -> None:
        sim = Simulator()
        seen: list[int] = []
        sim.post(0, seen.append, 1, priority=priority)
        sim.run(until=0)
        assert (seen, sim.now, sim.pending) == ([], 0, 1)

    def test_a_cancelled_event_does_not_move_the_clock(self) -> None:
        sim = Simulator()
        handle = sim.schedule(50, int)
        sim.post(3, handle.cancel)
        sim.run()
        assert sim.now == 3

    @pytest.mark.parametrize("until", [4, -1])
    def test_an_end_in_the_past_is_refused(self, until: int) -> None:
        sim = Simulator()
        sim.run(until=5)
        with pytest.raises(
            SchedulingError, match=f"end of the run .* at {until} ps: the clock stands at 5 ps"
        ):
            sim.run(until=until)
        assert (sim.now, sim.pending) == (5, 0)

    @pytest.mark.parametrize("until", [1e12, np.int64(5), True])
    def test_an_end_that_is_no_integer_is_refused(self, until: Any) -> None:
        with pytest.raises(SchedulingError, match="integer picoseconds"):
            Simulator().run(until=until)


class TestTimesAsText:
    @pytest.mark.parametrize("way", WAYS)
    def test_text_with_a_unit_is_the_same_time(self, way: str) -> None:
        seen: list[int] = []
        sim = Simulator()
        getattr(sim, way)("2.5 ns", lambda: seen.append(sim.now))
        sim.run(until="1 us")
        assert (seen, sim.now) == ([2_500], 1_000_000)

    @pytest.mark.parametrize("way", WAYS)
    def test_now_is_not_the_past(self, way: str) -> None:
        seen: list[int] = []
        sim = Simulator()
        sim.run(until="1 ns")
        getattr(sim, way)("1 ns" if "_at" in way else "0 s", lambda: seen.append(sim.now))
        sim.run()
        assert seen == [1_000]

    def test_of_two_events_at_one_time_the_first_scheduled_comes_first_however_written(self) -> None:
        seen: list[str] = []
        sim = Simulator()
        sim.post("1 ns", seen.append, "text")
        sim.post(1_000, seen.append, "number")
        sim.run()
        assert seen == ["text", "number"]


class TestRefusals:
    @pytest.mark.parametrize("way", WAYS)
    def test_the_past(self, way: str) -> None:
        sim = Simulator()
        sim.run(until=100)
        given = -1 if "_at" not in way else 99
        with pytest.raises(
            SchedulingError, match=r"TestRefusals\.tick cannot be .* at 99 ps: the clock .* 100 ps"
        ):
            getattr(sim, way)(given, self.tick)
        assert sim.pending == sim.events == 0

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        "time",
        [1.5, 2.0, float("nan"), float("inf"), np.int64(5), np.float64(5), True, None, Fraction(5)],
    )
    def test_a_time_that_is_no_integer(self, way: str, time: Any) -> None:
        sim = Simulator()
        with pytest.raises(SchedulingError, match=r"tick cannot be scheduled at .* integer picoseconds"):
            getattr(sim, way)(time, self.tick)
        assert sim.pending == sim.events == 0

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize(
        ("time", "said"),
        [
            ("5", "needs a unit, as in '5 ms'"),
            ("5 km", "cannot be read"),
            ("x", "expected"),
            ("-1 s", "clock"),
        ],
    )
    def test_text_that_is_no_time(self, way: str, time: str, said: str) -> None:
        with pytest.raises(SchedulingError, match=f"tick cannot be scheduled.*{said}"):
            getattr(Simulator(), way)(time, self.tick)

    @pytest.mark.parametrize("way", WAYS)
    def test_nothing_to_call(self, way: str) -> None:
        with pytest.raises(SchedulingError, match="nothing to call"):
            getattr(Simulator(), way)(5, self.tick())

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("priority", [-1, 4, 1000])
    def test_a_priority_that_would_change_the_time(self, way: str, priority: int) -> None:
        with pytest.raises(SchedulingError, match=f"tick .* with priority {priority}"):
            getattr(Simulator(), way)(5, self.tick, priority=priority)

    @pytest.mark.parametrize("inner", ["run", "step"])
    @pytest.mark.parametrize("outer", ["run", "step"])
    def test_a_run_inside_an_event(self, outer: str, inner: str) -> None:
        sim = Simulator()
        sim.post(1, lambda: getattr(sim, inner)())
        sim.post(2, self.tick)
        with pytest.raises(SchedulingError, match="already running"):
            getattr(sim, outer)()
        assert (sim.now, sim.events, sim.pending) == (1, 1, 1)
        sim.run()
        assert sim.now == 2

    def tick(self) -> None:
        pass


def test_converted_times_are_accepted() -> None:
    sim = Simulator()
    sim.post(to_ps(1.3), int)
    sim.run()
    assert (sim.now, sim.now_s) == (1_300_000_000_000, 1.3)


def test_times_have_no_upper_limit() -> None:
    sim = Simulator()
    sim.post(10**30, int)
    sim.run(until=10**31)
    assert (sim.now, sim.events) == (10**31, 1)


class TestErrors:
    def test_an_error_keeps_its_type_and_tells_time_and_call(self) -> None:
        sim = Simulator()
        sim.schedule(1_500_000, self.fail, "the fibre broke")
        with pytest.raises(ZeroDivisionError, match="the fibre broke") as caught:
            sim.run()
        assert caught.value.__notes__ == ["while running TestErrors.fail at t = 1500000 ps (1.5e-06 s)"]

    def test_the_note_names_the_owner(self) -> None:
        class Router:
            name = "alice"

            def receive(self) -> None:
                raise KeyError("pair")

        sim = Simulator()
        sim.post(2, Router().receive)
        with pytest.raises(KeyError) as caught:
            sim.run()
        assert "Router.receive of 'alice' at t = 2 ps" in caught.value.__notes__[0]

    def test_the_run_can_go_on_after_it(self) -> None:
        sim = Simulator()
        sim.post(1, self.fail, "")
        sim.post(1, int)
        sim.post(9, int)
        with pytest.raises(ZeroDivisionError):
            sim.run(until=5)
        assert (sim.now, sim.events, sim.pending) == (1, 1, 2)
        sim.run(until=5)
        assert (sim.now, sim.events, sim.pending) == (5, 2, 1)

    def test_step_tells_it_too(self) -> None:
        sim = Simulator()
        sim.post(1, self.fail, "")
        with pytest.raises(ZeroDivisionError) as caught:
            sim.step()
        assert len(caught.value.__notes__) == 1
        assert sim.step() is False

    def fail(self, why: str) -> None:
        raise ZeroDivisionError(why)


class TestProgress:
    def test_called_every_20_000_events_and_at_the_end(self) -> None:
        sim = Simulator()
        for _ in range(45_000):
            sim.post(1, int)
        seen: list[int] = []
        sim.run(progress=lambda sim: seen.append(sim.events))
        assert seen == [20_000, 40_000, 45_000]

    def test_called_once_when_nothing_happens(self) -> None:
        seen: list[int] = []
        Simulator().run(until=9, progress=lambda sim: seen.append(sim.now))
        assert seen == [9]

    def test_an_error_of_its_own_is_not_blamed_on_an_event(self) -> None:
        def broken(_: Simulator) -> None:
            raise OSError("terminal gone")

        sim = Simulator()
        for _ in range(20_001):
            sim.post(1, int)
        with pytest.raises(OSError, match="terminal gone") as caught:
            sim.run(progress=broken)
        assert not hasattr(caught.value, "__notes__")
        sim.run()
        assert sim.events == 20_001


class TestStep:
    def test_runs_one_event(self) -> None:
        sim = Simulator()
        seen: list[int] = []
        sim.post(2, seen.append, 2)
        sim.post(1, seen.append, 1)
        assert (sim.step(), seen, sim.now) == (True, [1], 1)
        assert (sim.step(), seen, sim.now) == (True, [1, 2], 2)
        assert (sim.step(), sim.now) == (False, 2)

    def test_passes_over_cancelled_events(self) -> None:
        sim = Simulator()
        handle = sim.schedule(1, int)
        sim.post(2, int)
        handle.cancel()
        assert sim.next_time() == 2
        assert sim.step() is True
        assert (sim.now, sim.events) == (2, 1)

    def test_what_comes_next_is_told_in_words(self) -> None:
        sim = Simulator()
        assert sim.next_call() == "the event queue"
        sim.schedule(1, int).cancel()
        sim.post(3, self.named)
        assert sim.next_call() == "TestStep.named of 'third'"
        sim.schedule(2, int)
        assert sim.next_call() == "int"
        assert (sim.now, sim.events, sim.pending) == (0, 0, 2)

    name = "third"

    def named(self) -> None:
        pass


def test_two_simulators_do_not_disturb_each_other() -> None:
    def start(seed: int) -> tuple[Simulator, list[object]]:
        sim = Simulator(seed=seed)
        log: list[object] = []

        def tick(count: int) -> None:
            draw = sim.stream("tick").random()
            log.append((sim.now, sim.events, draw, float(sim.array_stream("tick").random())))
            if count:
                sim.schedule(1 + int(10 * draw), tick, count - 1)

        sim.post(0, tick, 50)
        return sim, log

    alone = []
    for seed in (1, 2):
        sim, log = start(seed)
        sim.run()
        alone.append(log)
    (first, first_log), (second, second_log) = start(1), start(2)
    going = True
    while going:
        going = first.step() | second.step()
    assert [first_log, second_log] == alone
    assert alone[0] != alone[1]


def test_one_simulator_may_run_another_inside_an_event() -> None:
    outer, inner = Simulator(), Simulator()
    inner.post(7, int)
    outer.post(3, inner.run)
    outer.run()
    assert (outer.now, inner.now) == (3, 7)


def test_streams_hang_on_the_simulator() -> None:
    sim = Simulator(seed=11)
    assert (sim.seed, Simulator().seed) == (11, 0)
    assert sim.stream("alice") is sim.stream("alice") is sim.streams.scalar("alice")
    assert sim.array_stream("alice") is sim.streams.array("alice")
