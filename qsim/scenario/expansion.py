"""Expands a document: topology, defaults, nodes and links become one entry for every node and link.

What a node or link says itself stands over what the topology says of it, and that over ``defaults``. The
entries are still unchecked; they keep the places of everything in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qsim.documents.faults import Faults, Place
from qsim.documents.kinds import kind_fields, laid_over
from qsim.documents.paths import format_path
from qsim.documents.tree import Node, from_plain
from qsim.errors import QsimError
from qsim.model.specs import LinkSpec, NodeSpec

if TYPE_CHECKING:
    from qsim.documents.objects import Parts

#: The objects of kinds that every node and link has: name of the field to kind and default name.
NODE_KINDS: Final = {name: kind for name, kind in kind_fields(NodeSpec).items() if kind[1]}
LINK_KINDS: Final = kind_fields(LinkSpec)


@dataclass(frozen=True, slots=True)
class Fragments:
    """Nodes and links that a topology makes, as trees."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    links: Sequence[Node] = ()
    classical: Node | None = None


@dataclass(frozen=True, slots=True)
class Expanded:
    """A document without defaults and topology.

    Attributes:
        nodes: by name, in the order of the network; each mapping lacks `name`.
        links: in the order of the network.
    """

    nodes: Mapping[str, Node]
    links: Sequence[Node]
    classical: Node | None


def make_topology(
    section: Node | None, base: Path | None, parts: Parts, faults: Faults
) -> tuple[Fragments | None, tuple[str, ...]]:
    """The nodes and links of the section ``topology``.

    Args:
        section: the section; None without one.
        base: folder of the scenario file, for topologies that are files.
        parts: makes the topology's object.
        faults: takes what is wrong with the topology.

    Returns:
        The fragments, None when the topology has a fault; and what the topology could not take over from a
        file, one sentence each.
    """
    if section is None:
        return Fragments(), ()
    topology = parts.of_kind("topology", "", section)
    if topology is None:
        return None, ()
    try:
        made = topology.expand(base)
    except QsimError as error:
        faults.add(section.place, str(error))
        return None, ()
    here = section.place
    nodes = {name: from_plain(entry, here.below("nodes", name), faults) for name, entry in made.nodes.items()}
    links = [from_plain(link, here.below("links", index), faults) for index, link in enumerate(made.links)]
    classical = from_plain(made.classical, here.below("classical"), faults) if made.classical else None
    notes = tuple(f"{made.report.source}: {line}" for line in made.report.text().splitlines())
    return Fragments(nodes, told_apart(links, faults), classical), notes


def expand(root: Node, topology: Fragments, faults: Faults) -> Expanded:
    """Expand a document.

    Args:
        root: the document, a mapping.
        topology: what its topology makes; empty without one.
        faults: takes nodes and links that cannot be told apart or do not exist.
    """
    defaults = root.get("defaults")
    return Expanded(
        nodes=_nodes(root, topology, defaults, faults),
        links=_links(root, topology, defaults, faults),
        classical=_over(topology.classical, root.get("classical")),
    )


def _nodes(root: Node, topology: Fragments, defaults: Node | None, faults: Faults) -> dict[str, Node]:
    section = root.get("nodes")
    own = {} if section is None else _named(section, faults)
    base = defaults.get("node") if defaults else None
    nodes: dict[str, Node] = {}
    for name in [*topology.nodes, *(name for name in own if name not in topology.nodes)]:
        layers = (base, topology.nodes.get(name), own.get(name))
        nodes[name] = _entry(NODE_KINDS, defaults, layers, own.get(name) or topology.nodes[name])
    return nodes


