"""Start-up: CPU time of the command line and of `import qsim`, each in fresh processes.

A bare interpreter that does nothing runs in turns with them; it is what Python itself costs.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from _harness import EXAMPLES, Report, child_cpu, run, spread

#: Goals in CPU seconds.
GOALS = {
    "qsim --help": 0.35,
    "qsim check examples/metro_even.yaml": 0.6,
    "qsim run tiny.yaml": 0.4,
    "import qsim": 0.25,
}
#: The shortest run worth the name: two nodes, one request, 10 ms.
TINY = """\
topology: {kind: line, nodes: 2, length: 20 km}
run: {duration: 10 ms, seed: 1}
traffic: [{kind: request, initiator: n0, responder: n1, memories: 1}]
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """What is started, by name; files that it needs are written into the folder."""
    tiny = folder / "tiny.yaml"
    tiny.write_text(TINY, encoding="utf-8")
    beside = Path(sys.executable).with_name("qsim")
    qsim = str(beside) if beside.exists() else shutil.which("qsim")
    if qsim is None:
        raise SystemExit("the command `qsim` is not installed: pip install -e . in the project's folder")
    return {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "qsim --help": [qsim, "--help"],
        "qsim check examples/metro_even.yaml": [qsim, "check", str(EXAMPLES / "metro_even.yaml")],
        "qsim run tiny.yaml": [qsim, "run", str(tiny)],
        "import qsim": [sys.executable, "-c", "import qsim"],
    }


def fill(report: Report, options: argparse.Namespace) -> None:
    """Start everything a few times in turns; the first turn, which may compile, does not count."""
    repeats = 1 if options.quick else 9
    with tempfile.TemporaryDirectory() as folder:
        started = commands(Path(folder))
        samples: dict[str, list[float]] = {name: [] for name in started}
        for turn in range(repeats + 1):
            for name, command in started.items():
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
