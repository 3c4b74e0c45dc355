"""Small networks for programs: a hub with users, and a line."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import qsim


def star(users: int, length: str = "5 km", **parameters: Any) -> tuple[qsim.Network, list[str]]:
    """A hub with users u0, u1, ... and memories to spare; `processor` is that of all nodes."""
    processor = parameters.pop("processor", {})
    net = qsim.Network(memory={"count": 12, **parameters}, processor=processor)
    names = [f"u{place}" for place in range(users)]
    net.add_nodes("hub", *names)
    for name in names:
        net.add_link("hub", name, length)
    return net, names


def line(nodes: int, **parameters: Any) -> qsim.Network:
    """Nodes n0, n1, ... in a row."""
    net = qsim.Network(memory={"count": 6, **parameters})
    names = [f"n{place}" for place in range(nodes)]
    net.add_nodes(*names)
    for one, other in pairwise(names):
        net.add_link(one, other, "5 km")
    return net


def ghz_roles(users: list[str]) -> dict[str, dict[str, Any]]:
    """The programs of a GHZ state at a hub."""
    hub = {"kind": "ghz-hub", "node": "hub", "users": users}
    return {"hub": hub, **{user: {"kind": "ghz-user", "node": user} for user in users}}


def metric(result: Any, name: str) -> Any:
    """A row of the table of metrics by its name."""
    (row,) = [row for row in result.metrics if row.metric == name]
    return row
