"""The network of a run as data of the page: nodes and links with their figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsim.model.label_sides import label_sides
from qsim.model.layout import Place, arranged, layout

if TYPE_CHECKING:
    from qsim.model.rows import MemoryRow
    from qsim.results import Result

#: Distance of neighbours in the picture, in its own units.
SPACING = 110.0


def places(result: Result) -> dict[str, Place]:
    """A place for each node: where the scenario puts it, or else worked out from the links.

    Args:
        result: a run.

    Returns:
        By name x to the right and y downwards, about `SPACING` apart.
    """
    return _mapped(result)[0]


def _mapped(result: Result) -> tuple[dict[str, Place], float | None]:
    """The place of each node, and how many metres a unit of the picture is; None where it is no map."""
    known = layout(result)
    found, metric = known.places, known.axes is not None
    if len(set(found.values())) == 1:
        # All at one place is no map.
        names, metric = list(found), False
        found = dict(zip(names, arranged(names, [(link.a, link.b) for link in result.links]), strict=True))
    scaled, factor = _scaled([(x, -y) for x, y in found.values()])
    return dict(zip(found, scaled, strict=True)), 1 / factor if metric and len(found) > 1 else None


def _scaled(found: list[Place]) -> tuple[list[Place], float]:
    """Places moved to the origin and stretched so that there is `SPACING` of room for each node."""
    if len(found) < 2:
        return [(0.0, 0.0)] * len(found), 1.0
    lows = [min(place[axis] for place in found) for axis in (0, 1)]
    width, height = (max(place[axis] for place in found) - lows[axis] for axis in (0, 1))
    longer, shorter = max(width, height), min(width, height)
    if shorter > 0.2 * longer:
        factor = SPACING * max(math.sqrt(len(found)), 2.0) / math.sqrt(width * height)
    else:
        rows = max(math.sqrt(len(found) * shorter / longer), 1.0)
        factor = SPACING * max(len(found) / rows - 1, 1.0) / longer
    return [(round((x - lows[0]) * factor, 1), round((y - lows[1]) * factor, 1)) for x, y in found], factor


def network(result: Result) -> tuple[dict[str, int], dict[str, Any]]:
    """The number of each node by its name, and what the scripts show: nodes with their memories, links."""
    rows = {row.node: row for row in result.memories}
    found, metres = _mapped(result)
    sides = _sides(found, result)
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
        {
            "name": name,
            "x": x,
            "y": y,
            "side": sides[name],
            "kind": kinds.get(name),
            **_memories(rows.get(name)),
        }
        for name, (x, y) in found.items()
    ]
    return numbers, {"nodes": nodes, "links": links, "metres": metres}


def _sides(found: Mapping[str, Place], result: Result) -> dict[str, str]:
    """The side of each name, by the size that letters have where the whole network is in view."""
    columns = list(zip(*found.values(), strict=True))
    spans = [max(column) - min(column) for column in columns] or [0.0]
    # The picture is some 800 by 460 pixels, and small networks are not blown up.
    zoom = min(1.6, 800 / (spans[0] + 80), 460 / (spans[-1] + 80))
    sizes = {name: (7.5 * max(len(name), 6) / zoom, 32 / zoom) for name in found}
    upwards = {name: (x, -y) for name, (x, y) in found.items()}
    return label_sides(upwards, [(link.a, link.b) for link in result.links], sizes, 18 / min(zoom, 1.0))


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
    # Stored results may hold documents of format 1, in which a kind is a `type`.
    kind = "type" if document.get("qsim") == 1 else "kind"
    usual = document.get("defaults", {}).get("node", {}).get(kind)
    found = {name: (entry or {}).get(kind, usual) for name, entry in nodes.items()}
    return {name: kind for name, kind in found.items() if kind is not None}
