"""The published metropolitan network in tests: allocations, and its request process run alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

from qsim.scenario import load

EXAMPLES = Path(__file__).parents[2] / "examples"
FLOW = tuple[str, str, int, int, int, float, int]


def scenario(allocation, **overrides):
    """The example scenario of an allocation ("even" or "weighted"), with fields replaced."""
    return load(
        EXAMPLES / f"metro_{allocation}.yaml",
        overrides=[f"{key}={value}" for key, value in overrides.items()],
    )


def without_light(allocation):
    """The scenario with blind memories: the request process goes on, and nothing is ever entangled."""
    return scenario(allocation, **{"defaults.memory.efficiency": 0})


def flows(rows) -> list[FLOW]:
    """Rows of a result as the published columns, times in picoseconds."""
    return [
        (
            row.initiator,
            row.responder,
            round(row.start_s * 10**12),
            round(row.end_s * 10**12),
            row.memories,
            row.target_fidelity,
            round(row.wait_s * 10**12),
        )
        for row in rows
    ]


def digest(listed) -> str:
    """A few characters that stand for a list of flows."""
    return hashlib.blake2b(repr(listed).encode(), digest_size=12).hexdigest()
