"""Stopping a run, from an event, from the progress callback and from a signal handler."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from unittest import mock

import pytest

from qsim.kernel import Simulator, simulator


class handled:
    """Call a function on a signal, within a block."""

    def __init__(self, number: signal.Signals, call: Callable[[], object]) -> None:
        self.number = number
        self.call = call

    def __enter__(self) -> None:
        self.before = signal.signal(self.number, lambda *_: self.call())

    def __exit__(self, *_: object) -> None:
        signal.signal(self.number, self.before)


def test_the_event_in_hand_is_finished_and_the_queue_kept() -> None:
    sim = Simulator()
    seen: list[str] = []

    def last() -> None:
        sim.stop()
        seen.append("finished")

    sim.post(1, last)
    sim.post(1, seen.append, "kept")
    sim.run(until=50)
    assert (seen, sim.now, sim.events, sim.pending) == (["finished"], 1, 1, 1)
    sim.run()
    assert seen == ["finished", "kept"]


def test_a_stopped_run_can_be_resumed_to_the_same_end() -> None:
    sim = Simulator()
    sim.post(5, sim.stop)
    sim.run(until=10)
    assert sim.now == 5
    sim.run(until=10)
    assert (sim.now, sim.events, sim.pending) == (10, 1, 0)


def test_stopping_twice_stops_one_run() -> None:
    sim = Simulator()
    seen: list[int] = []
    sim.post(1, sim.stop)
    sim.post(1, sim.stop)
    sim.post(2, lambda: (sim.stop(), sim.stop()))
    sim.post(3, seen.append, 3)
    for now in (1, 1, 2):
        sim.run()
        assert sim.now == now
    sim.run()
    assert seen == [3]


def test_without_effect_outside_a_run() -> None:
    sim = Simulator()
    sim.stop()
    sim.post(1, int)
    sim.run()
    assert sim.now == 1


def test_an_error_after_it_leaves_no_stop_behind() -> None:
    sim = Simulator()

    def fail() -> None:
        sim.stop()
        raise ValueError

    sim.post(1, fail)
    sim.post(2, int)
    with pytest.raises(ValueError):
        sim.run()
    sim.run()
    assert (sim.now, sim.events) == (2, 2)


def test_from_the_progress_callback() -> None:
    sim = Simulator()
    for _ in range(50_000):
        sim.post(1, int)
    sim.run(progress=lambda sim: sim.stop())
    assert (sim.events, sim.pending) == (20_000, 30_000)


def test_from_a_signal_handler() -> None:
    sim = Simulator()
    seen: list[int] = []
    sim.post(1, signal.raise_signal, signal.SIGTERM)
    sim.post(2, seen.append, 2)
    with handled(signal.SIGTERM, sim.stop):
        sim.run()
    assert (seen, sim.now, sim.pending) == ([], 1, 1)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs interval timers")
@pytest.mark.parametrize("sweep", [0, 4096])
def test_from_a_signal_at_any_moment(sweep: int) -> None:
    sim = Simulator()
    ran = 0

    def tick() -> None:
        nonlocal ran
        ran += 1
        sim.schedule(3, int).cancel()
        sim.post(1, tick)

    def set_alarm(seconds: float) -> None:
        nonlocal ran
        ran += 1
        signal.setitimer(signal.ITIMER_REAL, seconds)

    sim.post(1, tick)
    with mock.patch.object(simulator, "_SWEEP", sweep), handled(signal.SIGALRM, sim.stop):
        for turn in range(40):
            end = sim.now + 5_000_000
            sim.post(1, set_alarm, 1e-3 + turn * 1e-5)
            sim.run(until=end)
            assert sim.now < end
            assert sim.events == ran
    assert sim.pending == 1


def test_at_any_call_within_a_sweep() -> None:
    """What a signal may do between two calls, a profile does at each of them in turn."""

    def stopped_at(moment: int) -> tuple[bool, tuple[int, int, int]]:
        sim = Simulator()
        calls = 0

        def note(*_: object) -> None:
            nonlocal calls
            calls += 1
            if calls == moment:
                sys.setprofile(None)
                sim.stop()

        def sweep() -> None:
            sim.schedule(3, int).cancel()
            handle = sim.schedule(3, int)
            sys.setprofile(note)
            handle.cancel()
            sys.setprofile(None)
            sim.stop()

        sim.post(1, sweep)
        sim.post(2, int)
        before = sys.getprofile()
        with mock.patch.object(simulator, "_SWEEP", 0):
            sim.run()
            seen = sim.events, sim.now, sim.pending
            sim.run()
        sys.setprofile(before)
        assert (sim.events, sim.now, sim.pending) == (2, 2, 0), moment
        return calls >= moment, seen

    moment, within = 1, True
    while within:
        within, seen = stopped_at(moment)
        assert seen == (1, 1, 1), moment
        moment += 1
    assert moment > 5
