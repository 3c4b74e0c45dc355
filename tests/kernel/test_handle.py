from __future__ import annotations

import gc
import weakref
from unittest import mock

import pytest

from qsim.kernel import Handle, Simulator, simulator


def test_a_handle_tells_what_is_to_come() -> None:
    sim = Simulator()
    sim.run(until=3)
    handle = sim.schedule(5, print, "x")
    assert (handle.time, handle.fn, handle.args, handle.pending) == (8, print, ("x",), True)


def test_cancelling_before() -> None:
    sim = Simulator()
    seen: list[int] = []
    handle = sim.schedule(5, seen.append, 1)
    assert handle.cancel() is True
    assert handle.cancel() is False
    assert (handle.pending, sim.pending, sim.next_time()) == (False, 0, None)
    sim.run()
    assert (seen, sim.now, sim.events) == ([], 0, 0)


def test_cancelling_after() -> None:
    sim = Simulator()
    handle = sim.schedule(5, int)
    sim.run()
    assert handle.pending is False
    assert handle.cancel() is False
    assert (sim.events, sim.pending) == (1, 0)


def test_cancelling_from_inside_the_event_itself() -> None:
    sim = Simulator()
    seen: list[object] = []
    handle = sim.schedule(5, lambda: seen.append((handle.pending, handle.cancel())))
    sim.run()
    assert seen == [(False, False)]
    assert (sim.events, sim.pending) == (1, 0)


def test_cancelling_another_event_of_the_same_instant() -> None:
    sim = Simulator()
    seen: list[str] = []
    handles: list[Handle] = []
    sim.post(5, lambda: handles[0].cancel())
    handles.append(sim.schedule(5, seen.append, "cancelled"))
    sim.post(5, seen.append, "kept")
    sim.run()
    assert (seen, sim.events) == (["kept"], 2)


def test_a_cancelled_event_lets_go_of_what_it_would_have_called() -> None:
    class Payload:
        def use(self, other: Payload) -> None: ...

    sim = Simulator()
    payloads = [Payload(), Payload()]
    watches = [weakref.ref(payload) for payload in payloads]
    handle = sim.schedule(5, payloads[0].use, payloads[1])
    payloads.clear()
    handle.cancel()
    gc.collect()
    assert [watch() for watch in watches] == [None, None]


def test_cancelled_events_are_swept() -> None:
    # A protocol that sets and cancels a far-away timer in each round must not fill the memory.
    sim = Simulator()

    def turn(left: int) -> None:
        sim.schedule(10**15, int).cancel()
        if left:
            sim.post(1, turn, left - 1)

    sim.post(1, turn, 30_000)
    longest = 0
    while sim.step():
        longest = max(longest, len(sim._heap))
    assert longest < 10_000
    assert (sim.events, sim.pending, sim.now) == (30_001, 0, 30_001)


def test_a_sweep_keeps_order_counts_and_the_end_of_the_run() -> None:
    sim = Simulator()
    seen: list[int] = []
    doomed = [sim.schedule(1_000 + i, seen.append, -1) for i in range(10_000)]
    for time in range(50, 0, -1):
        sim.schedule(time, seen.append, time)
    sim.post(10, lambda: [handle.cancel() for handle in doomed])
    sim.run(until=40)
    assert seen == list(range(1, 40))
    assert (sim.now, sim.events, sim.pending) == (40, 40, 11)
    sim.run()
    assert seen == list(range(1, 51))


@pytest.mark.parametrize("meet", ["run", "next_time"])
def test_the_queue_is_swept_when_most_of_it_is_cancelled_and_no_sooner(meet: str) -> None:
    """What was cancelled and is gone does not count: a sweep costs as much as the queue is long."""
    sim = Simulator()
    with mock.patch.object(simulator, "_SWEEP", 3):
        for time in range(1, 11):
            sim.schedule(time, int).cancel()
            assert len(sim._heap) == 1
            sim.run() if meet == "run" else sim.next_time()
            assert len(sim._heap) == 0
        doomed = [sim.schedule(20 + turn, int) for turn in range(12)]
        for handle in doomed[:6]:
            handle.cancel()
            assert len(sim._heap) == 12
        doomed[6].cancel()
    assert (len(sim._heap), sim.pending, sim.events) == (5, 5, 0)
