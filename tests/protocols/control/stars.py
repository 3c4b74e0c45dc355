"""A hub with users round it, whose links make pairs nearly as Poisson processes."""

from __future__ import annotations

from typing import Any

from tests.protocols.scenes import Document, clocked


def star(users: int, traffic: list[Document], *, memories: int = 1, **sections: Any) -> Document:
    """Links of no length on which one pair of memories makes a pair a second.

    Args:
        users: how many, u0, u1, ...
        traffic: the applications.
        memories: for each link at either end; each pair of them makes 1/memories pairs a second.
        **sections: `run`, `protocols`, ..., and `slot`: seconds between two attempts, of which each succeeds
            with a probability of `slot / memories` unless `success` is given.
    """
    slot = sections.pop("slot", 0.01)
    success = sections.pop("success", slot / memories)
    names = [f"u{place}" for place in range(users)]
    return {
        "run": {"duration": 1e6, **sections.pop("run", {})},
        "defaults": {
            "memory": {"count": memories, "frequency": 1e12, **sections.pop("memory", {})},
            "fibre": {"attenuation": 0.0},
            "generation": clocked(period=slot, success=success),
        },
        "nodes": {"hub": {"memory": {"count": memories * users}}, **dict.fromkeys(names)},
        "links": [{"between": ["hub", name], "length": 0.1} for name in names],
        "protocols": {"purification": "none", "swapping": "asap", **sections.pop("protocols", {})},
        "traffic": traffic,
        **sections,
    }
