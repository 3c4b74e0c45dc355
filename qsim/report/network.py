"""The network of a run as data of the page: nodes and links with their figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim.report.layout import places

if TYPE_CHECKING:
    from qsim.model.rows import MemoryRow
    from qsim.results import Result


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and links in the order of the page.

    Attributes:
        numbers: the number of each node by its name.
        data: what the scripts show.
    """

    numbers: Mapping[str, int]
    data: Mapping[str, Any]


def network(result: Result) -> Network:
    """The nodes with their memories, and the links with their rates."""
    rows = {row.node: row for row in result.memories}
    found = places(result)
    numbers = {name: number for number, name in enumerate(found)}
    kinds = _kinds(result.document)
    links = [
        {
            "a": numbers[link.a],
            "b": numbers[link.b],
            "length_m": link.length_m,
            "attempts": link.attempts,
            "heralds": link.heralds,
            "rate_hz": link.heralds / result.simulated_s if result.simulated_s > 0 else 0.0,
            "mean_wait_s": link.mean_wait_s,
            "success_probability": link.success_probability,
            "fidelity": link.fidelity,
        }
        for link in result.links
    ]
    nodes = [
        {"name": name, "x": x, "y": y, "kind": kinds.get(name), **_memories(rows.get(name))}
        for name, (x, y) in found.items()
    ]
    return Network(numbers, {"nodes": nodes, "links": links})


def _memories(row: MemoryRow | None) -> dict[str, float]:
    if row is None:
        return {"memories": 0, "utilisation": 0.0, "entangled": 0.0, "expired": 0}
    return {
        "memories": row.memories,
        "utilisation": row.utilisation,
        "entangled": row.entangled,
        "expired": row.expired,
    }


def _kinds(document: Mapping[str, Any]) -> dict[str, str]:
    """Router or end node, where the scenario says so."""
    nodes = document.get("nodes")
    if not isinstance(nodes, Mapping):
        return {}
    usual = document.get("defaults", {}).get("node", {}).get("type")
    found = {name: (entry or {}).get("type", usual) for name, entry in nodes.items()}
    return {name: kind for name, kind in found.items() if kind is not None}
