"""The main job: 1000 simulated seconds of the published nine-router metropolitan network, on one core.

The run has a fresh process to itself, so that its peak memory is its own. With `--weighted` the memories are
allotted by load instead of evenly.
"""

from __future__ import annotations

import argparse
import statistics
from typing import NamedTuple

from _harness import EXAMPLES, Report, fresh, number, peak_memory_mb, run, spread

#: 20 runs of 1000 s took about 15 hours with 20 processes.
PUBLISHED_CORE_HOURS = 15
SOURCE = (
    "README of sequence-toolbox/Chicago-metropolitan-quantum-network, the scripts of arXiv 2009.12000, "
    "section 5.4, on a machine that is not named"
)


class Run(NamedTuple):
    """One run: CPU seconds of the loop and of reading and building, events, pairs, served flows, peak MB."""

    cpu: float
    setup: float
    events: int
    pairs: int
    flows: int
    memory: float


def once(allocation: str, seconds: float, seed: int) -> Run:
    """Run the scenario in this process."""
    import time

    from qsim.scenario import load

    began = time.process_time()
    engine = load(EXAMPLES / f"metro_{allocation}.yaml", overrides=[f"run.duration={seconds} s"]).engine(
        seed=seed
    )
    built = time.process_time()
    result = engine.run()
    cpu = time.process_time() - built
    pairs = sum(flow.pairs for flow in result.flows + result.unfinished)
    return Run(cpu, built - began, result.events, pairs, result.completed, peak_memory_mb())


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure the run."""
    allocation = "weighted" if options.weighted else "even"
    seconds, repeats = (20.0, 1) if options.quick else (1000.0, options.repeats)
    runs = [fresh(once, allocation, seconds, 0) for _ in range(repeats)]
    cpu = statistics.median(run.cpu for run in runs)
    memory = max(run.memory for run in runs)
    last = runs[-1]
    report.title = f"Metropolitan network, {allocation} allocation: the main job"
    report.say(
        f"""`examples/metro_{allocation}.yaml`, seed 0, {number(seconds)} s of simulated time, detail
        attempt, in a fresh process for each of {repeats} repeats; set-up (reading, checking and building)
        stands apart."""
    )
    report.table(
        ["", "value"],
        [
            ["CPU s of the run", spread([run.cpu for run in runs])],
            ["CPU s of set-up", spread([run.setup for run in runs])],
            ["kernel events", number(last.events, 9)],
            ["CPU us per event", number(1e6 * cpu / last.events)],
            ["pairs delivered", number(last.pairs, 9)],
            ["CPU us per pair", number(1e6 * cpu / last.pairs)],
            ["completed requests", str(last.flows)],
            ["peak memory, MB", number(memory)],
            ["simulated s per CPU s", number(seconds / cpu)],
        ],
    )
    if not options.quick:
        report.say(f"The published run took about {PUBLISHED_CORE_HOURS} core-hours ({SOURCE}).")
        report.goal(f"metro_{allocation}, CPU of 1000 s", cpu, 120, "s", aim=60)
    report.goal(f"metro_{allocation}, peak memory", memory, 500, "MB")


if __name__ == "__main__":
    run(
        "Metropolitan network",
        fill,
        ("--weighted", {"action": "store_true", "help": "the weighted allocation"}),
        ("--repeats", {"type": int, "default": 3, "help": "runs"}),
    )
