"""Networks read from lists of links in comma-separated values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from qsim import registry
from qsim.documents.csv_table import CsvTable, read_csv
from qsim.errors import NetworkError, nearest
from qsim.model.distance import great_circle, planar
from qsim.network.topologies.base import Topology
from qsim.parameters import Declared, Param
from qsim.registry import register

_LINKS: Final = {"from": "", "to": "", "length": "m", "name": ""}
_NODES: Final = {
    "node": "",
    "x": "m",
    "y": "m",
    "latitude": "1",
    "longitude": "1",
    "memories": "1",
    "kind": "",
}
#: Pairs of columns that say a place together, and what a node's entry calls it.
_PLACES: Final = (("position", "x", "y"), ("coordinates", "latitude", "longitude"))


@register("topology", "csv")
@dataclass(frozen=True)
class CsvFile(Declared):
    """A list of links, one a line, with the columns ``from``, ``to``, ``length`` and ``name``.

    Units stand in the header (``from,to,km``). A link without a length is as long as its nodes are apart. A
    second file may list nodes, with places, memories and kinds; without it the nodes are those that links
    name, in the order in which they come.
    """

    path: Annotated[str, Param("the list of links, relative to the scenario file")]
    nodes: Annotated[str | None, Param("a list of nodes, likewise; nodes without a link stand in it too")] = (
        None
    )
    length: Annotated[
        float | None, Param("length of links that have none and cannot be measured", unit="m", ge=0)
    ] = None

    def expand(self, base: Path | None) -> Topology:
        """Read the files.

        Raises:
            NetworkError: a file cannot be read, or a line of it cannot be; it is told by its number.
            LimitError: a file lies outside the folder `base` and those that may be read.
        """
        nodes = {} if self.nodes is None else _nodes(read_csv(self.nodes, base, _NODES, ("node",)))
        table = read_csv(self.path, base, _LINKS, ("from", "to"))
        links: list[dict[str, Any]] = []
        seen: dict[tuple[frozenset[str], str], int] = {}
        starts, ends = table.texts("from"), table.texts("to")
        for row, (a, b) in enumerate(zip(starts, ends, strict=True)):
            for name in (a, b):
                if name not in nodes and self.nodes is not None:
                    raise table.fault(row, f"no node '{name}' in '{self.nodes}'{nearest(name, nodes)}")
                nodes.setdefault(name, {})
            link = self._link(table, row, nodes)
            key = frozenset((a, b)), str(link.get("name", ""))
            if key in seen:
                more = "" if "name" in table else " (a second link needs a `name`)"
                raise table.fault(row, f"'{a}' and '{b}' are linked already by line {seen[key]}{more}")
            seen[key] = table.lines[row]
            links.append(link)
        return Topology(nodes, links)

    def _link(self, table: CsvTable, row: int, nodes: dict[str, dict[str, Any]]) -> dict[str, Any]:
        a, b = table.cells["from"][row], table.cells["to"][row]
        if a == b:
            raise table.fault(row, f"links '{a}' to itself")
        link: dict[str, Any] = {"between": [a, b]}
        if "length" in table and table.cells["length"][row]:
            link["length"] = table.number("length", row, ge=0)
        else:
            length = _apart(nodes[a], nodes[b])
            link["length"] = self.length if length is None else length
            if link["length"] is None:
                raise table.fault(
                    row, f"has no length, and '{a}' and '{b}' no places to measure it by; give `length`"
                )
        if "name" in table and table.cells["name"][row]:
            link["name"] = table.cells["name"][row]
        return link


def _nodes(table: CsvTable) -> dict[str, dict[str, Any]]:
    """The nodes of a list of nodes."""
    nodes: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for row, name in enumerate(table.texts("node")):
        if name in nodes:
            raise table.fault(row, f"node '{name}' is listed twice; the first is line {lines[name]}")
        lines[name] = table.lines[row]
        nodes[name] = _node(table, row)
    return nodes


def _node(table: CsvTable, row: int) -> dict[str, Any]:
    def stated(column: str) -> bool:
        return column in table and bool(table.cells[column][row])

    entry: dict[str, Any] = {}
    for key, *columns in _PLACES:
        if any(map(stated, columns)):
            missing = [column for column in columns if not stated(column)]
            if missing:
                raise table.fault(row, f"a place needs both {' and '.join(columns)}; `{missing[0]}` is empty")
            entry[key] = [table.number(column, row) for column in columns]
    if "coordinates" in entry:
        try:
            great_circle(entry["coordinates"], entry["coordinates"])
        except NetworkError as error:
            raise table.fault(row, str(error)) from None
    if stated("memories"):
        count = table.number("memories", row, ge=1)
        if not count.is_integer():
            raise table.fault(row, f"`memories` must be a whole number, got {count:g}")
        entry["memory"] = {"count": int(count)}
    if stated("kind"):
        kind, known = table.cells["kind"][row], registry.names("node")
        if kind not in known:
            raise table.fault(row, f"unknown kind of node{nearest(kind, known)}")
        entry["kind"] = kind
    return entry


def _apart(a: dict[str, Any], b: dict[str, Any]) -> float | None:
    """How far apart two nodes are, m; None where their places are not known."""
    if "position" in a and "position" in b:
        return planar(a["position"], b["position"])
    if "coordinates" in a and "coordinates" in b:
        return great_circle(a["coordinates"], b["coordinates"])
    return None
