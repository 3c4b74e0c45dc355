"""Start-up: CPU time of the command line and of `import qsim`, each in fresh processes.

A bare interpreter that does nothing runs in turns with them; it is what Python itself costs.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from pathlib import Path

from _harness import EXAMPLES, Report, child_cpu, run, spread

#: Goals in CPU seconds.
GOALS = {"qsim --help": 0.35, "qsim check examples/metro_even.yaml": 0.6, "import qsim": 0.25}


def commands() -> dict[str, list[str]]:
    """What is started, by name."""
    beside = Path(sys.executable).with_name("qsim")
    qsim = str(beside) if beside.exists() else shutil.which("qsim")
    if qsim is None:
        raise SystemExit("the command `qsim` is not installed: pip install -e . in the project's folder")
    return {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "qsim --help": [qsim, "--help"],
        "qsim check examples/metro_even.yaml": [qsim, "check", str(EXAMPLES / "metro_even.yaml")],
        "import qsim": [sys.executable, "-c", "import qsim"],
    }


def fill(report: Report, options: argparse.Namespace) -> None:
    """Start everything a few times in turns; the first turn, which may compile, does not count."""
    repeats = 1 if options.quick else 9
    samples: dict[str, list[float]] = {name: [] for name in commands()}
    for turn in range(repeats + 1):
        for name, command in commands().items():
            spent = child_cpu(command)
            if turn:
                samples[name].append(spent)
    report.say(f"CPU seconds, user and system, of {repeats} fresh processes each.")
    bare = statistics.median(samples["bare interpreter"])
    report.table(
        ["command", "CPU s", "times a bare interpreter"],
        [[f"`{name}`", spread(each), statistics.median(each) / bare] for name, each in samples.items()],
    )
    for name, bound in GOALS.items():
        report.goal(f"`{name}`", statistics.median(samples[name]), bound, "s")


if __name__ == "__main__":
    run("Start-up", fill)
