"""What a sweep costs beyond its runs: the same runs bare, in one worker, and in two, each in fresh processes.

The runs are pieces of the metropolitan network of about a second. The bare ones are a loop in one process
that keeps nothing; a sweep checks its points, starts its workers, stores every run and reads it back.
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

SCENARIO = EXAMPLES / "metro_even.yaml"

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


def spent(script: str, *arguments: object) -> tuple[float, float]:
    """CPU and wall-clock seconds of a script in a process of its own, its workers included."""
    # One thread of linear algebra everywhere, as a sweep gives its workers.
    surroundings = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
    before, began = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", script, *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=surroundings)
    wall, after = time.perf_counter() - began, getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def fill(report: Report, options: argparse.Namespace) -> None:
    """Take the three ways in turns; the overhead is the median of the ratios turn by turn."""
    runs, duration, turns = (4, "2 s", 1) if options.quick else (40, "60 s", 3)
    cpu: dict[str, list[float]] = {"bare": [], "1 worker": [], "2 workers": []}
    wall: dict[str, list[float]] = {name: [] for name in cpu}
    for _ in range(turns):
        for name in cpu:
            with tempfile.TemporaryDirectory() as folder:
                if name == "bare":
                    took = spent(_BARE, SCENARIO, duration, runs)
                else:
                    took = spent(_SWEEP, SCENARIO, duration, runs, name[0], Path(folder) / "out")
                    stored = len(list((Path(folder) / "out" / "runs").glob("*.zip")))
                    if stored != runs:
                        raise SystemExit(f"{stored} of {runs} runs are stored")
            cpu[name].append(took[0])
            wall[name].append(took[1])
    bare = statistics.median(cpu["bare"])
    report.say(
        f"""{runs} runs of {duration} of the metropolitan network, {bare / runs:.2f} CPU s each with their
        share of the start-up; {turns} turns; seconds of all processes together."""
    )
    report.table(
        ["way", "CPU s", "beyond bare, %", "wall-clock s"],
        [
            [name, spread(cpu[name]), 100 * (_ratio(cpu[name], cpu["bare"]) - 1), spread(wall[name])]
            for name in cpu
        ],
    )
    for name in ("1 worker", "2 workers"):
        report.goal(f"sweep, {name}: CPU beyond bare", 100 * (_ratio(cpu[name], cpu["bare"]) - 1), 5, "%")


def _ratio(of: list[float], to: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(of, to, strict=True))


if __name__ == "__main__":
    run("Sweeps", fill)
