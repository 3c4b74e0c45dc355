"""No-op events per CPU second: the event loop by itself, beside a bare heap of tuples.

*Hold k* keeps k events pending, each of which schedules the next after a random delay; a network of some tens
of nodes has about 1,000 pending. *Preload* queues all events first, at random times, and then runs them: the
worst case of a heap.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import cycle

import _peers
from _harness import Case, Report, Timed, alternate, ratio, run

from qsim.kernel import Simulator

_RNG = random.Random(1)
#: Delays between 1 ps and 1 us, drawn beforehand so that drawing does not count.
DELAYS = [_RNG.randrange(1, 10**6) for _ in range(4096)]


def hold(pending: int, total: int, cancellable: bool) -> Case[int]:
    """Run about `total` events of our kernel with `pending` in the queue."""

    def prepare() -> Callable[[], int]:
        sim = Simulator()
        delay = cycle(DELAYS).__next__
        schedule, post = sim.schedule, sim.post

        def again() -> None:
            schedule(delay(), again)

        def again_posted() -> None:
            post(delay(), again_posted)

        for _ in range(pending):
            sim.post(delay(), again if cancellable else again_posted)
        sim.post_at(max(1, total // pending) * 500_000, sim.stop)

        def work() -> int:
            sim.run()
            return sim.events

        return work

    return prepare


def bare_hold(pending: int, total: int) -> Case[int]:
    """The same with nothing but a heap of tuples and a loop: what Python itself costs."""

    def prepare() -> Callable[[], int]:
        heap: list[tuple[int, int, Callable[[], None]]] = []
        delay = cycle(DELAYS).__next__
        now = sequence = 0

        def again() -> None:
            nonlocal sequence
            sequence += 1
            heappush(heap, (now + delay(), sequence, again))

        for _ in range(pending):
            again()

        def work() -> int:
            nonlocal now
            for _ in range(total):
                now, _, call = heappop(heap)
                call()
            return total

        return work

    return prepare


def preload(total: int, cancellable: bool) -> Case[int]:
    """Queue `total` events at random times, then run them all."""

    def prepare() -> Callable[[], int]:
        sim = Simulator()
        rng = random.Random(2)

        def work() -> int:
            add = sim.schedule_at if cancellable else sim.post_at
            for _ in range(total):
                add(rng.randrange(10**12), _nothing)
            sim.run()
            return total

        return work

    return prepare


def bare_preload(total: int) -> Case[int]:
    """The same with a heap of tuples."""

    def prepare() -> Callable[[], int]:
        rng = random.Random(2)
        heap: list[tuple[int, int, Callable[[], None]]] = []

        def work() -> int:
            for sequence in range(total):
                heappush(heap, (rng.randrange(10**12), sequence, _nothing))
            while heap:
                _, _, call = heappop(heap)
                call()
            return total

        return work

    return prepare


def _nothing() -> None:
    """An event that does nothing."""


def rate(timed: Timed[int]) -> float:
    """Events per CPU second."""
    return timed.outcome / timed.median


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure all cases."""
    total, repeats = (20_000, 1) if options.quick else (200_000, 3)
    rows, simpy = [], _peers.simpy_version()
    for pending in (1, 1000, 10_000) if options.quick else (1, 1000, 100_000):
        cases = {
            "bare": bare_hold(pending, total),
            "post": hold(pending, total, cancellable=False),
            "schedule": hold(pending, total, cancellable=True),
        }
        if simpy:
            cases["simpy"] = _peers.simpy_hold(pending, total, DELAYS)
        rows.append(_row(f"hold {pending:,}", timed := alternate(cases, repeats)))
        if pending == 1000:
            slower = min(rate(timed["post"]), rate(timed["schedule"]))
            report.goal("events per CPU second with 1,000 pending", slower, 700_000, "/s", at_least=True)
    cases = {
        "bare": bare_preload(total),
        "post": preload(total, cancellable=False),
        "schedule": preload(total, cancellable=True),
    }
    rows.append(_row(f"preload {total:,}", alternate(cases, repeats)))
    report.say(
        """No-op events per CPU second. `schedule` returns a handle that can cancel the event, `post` does
        not; the floor is a heap of `(time, sequence, callable)` tuples in the same run, without priorities,
        checks, cancelling or an end time. The ratios are CPU time per event over the floor's."""
    )
    columns = ["case", "floor /s", "post /s", "schedule /s", "post ratio", "schedule ratio"]
    report.table([*columns, "SimPy over post", "SimPy over schedule"], rows)
    there = f"of SimPy {simpy}, in the same run" if simpy else "of SimPy, which is not installed here"
    report.say(
        f"""The last columns are the CPU time of a callback {there}, over that of an event of ours. It was
        {_peers.SIMPY} times {_peers.STATED}."""
    )


def _row(name: str, timed: dict[str, Timed[int]]) -> list[object]:
    floor, post, schedule = timed["bare"], timed["post"], timed["schedule"]
    ratios = [_per_event(case, floor) for case in (post, schedule)]
    theirs = timed.get("simpy")
    simpy = [None if theirs is None else _per_event(theirs, case) for case in (post, schedule)]
    return [name, rate(floor), rate(post), rate(schedule), *ratios, *simpy]


def _per_event(of: Timed[int], to: Timed[int]) -> float:
    return ratio(of, to) * to.outcome / of.outcome


if __name__ == "__main__":
    run("Kernel: no-op events per second", fill)
