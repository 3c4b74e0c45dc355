"""A ring of two ways between two ends, on which faults are tested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qsim.scenario import from_document

#: Picoseconds in a millisecond.
MS = 10**9


def ring(outages: Sequence[dict[str, Any]] = (), **sections: Any) -> dict[str, Any]:
    """a - b - c, and the longer way a - d - c; a asks for pairs with c, to the end of the run of 2 s.

    Detection takes 10 ms, and a time-out 100 ms. Messages take 0.05 ms over the shorter links.

    Args:
        outages: what goes down.
        **sections: merged over what stands here.
    """
    made: dict[str, Any] = {
        "run": {"duration": "2 s"},
        "defaults": {"memory": {"count": 4, "efficiency": 0.5}},
        "nodes": dict.fromkeys("abcd"),
        "links": [
            {"between": ["a", "b"], "length": "10 km"},
            {"between": ["b", "c"], "length": "10 km"},
            {"between": ["a", "d"], "length": "15 km"},
            {"between": ["d", "c"], "length": "15 km"},
        ],
        "traffic": [{"initiator": "a", "responder": "c", "memories": 2}],
        "faults": {"outages": list(outages), "timeout": "100 ms", "retry": "100 ms"},
    }
    for name, section in sections.items():
        made[name] = {**made[name], **section} if isinstance(made.get(name), dict) else section
    return made


def engine(*outages: dict[str, Any], **sections: Any) -> Any:
    """The live network of a ring."""
    return from_document(ring(outages, **sections)).engine()


def flows(result: Any) -> list[tuple[str, str]]:
    """The path, as initials, and the status of each flow of a result."""
    return [("".join(flow.path), flow.status) for flow in (*result.flows, *result.unfinished)]
