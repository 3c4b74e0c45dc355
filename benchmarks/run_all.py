"""Run every benchmark in a process of its own and write one report.

    python benchmarks/run_all.py --markdown benchmarks/REPORT.md

Peers that need another Python are measured by an interpreter that has them and qsim::

    python benchmarks/run_all.py --beside beside/bin/python --markdown benchmarks/REPORT.md

The report begins with the machine, a yardstick of its speed before and after, and all goals in one table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from heapq import heappop, heappush
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from _harness import Goal, Report, goal_table, number, spread

HERE = Path(__file__).parent
#: What is run: script and arguments, with and without --quick.
PLAN = (
    ("kernel.py",),
    ("metro.py", "--repeats", "1"),
    ("chain.py",),
    ("photon_link.py",),
    ("decoy_bb84.py",),
    ("grid_setup.py",),
    ("growth.py",),
    ("long_chain.py",),
    ("start_up.py",),
    ("sweep_overhead.py",),
    ("recorded_pairs.py",),
    ("report_page.py",),
    ("groups.py",),
    ("reservoirs.py", "--wires", "4"),
    ("beside_sequence.py",),
    ("random_topologies.py", "--sizes", "16", "32", "64"),
    ("where_time_goes.py",),
    ("published.py", "--photon"),
)
#: What runs by the interpreter of `--beside`.
BESIDE = "beside_sequence.py"


class Part(NamedTuple):
    """One benchmark that has been run: its command, its report, and the wall-clock seconds that it took."""

    command: str
    report: Report
    seconds: float


def perform(step: tuple[str, ...], beside: str, *, quick: bool) -> Part | None:
    """Run one step of the plan; None when it fails, which it says on stderr itself."""
    script, *options = step
    command = [
        beside if script == BESIDE else sys.executable,
        str(HERE / script),
        *options,
        *(["--quick"] if quick else []),
    ]
    print(" ".join(["running", *step]), file=sys.stderr, flush=True)
    began = time.perf_counter()
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None
    plain = json.loads(done.stdout)
    report = Report(plain["title"], plain["blocks"], [Goal(**goal) for goal in plain["goals"]])
    shown = " ".join(["python", f"benchmarks/{script}", *command[2:]])
    return Part(shown, report, time.perf_counter() - began)


def yardstick() -> tuple[float, float]:
    """How fast the machine is: CPU seconds of a million additions, and of 100,000 tuples through a heap."""
    began = time.process_time()
    total = 0
    for step in range(1_000_000):
        total += step * step % 7
    middle = time.process_time()
    heap: list[tuple[int, int]] = []
    for step in range(100_000):
        heappush(heap, (step * 7919 % 100_003, step))
    while heap:
        heappop(heap)
    return middle - began, time.process_time() - middle


def machine() -> str:
    """One line about the machine and the software."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{model}, {os.cpu_count()} processors{load}; {platform.system()} {platform.machine()}; "
        f"{platform.python_implementation()} {platform.python_version()}; "
        f"qsim {version('qsim-net')}, numpy {version('numpy')}"
    )


def written(
    about: str, parts: list[Part], failed: list[str], yardsticks: list[tuple[float, float]], quick: bool
) -> str:
    """The whole report; `about` the machine as it was at the start."""
    goals = [goal for part in parts for goal in part.report.goals]
    adding, heaping = ([pair[place] for pair in yardsticks] for place in (0, 1))
    note = " **Quick settings: the figures say only that the benchmarks run.**" if quick else ""
    lines = [
        "# Benchmark report",
        f"Written by `python benchmarks/run_all.py` on {date.today().isoformat()}. {about}.{note}",
        "All figures are CPU seconds of one process unless said, medians with the lowest and the highest in "
        "brackets. Other simulators are measured in the same run, or the ratio of an earlier one is told "
        "with its date.",
        "Yardstick before and after: a million additions and remainders "
        f"{spread(adding)} CPU s, 100,000 tuples through a heap {spread(heaping)} CPU s.",
        "## Goals",
        goal_table(goals),
        *(f"**FAILED: `{command}`**" for command in failed),
    ]
    lines += [part.report.text(f"`{part.command}` ({number(part.seconds)} s)").rstrip() for part in parts]
    return "\n\n".join(lines) + "\n"


def main() -> int:
    """Run what is asked for, and write the report."""
    parser = argparse.ArgumentParser(description="Run every benchmark and write one report.")
    parser.add_argument("--quick", action="store_true", help="the smallest settings, to see that all run")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="where the report goes (default: stdout)"
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names of scripts, such as chain metro")
    parser.add_argument(
        "--beside",
        metavar="PYTHON",
        default=sys.executable,
        help=f"the interpreter that runs {BESIDE} (default: this one)",
    )
    chosen = parser.parse_args()
    plan = [step for step in PLAN if not chosen.only or step[0].removesuffix(".py") in chosen.only]
    if not plan:
        parser.error(f"there is none of these: {', '.join(chosen.only)}")
    about, yardsticks = machine(), [yardstick()]
    done = {step: perform(step, chosen.beside, quick=chosen.quick) for step in plan}
    yardsticks.append(yardstick())
    failed = [" ".join(step) for step, part in done.items() if part is None]
    text = written(about, [part for part in done.values() if part], failed, yardsticks, chosen.quick)
    if chosen.markdown:
        chosen.markdown.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
