"""What a map of the corpus is, and the frames of its formats."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

_NAMESPACES = (
    'xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml" '
    'xmlns:yed="http://www.yworks.com/xml/yed/3"'
)


@dataclass(frozen=True)
class Map:
    """One file.

    Attributes:
        name: of the file; its suffix tells the format.
        contents: text, written as UTF-8, or bytes.
        nodes: names of the nodes that are there, in order.
        lengths: lengths of the links, km, in order, rounded to 5 digits.
        told: what is reported, as "effect path", in the order of the report; the duration apart.
        places: coordinates of the first node, or its position, if they matter.
        nowhere: whether the first node must have no place.
        memories: memories of the nodes that say how many.
        least: `least_length` asked for.
        delays: delays of the classical channels, ms, in order.
        losses: attenuation of the first link, dB/km.
        refused: what the error says, for a file that is refused.
    """

    name: str
    contents: str | bytes
    nodes: str = ""
    lengths: tuple[float, ...] = ()
    told: tuple[str, ...] = ()
    places: tuple[float, float] | None = None
    nowhere: bool = False
    memories: dict[str, int] = field(default_factory=dict)
    least: str | None = None
    delays: tuple[float, ...] = ()
    losses: float | None = None
    refused: str = ""


def key(identifier: str, owner: str, name: str, kind: str = "string", default: str | None = None) -> str:
    """A key of GraphML, with a default if one is given."""
    inner = "" if default is None else f"<default>{default}</default>"
    return f'<key id="{identifier}" for="{owner}" attr.name="{name}" attr.type="{kind}">{inner}</key>'


def data(**values: object) -> str:
    """Values of a node or edge in GraphML, by the identifiers of their keys."""
    return "".join(f'<data key="{name}">{value}</data>' for name, value in values.items())


def node(identifier: str, inner: str = "", **values: object) -> str:
    """A node of GraphML."""
    return f'<node id="{identifier}">{data(**values)}{inner}</node>'


def edge(source: str, target: str, attributes: str = "", **values: object) -> str:
    """An edge of GraphML."""
    return f'<edge source="{source}" target="{target}" {attributes}>{data(**values)}</edge>'


def graphml(*parts: str, directed: bool = False, head: str = "") -> str:
    """A GraphML file; keys stand before the graph."""
    keys = "".join(part for part in parts if part.startswith("<key"))
    inner = "".join(part for part in parts if not part.startswith("<key"))
    default = "directed" if directed else "undirected"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<graphml {_NAMESPACES}>{keys}'
        f'<graph id="G" edgedefault="{default}">{inner}</graph></graphml>'
    )


def gml(*parts: str) -> str:
    """A GML file."""
    return "graph [\n  " + "\n  ".join(parts) + "\n]\n"


def node_link(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]], name: str = "edges", **more: Any
) -> str:
    """A graph as NetworkX writes it as JSON."""
    whole = {"directed": False, "multigraph": False, "graph": {}, "nodes": nodes, name: edges, **more}
    return json.dumps(whole)
