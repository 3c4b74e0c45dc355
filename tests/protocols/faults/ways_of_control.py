"""The random networks of `random_outages` under each of the other ways to decide on requests."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.protocols.faults.random_outages import document


def central(rng: random.Random, known: dict[str, Any]) -> None:
    """A controller at some node, which may go down as any other."""
    policy: dict[str, Any] = {"kind": "central", "node": rng.choice(known["nodes"])}
    if rng.random() < 0.5:
        policy["interval"] = rng.choice(["1 ms", "20 ms"])
    if rng.random() < 0.3:
        policy["postpone"] = "50 ms"
    known["protocols"] |= {"control": policy, "reservation": "hop-by-hop"}
    if rng.random() < 0.3:
        known["protocols"]["routing"] = {"kind": "link-state", "hello": "5 ms", "dead": "20 ms"}


def continuous(rng: random.Random, known: dict[str, Any]) -> None:
    """Links that never pause, which flows share."""
    policy: dict[str, Any] = {"kind": "continuous", "memories": 1}
    policy |= {key: rng.random() < 0.5 for key in ("idle", "paths")}
    if rng.random() < 0.3:
        policy["multiplexing"] = "assigned"
    if rng.random() < 0.3:
        policy["interval"] = "1 ms"
    protocols = {"swapping": "nested", "purification": "none", "reservation": "hop-by-hop"}
    known["protocols"] |= {"control": policy, **protocols}
    known["run"]["duration"] = min(0.2, known["run"]["duration"])
    # One for each link that a node can have.
    known["defaults"]["memory"]["count"] = max(len(known["nodes"]), known["defaults"]["memory"]["count"])


def multipath(rng: random.Random, known: dict[str, Any]) -> None:
    """Requests over several paths at once."""
    disjoint = rng.choice(["nodes", "links", "nothing"])
    known["protocols"]["routing"] = {"kind": "multipath", "disjoint": disjoint}


#: Each changes a document.
WAYS: dict[str, Callable[[random.Random, dict[str, Any]], None]] = {
    "central": central,
    "continuous": continuous,
    "multipath": multipath,
}


def controlled(way: str, seed: int) -> dict[str, Any]:
    """A random network with random outages under one of the `WAYS`."""
    known = document(seed)
    WAYS[way](random.Random(f"{way} {seed}"), known)
    return known
