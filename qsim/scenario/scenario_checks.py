"""Checks of a scenario: names that exist, lengths that are known, tables that fit, and what classes ask for.

A class of any kind may define ``check(self, context)``; see `qsim.model.check_context`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from qsim import registry
from qsim.documents.faults import OVERRIDE, SWEPT, Faults
from qsim.documents.paths import KeyPath, parse_path
from qsim.documents.tree import Node
from qsim.errors import NetworkError, nearest
from qsim.model.check_context import Checkable, CheckContext, UnknownPartError
from qsim.model.distance import great_circle, planar
from qsim.model.specs import ClassicalSpec, DelayTable, LinkSpec, NodeSpec, RunSpec
from qsim.parameters import held
from qsim.scenario.expansion import first_at, named_ends


def check_formalism(run: Node, faults: Faults) -> None:
    """Note a formalism that is not registered."""
    formalism = run.get("formalism")
    known = registry.names("formalism")
    if formalism is not None and isinstance(formalism.value, str) and formalism.value not in known:
        faults.add(formalism.place, f"unknown formalism '{formalism.value}'{nearest(formalism.value, known)}")


def check_node(name: str, spec: NodeSpec | None, node: Node, faults: Faults) -> None:
    """Note a node that cannot be: without a name, with one that no terminal can show, or beyond the poles."""
    if not name.strip():
        faults.add(node.key, "a node needs a name")
    elif not name.isprintable():
        faults.add(node.key, "the name of a node cannot hold control characters")
    if spec is not None and spec.coordinates is not None:
        try:
            great_circle(spec.coordinates, spec.coordinates)
        except NetworkError as error:
            faults.add(node.locate(("coordinates",)), str(error))


def check_strays(
    section: Node, made: Collection[str], nodes: Mapping[str, Node], links: Sequence[Node], faults: Faults
) -> None:
    """Note nodes that are most likely misspelt.

    Beside a topology, a node that the topology does not make must have a link of its own; and an override
    changes nodes, or replaces them all, but adds none. (`made`: names of the nodes that the topology makes.)
    """
    linked = {end for link in links for end, _ in named_ends(link)}
    replaced = section.place.source.startswith((f"{OVERRIDE}nodes=", f"{SWEPT}nodes="))
    known = made or [name for name, node in nodes.items() if not node.key.overridden]
    for name, node in nodes.items():
        if name in made or replaced:
            continue
        if node.key.overridden:
            faults.add(node.key, f"there is no node '{name}'{nearest(name, known)}")
        elif made and name not in linked:
            faults.add(
                node.key, f"the topology makes no node '{name}', and no link names it{nearest(name, made)}"
            )


def check_ends(link: Node, names: Collection[str], faults: Faults) -> bool:
    """Note ends of a link that do not exist or are one.

    Returns:
        Whether the link joins two nodes that exist.
    """
    named = named_ends(link)
    for end, node in named:
        if end not in names:
            faults.add(node.place, f"unknown node '{end}'{nearest(end, names)}")
    if len(named) != 2 or not all(end in names for end, _ in named):
        return False
    if named[0][0] == named[1][0]:
        faults.add(link.locate(("between",)), f"links '{named[0][0]}' to itself")
        return False
    return True


def check_names(links: Sequence[LinkSpec | None], nodes: Sequence[Node], faults: Faults) -> None:
    """Note links of one name."""
    seen: dict[str, Node] = {}
    for link, node in zip(links, nodes, strict=True):
        if link is None:
            continue
        first = seen.setdefault(link.name, node)
        if first is not node:
            where = node.locate(("name",)) if "name" in node.items else node.place
            hint = f"; the first is {first_at(first.place)}: give this one a `name` of its own"
            faults.add(where, f"the link name '{link.name}' is used twice{hint}")


def check_banks(
    link: LinkSpec | None, node: Node, nodes: Mapping[str, NodeSpec | None], faults: Faults
) -> bool:
    """Note banks of memories that a node does not have; at a node without any the name is empty.

    Returns:
        Whether there is none.
    """
    known = True
    for place, bank in enumerate((link and link.banks) or ()):
        end = nodes.get(link.between[place]) if link else None
        if end is not None and bank not in (end.banks or ("",)):
            known, hint = False, nearest(bank, end.banks)
            faults.add(node.locate(("banks", place)), f"'{end.name}' has no memories called '{bank}'{hint}")
    return known


def measured(link: Node, nodes: Mapping[str, NodeSpec | None]) -> float | None:
    """The distance between the ends of a link, metres; None when the nodes do not tell.

    Positions on a plane come first, geographic coordinates second.
    """
    a, b = (nodes.get(end) for end, _ in named_ends(link))
    if a is None or b is None:
        return None
    if a.position is not None and b.position is not None:
        return planar(a.position, b.position)
    if a.coordinates is not None and b.coordinates is not None:
        try:
            return great_circle(a.coordinates, b.coordinates)
        except NetworkError:
            # `check_node` has noted the coordinates; any length will do for the rest of the checks.
            return 0.0
    return None


def check_classical(classical: ClassicalSpec, node: Node, names: Collection[str], faults: Faults) -> None:
    """Note channels and tables that do not fit the network."""
    seen: dict[frozenset[str], int] = {}
    for index, channel in enumerate(classical.channels):
        where = ("channels", index, "between")
        for place, end in enumerate(channel.between):
            if end not in names:
                faults.add(node.locate((*where, place)), f"unknown node '{end}'{nearest(end, names)}")
        first = seen.setdefault(frozenset(channel.between), index)
        if channel.between[0] == channel.between[1]:
            faults.add(node.locate(where), f"is a channel from '{channel.between[0]}' to itself")
        elif first != index:
            a, b = sorted(channel.between)
            faults.add(
                node.locate(where), f"'{a}' and '{b}' have a channel already; the first is channels[{first}]"
            )
    for field in ("one_way", "round_trip"):
        table = getattr(classical, field)
        if table is not None:
            _check_table(table, node, field, names, faults)


def check_signals(
    classical: ClassicalSpec | None,
    run: RunSpec | None,
    links: Iterable[LinkSpec | None],
    node: Node,
    faults: Faults,
) -> None:
    """Note messages of links that are to be lost and are never sent, or whose loss nobody outlives."""
    if classical is None or not classical.links:
        return
    where = node.locate(("links",))
    if run is not None and run.detail != "photon":
        faults.add(
            where,
            f"at detail '{run.detail}' the messages of links are not sent one by one: choose detail "
            "'photon', or leave it out",
        )
    for link in links:
        handshake = getattr(link and link.link_model, "handshake", None)
        if handshake is not None and not getattr(handshake, "datagrams", False):
            name = link.name if link is not None else ""
            faults.add(
                where,
                f"the hand-shake of link '{name}' counts on every message; one that is negotiated "
                "(handshake: negotiated) outlives their loss",
            )
            return


def _check_table(table: DelayTable, node: Node, field: str, names: Collection[str], faults: Faults) -> None:
    def add(message: str, *path: Any) -> None:
        faults.add(node.locate((field, *path)), message)

    size = len(table.nodes)
    for index, name in enumerate(table.nodes):
        if name not in names:
            add(f"unknown node '{name}'{nearest(name, names)}", "nodes", index)
        if table.nodes.index(name) != index:
            add(
                f"node '{name}' is listed twice; the first is nodes[{table.nodes.index(name)}]",
                "nodes",
                index,
            )
    if len(table.table) != size:
        add(f"must have {size} rows, one for each of `nodes`, got {len(table.table)}", "table")
    for index, row in enumerate(table.table):
        if len(row) != size:
            add(f"must have {size} delays, one for each of `nodes`, got {len(row)}", "table", index)
    if len(table.table) == size and all(len(row) == size for row in table.table):
        _check_delays(table, add)


def _check_delays(table: DelayTable, add: Any) -> None:
    """Note delays from a node to itself, and delays given in one direction only."""
    for row, delays in enumerate(table.table):
        for column, delay in enumerate(delays):
            here, there = table.nodes[row], table.nodes[column]
            if row == column and delay:
                add(f"the delay from '{here}' to itself must be 0, got {delay:g}", "table", row, column)
            elif row != column and not delay and table.table[column][row]:
                back = f"table[{column}][{row}]"
                add(
                    f"no delay from '{here}' to '{there}', though {back} has one for the way back",
                    "table",
                    row,
                    column,
                )


def ends(link: Node) -> tuple[str, str]:
    """The two nodes that a link joins, once `check_ends` has passed it."""
    (a, _), (b, _) = named_ends(link)
    return a, b


class Checks:
    """Runs the checks of objects on a scenario, each object once, and notes what they say."""

    def __init__(self, context: CheckContext, faults: Faults) -> None:
        self._context = context
        self._faults = faults
        self._done: dict[int, Any] = {}

    def run(self, thing: Any, node: Node, path: KeyPath = ()) -> None:
        """Check an object, if there is one, and the objects of kinds in it; it stands at `path` in `node`."""
        if thing is None or id(thing) in self._done:
            return
        self._done[id(thing)] = thing
        if hasattr(thing, "check"):
            for where, message in self._said(thing):
                self._faults.add(node.locate(path + where), message)
        for name in held(type(thing)):
            part = getattr(thing, name)
            if part is not None and id(part) not in self._done:
                self.run(part, node, (*path, name))

    def _said(self, thing: Checkable) -> Iterator[tuple[KeyPath, str]]:
        try:
            for where, message in thing.check(self._context):
                yield parse_path(where) if where else (), message
        except UnknownPartError:
            return
