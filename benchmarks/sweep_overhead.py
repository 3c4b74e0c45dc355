"""What a sweep costs beyond its runs, and whether two workers are quicker than one.

Everything is measured in fresh processes, workers included. The cost of one run is a slope, the CPU time of
many short runs less that of few, so that starting Python and the workers does not count in it; the bare runs
are a loop in one process that keeps nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from _harness import EXAMPLES, Report, run, spread

#: The metropolitan network, whose runs last half a second at 15 s of simulated time.
SCENARIO, HALF_A_SECOND = EXAMPLES / "metro_even.yaml", "15 s"
#: A short run of the same: some milliseconds.
SHORT = "0.2 s"

_BARE = """
import sys, qsim
scenario = qsim.load(sys.argv[1], overrides=["run.duration=" + sys.argv[2]])
for seed in range(int(sys.argv[3])):
    scenario.run(seed=seed)
"""
_SWEEP = """
import sys, qsim
qsim.sweep(sys.argv[1], duration=sys.argv[2], replicates=int(sys.argv[3]), workers=int(sys.argv[4]),
           out=sys.argv[5])
"""
WAYS = ("bare", "1 worker", "2 workers")


def spent(way: str, duration: str, runs: int) -> tuple[float, float]:
    """CPU and wall-clock seconds of some runs in a process of its own, its workers included."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "out"
        script = [_BARE] if way == "bare" else [_SWEEP]
        more = [] if way == "bare" else [way[0], str(place)]
        command = [sys.executable, "-c", *script, str(SCENARIO), duration, str(runs), *more]
        # One thread of linear algebra everywhere, as a sweep gives its workers.
        surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
        before, began = getrusage(RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=surroundings)
        wall, after = time.perf_counter() - began, getrusage(RUSAGE_CHILDREN)
        stored = len(list((place / "runs").glob("*.zip")))
        if way != "bare" and stored != runs:
            raise SystemExit(f"{stored} of {runs} runs are stored")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def fill(report: Report, options: argparse.Namespace) -> None:
    """Take the ways in turns."""
    _cost_of_a_run(report, options.quick)
    _two_workers(report, options.quick)


def _cost_of_a_run(report: Report, quick: bool) -> None:
    few, many, turns = (2, 6, 1) if quick else (20, 220, 3)
    slopes: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(turns):
        for way, own in slopes.items():
            small, large = spent(way, SHORT, few)[0], spent(way, SHORT, many)[0]
            own.append(1e3 * (large - small) / (many - few))
    beyond = {
        way: [one - bare for one, bare in zip(own, slopes["bare"], strict=True)]
        for way, own in slopes.items()
    }
    report.say(
        f"""Runs of {SHORT} of the metropolitan network, each stored: CPU milliseconds a run, the slope from
        {few} to {many} runs; {turns} turns."""
    )
    report.table(
        ["way", "CPU ms a run", "beyond bare, ms"],
        [[way, spread(slopes[way]), "" if way == "bare" else spread(beyond[way])] for way in WAYS],
    )
    # A slope over four short runs says that it works, and nothing of the cost.
    for way in () if quick else WAYS[1:]:
        report.goal(f"sweep, {way}: CPU of a run beyond bare", statistics.median(beyond[way]), 2, "ms")


def _two_workers(report: Report, quick: bool) -> None:
    runs, duration = (4, SHORT) if quick else (100, HALF_A_SECOND)
    took = {way: spent(way, duration, runs) for way in WAYS[1:]}
    report.say(f"{runs} runs of {duration} of the metropolitan network, with everything that starting takes.")
    report.table(["way", "CPU s", "wall-clock s"], [[way, *both] for way, both in took.items()])
    if not quick:
        quicker = took["1 worker"][1] / took["2 workers"][1]
        report.goal("sweep, two workers: times quicker than one", quicker, 1, "times", at_least=True)


if __name__ == "__main__":
    run("Sweeps", fill)
