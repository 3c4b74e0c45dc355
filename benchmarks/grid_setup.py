"""Set-up of a 20 x 20 grid of routers with 10 memories each, from the document to the first routed request.

Routes and classical delays are worked out when they are asked for. A simulator that prepares a route and a
channel for every ordered pair of routers pays for 159,600 of each before it can begin.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import pairwise
from typing import Any, NamedTuple

from _harness import Report, fresh, peak_memory_mb, run, spread


class Setup(NamedTuple):
    """CPU seconds of the steps, memory before and after in MB, and the links on the first path."""

    imports: float
    scenario: float
    engine: float
    first: float
    before: float
    after: float
    hops: int

    @property
    def total(self) -> float:
        """From the document to an engine that has routed its first request, s."""
        return self.scenario + self.engine + self.first


def document(side: int) -> dict[str, Any]:
    """The grid as a scenario, with one request from corner to corner."""
    far = f"r{side - 1}c{side - 1}"
    return {
        "run": {"duration": "100 s"},
        "topology": {"kind": "grid", "rows": side, "columns": side, "length": "20 km"},
        "defaults": {"memory": {"count": 10}},
        "traffic": [{"kind": "request", "initiator": "r0c0", "responder": far, "start": "1 s"}],
    }


def once(side: int) -> Setup:
    """Set the grid up in this process."""
    began = time.process_time()
    import protocols.protocol_kinds
    from qsim.scenario import from_document

    del protocols
    made = document(side)
    ticks, before = [time.process_time()], peak_memory_mb()
    scenario = from_document(made)
    ticks.append(time.process_time())
    engine = scenario.engine(seed=1)
    ticks.append(time.process_time())
    # The window opens at 1 s; by then the request has gone to and fro and its path is booked.
    engine.sim.run(10**12 - 1)
    ticks.append(time.process_time())
    (flow,) = engine.result().unfinished
    checked, built, routed = (later - earlier for earlier, later in pairwise(ticks))
    return Setup(ticks[0] - began, checked, built, routed, before, peak_memory_mb(), len(flow.path) - 1)


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure grids of several sizes."""
    repeats = 1 if options.quick else 5
    report.say(
        f"""CPU seconds, each of {repeats} repeats in a fresh process: reading and checking the document,
        building the engine, and one request routed and booked from corner to corner. Memory is the peak,
        and how much of it the network added."""
    )
    rows = []
    for side in (5,) if options.quick else (10, 20):
        runs = [fresh(once, side) for _ in range(repeats)]
        total = statistics.median(run.total for run in runs)
        last = runs[-1]
        rows.append(
            [
                f"{side} x {side}",
                spread([run.scenario for run in runs]),
                spread([run.engine for run in runs]),
                spread([run.first for run in runs]),
                total,
                last.hops,
                last.after,
                last.after - last.before,
            ]
        )
        if side == 20:
            report.goal("set-up of a 20 x 20 grid", total, 2, "s")
    report.table(
        [
            "grid", "document to scenario", "scenario to engine", "first request", "all", "hops", "peak MB",
            "added MB",
        ],
        rows,
    )  # fmt: skip


if __name__ == "__main__":
    run("Set-up of a grid of 400 routers", fill)
