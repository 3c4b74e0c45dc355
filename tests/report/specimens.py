"""Results made by hand whose pages can be worked out in the head, and a large one."""

from __future__ import annotations

from typing import Any

from qsim.model.rows import LinkRow, MemoryRow
from qsim.results import Result
from qsim.sweeps import FailedRun, SweepResult
from tests.results.specimens import flow, result, sweep

#: Names of nodes that try to be markup, or to end the script that holds them.
HOSTILE = "</script><img src=x onerror=document.title='harmed'>"
COMMENT = "<!--<script>"


def network(**fields: Any) -> Result:
    """A run of 100 s on a line of three routers with a branch; who holds what when is easy to tell.

    ``alice - middle - bob`` from 10 s to 40 s with 5 memories at the ends, ``middle - carol`` from 30 s to
    60 s with 10, and ``carol - middle`` from 80 s on with 3, which the end of the run cuts off.
    """
    defaults: dict[str, Any] = {
        "name": "Four nodes",
        "flows": (
            flow(("alice", "middle", "bob"), start_s=10.0, end_s=40.0, memories=5),
            flow(("middle", "carol"), start_s=30.0, end_s=60.0, memories=10, fidelity_mean=0.97),
        ),
        "unfinished": (flow(("carol", "middle"), start_s=80.0, end_s=120.0, memories=3, status="open"),),
        "links": tuple(
            LinkRow(f"{a}-{b}", a, b, 10e3, 1000, heralds, 0.004, 0.25, 0.99)
            for a, b, heralds in (("alice", "middle", 200), ("middle", "bob", 100), ("middle", "carol", 400))
        ),
        "memories": (
            MemoryRow("alice", 20, 0.075, 0.05, 1),
            MemoryRow("middle", 50, 0.132, 0.10, 7),
            MemoryRow("bob", 20, 0.075, 0.05, 0),
            MemoryRow("carol", 20, 0.18, 0.15, 2),
        ),
        "pairs": (),
        "document": {
            "run": {"duration": 100.0, "seed": 7, "detail": "attempt", "formalism": "bell-diagonal"},
            "defaults": {"node": {"type": "router"}},
            "nodes": {
                "alice": {"position": [0.0, 0.0]},
                "middle": {"position": [10e3, 0.0]},
                "bob": {"position": [20e3, 0.0]},
                "carol": {"position": [10e3, 10e3]},
            },
        },
    }
    return result(**{**defaults, **fields})


def hostile() -> Result:
    """A run in which every name is an attack."""
    return network(
        name=HOSTILE,
        notes=(HOSTILE, COMMENT),
        flows=(flow((HOSTILE, COMMENT)),),
        unfinished=(),
        links=(LinkRow(HOSTILE, HOSTILE, COMMENT, 10e3, 1000, 100, 0.004, 0.25, 0.99),),
        memories=(MemoryRow(HOSTILE, 20, 0.1, 0.05, 1), MemoryRow(COMMENT, 20, 0.1, 0.05, 1)),
        document={"name": HOSTILE, "nodes": {HOSTILE: {}, COMMENT: {}}},
    )


def failed_sweep() -> SweepResult:
    """A sweep of four points in which one more run failed."""
    whole = sweep()
    failure = FailedRun(
        3, 3, dict(whole.runs[-1].values), 10, f"it broke: {HOSTILE}", "Traceback\n  deep down"
    )
    return sweep(failures=(failure,), planned=14)
