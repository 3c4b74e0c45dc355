"""Instructions: how many a few fixed runs take, which no other work on the machine changes.

Python's own instructions (byte codes) are counted, the same in every run of one version of Python, so that
counts can be held to a few per cent where seconds cannot. What is computed inside one of them, by NumPy say,
is not seen: ``--callgrind`` counts the processor's instructions under valgrind, in minutes.

``--check`` ends with 1 where a run takes 3 % more than is stored; ``--renew`` stores the counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from _harness import Report, run

STORED = Path(__file__).with_name("instructions.json")
#: A run may take that much more than is stored.
ALARM = 1.03
PYTHON = ".".join(map(str, sys.version_info[:2]))


def _chain(links: int, pairs: int, **sections: Any) -> dict[str, Any]:
    names = [f"n{place}" for place in range(links + 1)]
    return {
        "run": {"duration": "10 s", "seed": 1},
        "defaults": {"memory": {"count": 4}},
        "nodes": names,
        "links": [{"between": [a, b], "length": "10 km"} for a, b in pairwise(names)],
        "traffic": [{"kind": "request", "initiator": names[0], "responder": names[-1], "pairs": pairs}],
        **sections,
    }


#: Scenarios that use one part of the simulator each, of some 100,000 instructions and more.
SCENARIOS: dict[str, dict[str, Any]] = {
    "link": _chain(1, 1000),
    "chain": _chain(4, 200, protocols={"swapping": "asap"}),
    "purification": _chain(
        2,
        0,
        traffic=[
            {
                "kind": "request",
                "initiator": "n0",
                "responder": "n2",
                "memories": 4,
                "fidelity": 0.84,
                "pairs": 40,
            }
        ],
        protocols={"purification": "dejmps"},
        defaults={"memory": {"count": 8, "t1": "1 s", "t2": "0.5 s", "initial_fidelity": 0.9}},
    ),
    "photon": _chain(1, 30, run={"duration": "10 s", "seed": 1, "detail": "photon"}),
    "grid": {
        "run": {"duration": "1 s", "seed": 1},
        "defaults": {"memory": {"count": 8}},
        "topology": {"kind": "grid", "rows": 4, "columns": 4, "length": "10 km"},
        "traffic": [
            {"kind": "request", "initiator": f"r0c{column}", "responder": f"r3c{3 - column}", "pairs": 20}
            for column in range(4)
        ],
    },
}


def simulate(name: str) -> int:
    """Run one scenario from its document to its result; the number of events."""
    from qsim.scenario import from_document

    return from_document(SCENARIOS[name]).run().events


def byte_codes(name: str) -> int:
    """Python's instructions in a run; a first one, not counted, imports what it needs and fills caches."""
    simulate(name)
    count = 0

    def each(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "opcode"
        return each

    def entered(frame: FrameType, _event: str, _argument: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return each

    sys.settrace(entered)
    try:
        simulate(name)
    finally:
        sys.settrace(None)
    return count


def fresh_count(name: str, *, callgrind: bool = False) -> int:
    """The count in a process of its own, where sets and mappings have one order."""
    fixed = {**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
    if not callgrind:
        command = [sys.executable, __file__, "--count", name]
        done = subprocess.run(command, env=fixed, capture_output=True, text=True, check=True)
        return int(done.stdout)
    # The difference of two runs and one is a run without the start of Python.
    twice, once = (_processor(name, times, fixed) for times in (2, 1))
    return twice - once


def _processor(name: str, times: int, environment: dict[str, str]) -> int:
    tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    script = f"import sys; sys.path.insert(0, {str(STORED.parent)!r}); import instructions\n"
    script += f"for _ in range({times}): instructions.simulate({name!r})"
    done = subprocess.run(
        [*tool, sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise SystemExit(f"valgrind tells no count:\n{done.stderr}")
    return int(found[1])


def stored(measure: str) -> dict[str, int]:
    """The counts kept of one measure: `callgrind`, or the version of Python whose byte codes they are."""
    kept: dict[str, dict[str, int]] = json.loads(STORED.read_text(encoding="utf-8"))
    return kept.get(measure, {})


def fill(report: Report, options: argparse.Namespace) -> None:
    """Count, and hold the counts to what is stored."""
    if options.callgrind and shutil.which("valgrind") is None:
        raise SystemExit("--callgrind needs the program valgrind")
    measure = "callgrind" if options.callgrind else PYTHON
    names = ["link"] if options.quick else list(SCENARIOS)
    counts = {name: fresh_count(name, callgrind=options.callgrind) for name in names}
    kept = stored(measure)
    what = "of the processor (callgrind)" if options.callgrind else f"of Python {PYTHON}"
    report.say(f"Instructions {what}, and how many times the stored count that is.")
    report.table(
        ["run", "instructions", "ratio"],
        [[name, count, count / kept[name] if name in kept else None] for name, count in counts.items()],
    )
    for name, count in counts.items():
        if name in kept:
            report.goal(name, count / kept[name], ALARM, "")
    if options.renew:
        everything = json.loads(STORED.read_text(encoding="utf-8")) | {measure: kept | counts}
        STORED.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    elif options.check and any(goal.verdict == "missed" for goal in report.goals):
        print(report.text())
        raise SystemExit(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        print(byte_codes(sys.argv[2]))
    else:
        run(
            "Instructions",
            fill,
            (
                "--check",
                {"action": "store_true", "help": "end with 1 where a run takes 3 % more than stored"},
            ),
            ("--renew", {"action": "store_true", "help": "store the counts; say why in the commit"}),
            ("--callgrind", {"action": "store_true", "help": "count the processor's, under valgrind"}),
        )
