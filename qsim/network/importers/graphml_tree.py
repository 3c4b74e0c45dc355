"""A GraphML tree as the reader of NetworkX needs it.

That reader passes over defaults, nested graphs of other programs than yEd, and repeated identifiers of edges,
takes yEd's groups for nodes and its pixels for places, and stops at spaces around a value. Here the tree is
put right before it is read, and what cannot be kept is reported.

References:
    http://graphml.graphdrawing.org/specification.html; yEd's extensions are those of yFiles 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from qsim.network.loss_report import LossReport

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ENDS: Final = ("source", "target")


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def below(element: Element, name: str) -> Iterator[Element]:
    """The elements of a name in an element, however deep."""
    return (found for found in element.iter() if isinstance(found.tag, str) and local(found.tag) == name)


def children(element: Element, name: str) -> list[Element]:
    """The elements of a name that stand in an element directly."""
    return [found for found in element if isinstance(found.tag, str) and local(found.tag) == name]


def put_right(root: Element, report: LossReport) -> None:
    """Change the tree of a GraphML file with one graph in place.

    Args:
        root: its root.
        report: takes note of what cannot be kept.
    """
    (graph,) = children(root, "graph")
    _level(graph, report)
    _keys(root)
    _ports(graph, report)
    _plain_values(graph)
    _defaults(root, graph)
    _edge_identifiers(graph, report)
    _geometry(graph, report)


def _level(graph: Element, report: LossReport) -> None:
    """Take nodes and edges of graphs within nodes or edges into the one graph, and groups away."""
    nodes, edges = list(below(graph, "node")), list(below(graph, "edge"))
    named = {edge.get(end) for edge in edges for end in _ENDS}
    groups = set()
    for holder in (*nodes, *edges):
        for inner in children(holder, "graph"):
            if inner.get("edgedefault", graph.get("edgedefault")) != graph.get("edgedefault"):
                report.changed(
                    f"graph[{inner.get('id', '')}].edgedefault",
                    inner.get("edgedefault"),
                    "a network is directed as a whole",
                    f"{graph.get('edgedefault')}, as the outer graph",
                )
            holder.remove(inner)
            if local(holder.tag) == "node" and (_is_group(holder) or holder.get("id") not in named):
                groups.add(holder.get("id"))
    if not groups and len(nodes) == len(children(graph, "node")):
        return
    for element in (*children(graph, "node"), *children(graph, "edge")):
        graph.remove(element)
    for node in nodes:
        if node.get("id") in groups:
            why = "a node that holds a graph is a group, no place with memories"
            report.harmless(f"nodes[{node.get('id')}]", None, why, "left out; its members are kept")
        else:
            graph.append(node)
    for edge in edges:
        if groups.isdisjoint(edge.get(end) for end in _ENDS):
            graph.append(edge)
        else:
            where = f"edges[{edge.get('source')}, {edge.get('target')}]"
            report.dropped(where, None, "it ends at a group, and says at none of its members", "left out")


def _is_group(node: Element) -> bool:
    return node.get("yfiles.foldertype") in ("group", "folder")


def _keys(root: Element) -> None:
    """Give keys the name and type that they have when they say none."""
    for key in children(root, "key"):
        if key.get("yfiles.type") is None:
            key.set("attr.name", key.get("attr.name", key.get("id", "")))
            key.set("attr.type", key.get("attr.type", "string"))


def _ports(graph: Element, report: LossReport) -> None:
    """Take away ports, places of a node where edges begin."""
    for owner in (*children(graph, "node"), *children(graph, "edge")):
        for port in children(owner, "port"):
            owner.remove(port)
            where = f"nodes[{owner.get('id')}].port"
            report.harmless(where, port.get("name"), "a link belongs to a node as a whole", "left out")


def _plain_values(graph: Element) -> None:
    """Take away the spaces around values, and values that are empty."""
    for owner in (*children(graph, "node"), *children(graph, "edge")):
        for data in children(owner, "data"):
            if len(data) == 0:
                data.text = (data.text or "").strip()
                if not data.text:
                    owner.remove(data)


def _defaults(root: Element, graph: Element) -> None:
    """Write the defaults of the keys where a node or an edge says nothing."""
    for key in children(root, "key"):
        default = next(iter(children(key, "default")), None)
        text = "" if default is None else (default.text or "").strip()
        if default is not None:
            # NetworkX reads it too, and stops at an empty one.
            key.remove(default)
        for name in ("node", "edge") if text else ():
            if key.get("for", "all") not in (name, "all"):
                continue
            for owner in children(graph, name):
                if all(data.get("key") != key.get("id") for data in children(owner, "data")):
                    data = owner.makeelement(f"{key.tag.removesuffix('key')}data", {"key": key.get("id", "")})
                    data.text = text
                    owner.append(data)


def _edge_identifiers(graph: Element, report: LossReport) -> None:
    """Take away the identifiers of edges, by which NetworkX tells parallel edges apart."""
    edges = children(graph, "edge")
    used = Counter(name for edge in edges if (name := edge.attrib.pop("id", None)) is not None)
    for name, times in used.items():
        if times > 1:
            report.harmless(f"edges[{name}].id", name, "several edges have this identifier", "all are read")


def _geometry(graph: Element, report: LossReport) -> None:
    """Take away yEd's geometry: pixels of a canvas."""
    for node in children(graph, "node"):
        for drawn in list(node.iter()):
            for geometry in children(drawn, "Geometry"):
                drawn.remove(geometry)
                value = f"{geometry.get('x')}, {geometry.get('y')}"
                why = "the place of a symbol in a drawing is no place of a node"
                report.harmless(f"nodes[{node.get('id')}]", value, why, "left out")
