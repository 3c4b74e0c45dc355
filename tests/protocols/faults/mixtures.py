"""The random networks of `random_outages` with what else a scenario may hold: allocations, programs, keys."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.protocols.faults.random_outages import document


def allocation(rng: random.Random, known: dict[str, Any]) -> None:
    """A budget of memories that moves, or memories of a node that move among its links."""
    names = known["nodes"]
    count = known["defaults"]["memory"]["count"] = max(8, known["defaults"]["memory"]["count"])
    made: dict[str, Any] = {"kind": rng.choice(["even", "static", "reactive", "reactive"]), "epoch": "20 ms"}
    made["least"] = rng.choice([0, 1])
    if rng.random() < 0.7:
        made["budget"] = rng.randint(len(names) * count // 2, len(names) * count)
    else:
        made["moves"] = "links"
    if made["kind"] == "reactive":
        delay = rng.choice([0, 0.005, 0.05])
        made |= {"controller": rng.choice(names), "delay": delay, "outage": rng.choice([0, delay])}
        made["share"] = rng.choice([0.3, 1.0])
        if made.get("moves") == "links" and rng.random() < 0.5:
            made["threshold"] = 2
    known["protocols"]["allocation"] = made


def programs(rng: random.Random, known: dict[str, Any]) -> None:
    """States of three users round a hub, gates between two nodes, and a circuit."""
    names = known["nodes"]
    # Programs want memories of their own, beside those that are promised to requests.
    known["defaults"]["memory"]["count"] += 8
    for _ in range(rng.randint(1, 2)):
        what = rng.choice(["ghz", "gate", "circuit"])
        one, other, third = rng.sample(names, 3)
        if what == "ghz":
            made: dict[str, Any] = {"kind": "ghz", "hub": one, "users": [other, third]}
            if rng.random() < 0.5:
                made["states"] = rng.randint(1, 20)
        elif what == "gate":
            roles = {
                "control": {"kind": "remote-gate-control", "node": one, "state": "+"},
                "target": {"kind": "remote-gate-target", "node": other, "state": "0"},
            }
            made = {"kind": "programs", "roles": roles, "rounds": rng.randint(1, 20), "target": "phi+"}
        else:
            circuit = [["h", "p"], ["cx", "p", "q"], ["rz", "q", 0.3]]
            made = {"kind": "circuit", "placement": {"p": one, "q": other}, "circuit": circuit}
        known["traffic"].append(made)


def keys(rng: random.Random, known: dict[str, Any]) -> None:
    """Keys from pairs."""
    for _ in range(rng.randint(1, 2)):
        initiator, responder = rng.sample(known["nodes"], 2)
        made = {"kind": rng.choice(["bbm92", "e91"]), "initiator": initiator, "responder": responder}
        known["traffic"].append({**made, "memories": 2, "block": rng.choice([20, 200]), "finite": False})


def k_shortest(rng: random.Random, known: dict[str, Any]) -> None:
    """Further paths where the first is refused."""
    known["protocols"]["routing"] = {"kind": "k-shortest", "paths": rng.randint(2, 4)}


def load_aware(rng: random.Random, known: dict[str, Any]) -> None:
    """Paths that keep away from what is promised, more or less."""
    known["protocols"]["routing"] = {"kind": "load-aware", "aversion": rng.choice([0, 1, 10])}


def link_state(rng: random.Random, known: dict[str, Any]) -> None:
    """Nodes that find out by themselves what is up."""
    hello = rng.choice([0.002, 0.01])
    made = {"kind": "link-state", "hello": hello, "dead": rng.choice([2.5, 4]) * hello}
    known["protocols"]["routing"] = {**made, "known": rng.random() < 0.7}


#: Each changes a document.
MIXTURES: dict[str, Callable[[random.Random, dict[str, Any]], None]] = {
    "allocation": allocation,
    "programs": programs,
    "keys": keys,
    "k-shortest": k_shortest,
    "load-aware": load_aware,
    "link-state": link_state,
}


def mixed(what: str, seed: int) -> dict[str, Any]:
    """A random network with random outages and one of the `MIXTURES`."""
    known = document(seed)
    MIXTURES[what](random.Random(f"{what} {seed}"), known)
    return known