def _named(section: Node, faults: Faults) -> dict[str, Node]:
    """The section ``nodes`` as a mapping; a list of names is one of empty entries."""
    if isinstance(section.value, dict):
        return section.value
    if not isinstance(section.value, list):
        faults.add(section.place, "must be a mapping from names to settings, or a list of names")
        return {}
    nodes: dict[str, Node] = {}
    for entry in section.value:
        name = entry.value
        if not isinstance(name, str):
            faults.add(
                entry.place,
                "must be a name; to give settings, write `nodes` as a mapping from names to settings",
            )
        elif name in nodes:
            first = nodes[name].place
            faults.add(entry.place, f"node '{name}' is listed twice{_first_at(first)}")
        else:
            nodes[name] = Node(None, entry.place)
    return nodes


def _links(root: Node, topology: Fragments, defaults: Node | None, faults: Faults) -> list[Node]:
    base = defaults.get("link") if defaults else None
    made = {_ends(link) for link in topology.links}
    over: dict[frozenset[str], Node] = {}
    more: list[Node] = []
    for link in _own_links(root, faults):
        if _ends(link) in made:
            over[_ends(link)] = link
        else:
            more.append(link)
    links = []
    for link in topology.links:
        own = over.get(_ends(link))
        links.append(_entry(LINK_KINDS, defaults, (base, _turned(link, own), own), own or link))
    return links + [_entry(LINK_KINDS, defaults, (base, link), link) for link in more]


def _own_links(root: Node, faults: Faults) -> list[Node]:
    """The section ``links``."""
    section = root.get("links")
    if section is None:
        return []
    if not isinstance(section.value, list):
        faults.add(section.place, "must be a list of links, each with its `between`")
        return []
    return told_apart(section.value, faults)


def told_apart(given: Sequence[Node], faults: Faults) -> list[Node]:
    """Links, without those that link two nodes again; those are noted."""
    seen: dict[frozenset[str], Place] = {}
    links = []
    for link in given:
        ends, place = _ends(link), (link.get("between") or link).place
        if ends and ends in seen:
            a, b = sorted(ends)
            faults.add(place, f"'{a}' and '{b}' are linked already{_first_at(seen[ends])}")
            continue
        seen[ends] = place
        links.append(link)
    return links


def _entry(
    kinds: Mapping[str, tuple[str, str]], defaults: Node | None, layers: Sequence[Node | None], whole: Node
) -> Node:
    """One node or link: plain keys from the last layer that has them, objects laid over one another."""
    if not (isinstance(whole.value, dict) or whole.value is None):
        return whole
    merged: dict[str, Node] = {}
    for layer in layers:
        merged.update(layer.items if layer else {})
    for name, kind in kinds.items():
        result = defaults.get(name) if defaults else None
        for layer in layers:
            result = laid_over(*kind, result, layer.get(name) if layer else None)
        merged.pop(name, None)
        if result is not None:
            merged[name] = result
    return whole.within(merged)


def _ends(link: Node) -> frozenset[str]:
    """The two nodes that a link joins; empty when it does not name two."""
    names = frozenset(name for name, _ in named_ends(link))
    return names if len(names) == 2 else frozenset()


def named_ends(link: Node) -> list[tuple[str, Node]]:
    """The names that a link gives for its ends, with their places."""
    between = link.get("between")
    items = between.value if between is not None else None
    if not isinstance(items, list):
        return []
    return [(item.value, item) for item in items if isinstance(item.value, str)]


def _turned(link: Node, over: Node | None) -> Node:
    """A link of the topology, told from the end that `over` begins with."""
    mine, theirs = link.get("between"), over.get("between") if over else None
    midpoint = link.get("midpoint")
    if mine is None or theirs is None or midpoint is None or not isinstance(midpoint.value, int | float):
        return link
    if _first(mine) == _first(theirs):
        return link
    return link.within({**link.items, "midpoint": Node(1 - midpoint.value, midpoint.place)})


def _first(between: Node) -> object:
    return between.value[0].value if isinstance(between.value, list) else None


def _over(base: Node | None, over: Node | None) -> Node | None:
    if base is None or over is None:
        return over or base
    return over.within({**base.items, **over.items}) if isinstance(over.value, dict) else over


def _first_at(place: Place) -> str:
    where = f"at {place.line}:{place.column}" if place.line else format_path(place.path)
    return f"; the first is {where}"
