"""Takes nodes and links out of a network that a generator or a map has made: the section ``remove``."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from qsim.documents.tree import Node
from qsim.errors import nearest
from qsim.model.specs import RemoveSpec, default_name
from qsim.scenario.expansion import Fragments, named_ends

if TYPE_CHECKING:
    from qsim.documents.faults import Faults

_TABLES: Final = ("one_way", "round_trip")


def without(expanded: Fragments, removed: RemoveSpec | None, section: Node, faults: Faults) -> Fragments:
    """A network without what is removed; the links and channels of a removed node go with it.

    Args:
        expanded: the network.
        removed: what goes; None when that has faults itself.
        section: where it is said.
        faults: takes nodes and links that do not exist.
    """
    if removed is None or not (removed.nodes or removed.links):
        return expanded
    for place, name in enumerate(removed.nodes):
        if name not in expanded.nodes:
            hint = nearest(name, expanded.nodes)
            faults.add(section.locate(("nodes", place)), f"there is no node '{name}'{hint}")
    gone: set[int] = set()
    for place, which in enumerate(removed.links):
        found = _found(expanded, which)
        if not found:
            faults.add(section.locate(("links", place)), f"there is no link {_wanted(expanded, which)}")
        gone.update(map(id, found))
    nodes = {name: node for name, node in expanded.nodes.items() if name not in removed.nodes}
    links = [
        link
        for link in expanded.links
        if id(link) not in gone and not any(end in removed.nodes for end, _ in named_ends(link))
    ]
    classical = None if expanded.classical is None else _channels(expanded.classical, removed.nodes)
    return Fragments(nodes, links, classical)


def _found(expanded: Fragments, which: str | tuple[str, ...]) -> list[Node]:
    """The links between two ends, or of a name."""
    if isinstance(which, str):
        return [link for link in expanded.links if _name(link) == which]
    return [link for link in expanded.links if {end for end, _ in named_ends(link)} == set(which)]


def _wanted(expanded: Fragments, which: str | tuple[str, ...]) -> str:
    """What a link that does not exist was called."""
    if isinstance(which, str):
        return f"called '{which}'{nearest(which, map(_name, expanded.links))}"
    return "between " + " and ".join(f"'{end}'" for end in which)


def _name(link: Node) -> str:
    name = link.get("name")
    return str(name.value) if name else default_name([end for end, _ in named_ends(link)])


def _channels(classical: Node, nodes: Collection[str]) -> Node:
    """The classical network without the channels, rows and columns of some nodes."""
    items = dict(classical.items)
    channels = items.get("channels")
    if channels is not None and isinstance(channels.value, list):
        kept = [each for each in channels.value if not any(end in nodes for end, _ in named_ends(each))]
        items["channels"] = Node(kept, channels.place, channels.key)
    for key in _TABLES:
        table = items.get(key)
        if table is not None:
            items[key] = _table(table, nodes)
    return classical.within(items)


def _table(table: Node, nodes: Collection[str]) -> Node:
    names, rows = _list(table.get("nodes")), _list(table.get("table"))
    kept = [place for place, name in enumerate(names) if name.value not in nodes]

    def of(entry: Node) -> Node:
        values = _list(entry)
        return (
            Node([values[place] for place in kept], entry.place, entry.key)
            if len(values) == len(names)
            else entry
        )

    changed = {key: of(entry) for key, entry in table.items.items() if key in ("nodes", "table")}
    if len(rows) == len(names) and "table" in changed:
        whole = changed["table"]
        changed["table"] = Node([of(row) for row in _list(whole)], whole.place, whole.key)
    return table.within({**table.items, **changed})


def _list(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []
