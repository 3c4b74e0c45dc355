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
from qsim.documents.kinds import kind_fields, laid_over, laid_over_named, long_form, spelt_out
from qsim.documents.link_address import link_ends
from qsim.documents.paths import format_path
from qsim.documents.tree import Node, from_plain
from qsim.errors import QsimError
from qsim.model.specs import LinkSpec, NodeSpec, default_name
from qsim.parameters import declarations

if TYPE_CHECKING:
    from qsim.documents.objects import Parts

#: The objects of kinds that a node and a link hold: name of the field to kind and default name.
NODE_KINDS: Final = {name: kind for name, kind in kind_fields(NodeSpec).items() if kind[1]}
LINK_KINDS: Final = {name: kind for name, kind in kind_fields(LinkSpec).items() if kind[1]}
#: The kind of nodes, and what a node is that names none.
NODE: Final = ("node", "router")

_COMMON: Final = frozenset(declared.name for declared in declarations(NodeSpec))


@dataclass(frozen=True, slots=True)
class Fragments:
    """Nodes by name, links and the classical network as trees: what a topology makes, or all there are."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    links: Sequence[Node] = ()
    classical: Node | None = None


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


def expand(root: Node, topology: Fragments, faults: Faults) -> Fragments:
    """All nodes and links of a document, in the order of the network; mappings of nodes lack `name`.

    Args:
        root: the document, a mapping.
        topology: what its topology makes; empty without one.
        faults: takes nodes and links that cannot be told apart or do not exist.
    """
    defaults = root.get("defaults")
    return Fragments(
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
        whole = own.get(name) or topology.nodes[name]
        layers = _of_one_kind((base, topology.nodes.get(name), own.get(name)))
        long = whole.within(long_form(whole) or {}) if isinstance(whole.value, str) else whole
        nodes[name] = _entry(NODE_KINDS, defaults, layers, long)
    return nodes


def _of_one_kind(layers: Sequence[Node | None]) -> list[Node]:
    """What is said of a node, short forms spelt out, without the parameters of kinds that it is not of."""
    told: list[Node] = []
    kind = NODE[1]
    for layer in layers:
        entries = spelt_out(NODE[0], layer) if layer else None
        if layer is None or entries is None:
            continue
        given = entries.get("kind")
        if given is not None and given.value != kind:
            told = [each.within({k: v for k, v in each.items.items() if k in _COMMON}) for each in told]
            kind = str(given.value)
        told.append(layer.within(entries))
    return told


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
            faults.add(entry.place, f"node '{name}' is listed twice; the first is {first_at(first)}")
        else:
            nodes[name] = Node(None, entry.place)
    return nodes


def _links(root: Node, topology: Fragments, defaults: Node | None, faults: Faults) -> list[Node]:
    base = defaults.get("link") if defaults else None
    more: dict[frozenset[str], list[Node]] = {}
    for link in _own_links(root, faults):
        more.setdefault(_ends(link), []).append(link)
    links = []
    for link in topology.links:
        there = more.get(_ends(link), [])
        own = next((each for each in there if _same(link, each)), None)
        if own is not None:
            there.remove(own)
        links.append(_entry(LINK_KINDS, defaults, (base, _turned(link, own), own), own or link))
    for link in (link for each in more.values() for link in each):
        if link_ends(next(iter(link.place.path), None)):
            # An address changes a link and adds none.
            a, b = (name for name, _ in named_ends(link))
            faults.add(link.place, f"there is no link between '{a}' and '{b}'")
        links.append(_entry(LINK_KINDS, defaults, (base, link), link))
    return links


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
    """Links, without those that link two nodes again under the same name or none; those are noted."""
    seen: dict[tuple[frozenset[str], object], Place] = {}
    links = []
    for link in given:
        ends, name, place = _ends(link), link.get("name"), (link.get("between") or link).place
        known = ends, str(name.value) if name else None
        if ends and known in seen:
            a, b = sorted(ends)
            hint = "" if name else "; a second link needs a `name`"
            faults.add(
                place, f"'{a}' and '{b}' are linked already; the first is {first_at(seen[known])}{hint}"
            )
            continue
        seen[known] = place
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
        items = layer.items if layer else {}
        if "midpoint" in items or "arms" in items:
            # They say the same thing in two ways, of which the last layer's holds.
            merged = {key: entry for key, entry in merged.items() if key not in ("midpoint", "arms")}
        merged.update(items)
    for name, kind in kinds.items():
        lay = laid_over_named if name == "memory" else laid_over
        result = defaults.get(name) if defaults else None
        for layer in layers:
            result = lay(*kind, result, layer.get(name) if layer else None)
        merged.pop(name, None)
        if result is not None:
            merged[name] = result
    arms = merged.get("arms")
    if arms is not None and isinstance(arms.value, list):
        merged["arms"] = Node([_arm(arm, merged.get("fibre")) for arm in arms.value], arms.place, arms.key)
    return whole.within(merged)


def _arm(arm: Node, fibre: Node | None) -> Node:
    """An arm, its fibre laid over that of the link."""
    own = arm.get("fibre")
    if own is None:
        return arm
    kind, usual = LINK_KINDS["fibre"]
    base = laid_over(kind, usual, Node(usual, own.place), fibre)
    laid = laid_over(kind, usual, base, own)
    return arm.within({**arm.items, "fibre": laid or own})


def _same(made: Node, own: Node) -> bool:
    """Whether an entry of ``links`` speaks of a link that the topology makes between the same nodes."""
    given, name = made.get("name"), own.get("name")
    usual = default_name([end for end, _ in named_ends(made)])
    return name is None or name.value == (given.value if given else usual)


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
    if mine is None or theirs is None or _first(mine) == _first(theirs):
        return link
    turned: dict[str, Node] = {}
    for key in ("midpoint", "arms", "banks"):
        entry = link.get(key)
        if entry is not None and isinstance(entry.value, list):
            turned[key] = Node(entry.value[::-1], entry.place)
        elif entry is not None and isinstance(entry.value, int | float):
            turned[key] = Node(1 - entry.value, entry.place)
    return link.within({**link.items, **turned})


def _first(between: Node) -> object:
    return between.value[0].value if isinstance(between.value, list) else None


def _over(base: Node | None, over: Node | None) -> Node | None:
    if base is None or over is None:
        return over or base
    return over.within({**base.items, **over.items}) if isinstance(over.value, dict) else over


def first_at(place: Place) -> str:
    """How a message speaks of a place."""
    return f"at {place.line}:{place.column}" if place.line else format_path(place.path)
