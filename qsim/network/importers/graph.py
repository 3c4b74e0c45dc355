"""NetworkX graphs, and the graphs found in GraphML and GML files.

`qsim.network.importers.attributes` tells which attributes are read.

An edge without a length is as long as its ends are apart. In a directed graph the two directions of a link
are one link; their delays may differ. Of parallel edges the shortest stays, and an edge from a node to itself
goes; both are reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from qsim import registry
from qsim.errors import NetworkError
from qsim.model.distance import great_circle, planar
from qsim.model.specs import FORMAT
from qsim.network.importers import attributes as spellings
from qsim.network.importers import delay_channels
from qsim.network.importers.attributes import Attributes
from qsim.network.loss_report import Conversion, LossReport
from qsim.network.topologies.base import Topology

if TYPE_CHECKING:
    import networkx as nx

#: Length of a link of which nothing is known, m, where a conversion must go on.
FALLBACK_LENGTH: Final = 10e3
#: Simulated time of a converted scenario whose source names none, s.
FALLBACK_DURATION: Final = 1.0


def convert(
    graph: nx.Graph, *, source: str = "<graph>", length: float | str | None = FALLBACK_LENGTH, name: str = ""
) -> Conversion:
    """Make a scenario document of a graph.

    Args:
        graph: any NetworkX graph.
        source: what to call the graph in the report and in errors.
        length: length of links that have none and cannot be measured, m; None makes that an error.
        name: name of the scenario.

    Raises:
        NetworkError: see `fragments`.
    """
    topology = fragments(graph, source=source, length=length)
    topology.report.assumed("run.duration", "a graph has no duration", f"{FALLBACK_DURATION:g} s")
    document = {
        "qsim": FORMAT,
        **({"name": name} if name else {}),
        "run": {"duration": FALLBACK_DURATION},
        "nodes": topology.nodes,
        "links": topology.links,
        **({"classical": topology.classical} if topology.classical else {}),
    }
    return Conversion(document, topology.report)


def fragments(graph: nx.Graph, *, source: str = "<graph>", length: float | str | None = None) -> Topology:
    """Make nodes, links and classical delays of a graph.

    Args:
        graph: any NetworkX graph.
        source: what to call the graph in the report and in errors.
        length: length of links that have none and cannot be measured, m; None makes that an error.

    Raises:
        NetworkError: the graph has no nodes, or a link has no length and `length` is None.
    """
    from qsim import units

    if len(graph) == 0:
        raise NetworkError(f"{source}: the graph has no nodes")
    reader = _Reader(graph, LossReport(source), None if length is None else units.parse(length, "m"))
    return reader.read()


class _Reader:
    """Reads one graph."""

    def __init__(self, graph: nx.Graph, report: LossReport, length: float | None) -> None:
        self.graph = graph
        self.report = report
        self.length = length
        self.names: dict[Any, str] = {}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.links: dict[frozenset[str], dict[str, Any]] = {}
        self.delays: dict[tuple[str, str], float] = {}
        self.unread: dict[tuple[str, str], list[Any]] = {}

    def read(self) -> Topology:
        self._name_nodes()
        for identifier, attributes in self.graph.nodes(data=True):
            self._node(self.names[identifier], attributes)
        self._placeless()
        for first, second, attributes in self._edges():
            self._edge(self.names[first], self.names[second], attributes)
        self._one_way_edges()
        self._lengths()
        for (path, key), values in self.unread.items():
            more = "" if len(values) == 1 else f" ({len(values)} times)"
            self.report.harmless(
                f"{path}.{key}", values[0], f"says nothing about the simulation{more}", "left out"
            )
        links = list(self.links.values())
        section = delay_channels.section(list(self.nodes), links, self.delays, self.report, "edges[*].delay")
        return Topology(self.nodes, links, section, self.report)

    def _name_nodes(self) -> None:
        labels = {node: spellings.label(attributes)[0] for node, attributes in self.graph.nodes(data=True)}
        taken = Counter(labels.values())
        for node, label in labels.items():
            name = label or str(node)
            if label and taken[label] > 1:
                name = f"{label} {node}"
                self.report.changed(
                    f"nodes[{node}].label", label, "several nodes have this label", f"named '{name}'"
                )
            if name in self.nodes:
                raise NetworkError(
                    f"{self.report.source}: two nodes are named '{name}'; give them distinct labels"
                )
            self.names[node] = name
            self.nodes[name] = {}

    def _node(self, name: str, given: Mapping[str, Any]) -> None:
        attributes = Attributes(given, f"nodes[{name}]", self.report)
        entry = self.nodes[name]
        attributes.take(spellings.label(given)[1])
        if (memory := spellings.memory(attributes)) is not None:
            entry["memory"] = memory
        for key in ("kind", "type"):
            # Published maps have words of their own under these names.
            if given.get(key) in registry.names("node"):
                entry["kind"] = attributes.take(key)
        for key, place in (
            ("coordinates", spellings.coordinates(attributes)),
            ("position", spellings.position(attributes)),
        ):
            if place is not None:
                entry[key] = place
        self._report_unread("nodes[*]", attributes)

    def _placeless(self) -> None:
        placed = {name for name, entry in self.nodes.items() if "coordinates" in entry or "position" in entry}
        for name in self.nodes if placed else ():
            if name not in placed:
                self.report.harmless(
                    f"nodes[{name}]",
                    None,
                    "other nodes have a place, this one has none",
                    "left without a place",
                )

    def _edges(self) -> Iterator[tuple[Any, Any, Mapping[str, Any]]]:
        for first, second, attributes in self.graph.edges(data=True):
            if first == second:
                self.report.dropped(
                    f"edges[{self.names[first]}, {self.names[second]}]",
                    None,
                    "a node cannot be linked to itself",
                    "left out",
                )
            else:
                yield first, second, attributes

    def _edge(self, first: str, second: str, given: Mapping[str, Any]) -> None:
        attributes = Attributes(given, f"edges[{first}, {second}]", self.report)
        link = self._link(first, second, attributes)
        delay = attributes.quantity("s", spellings.DELAYS, least=0)
        self._report_unread("edges[*]", attributes)
        pair = frozenset((first, second))
        known = self.links.get(pair)
        if delay is not None and (first, second) not in self.delays:
            self.delays[first, second] = delay
        if known is None:
            self.links[pair] = link
        elif self.graph.is_directed() and known["between"] == [second, first]:
            self._back(attributes.path, known, link)
        else:
            self._parallel(attributes.path, pair, known, link)

    def _link(self, first: str, second: str, attributes: Attributes) -> dict[str, Any]:
        link: dict[str, Any] = {"between": [first, second]}
        length = attributes.quantity("m", spellings.LENGTHS, least=0)
        if (
            length is None
            and (length := attributes.quantity("m", spellings.MAP_LENGTHS, least=0)) is not None
        ):
            self.report.assumed(f"{attributes.path}.length", "the source names no unit", "read as kilometres")
        if length is None:
            length = self._apart(first, second)
        if length is not None:
            link["length"] = length
        for key in ("midpoint", "fibre", "detector", "generation", "linkmodel"):
            if (value := attributes.take(key)) is not None:
                link["link_model" if key in ("generation", "linkmodel") else key] = value
        if (attenuation := attributes.quantity("dB/m", spellings.ATTENUATIONS, least=0)) is not None:
            fibre = link.get("fibre", {})
            known = {"kind": fibre} if isinstance(fibre, str) else fibre
            if isinstance(known, Mapping):
                link["fibre"] = {**known, "attenuation": attenuation}
        return link

    def _apart(self, first: str, second: str) -> float | None:
        """The distance between two nodes whose places are known."""
        a, b = self.nodes[first], self.nodes[second]
        if "coordinates" in a and "coordinates" in b:
            return great_circle(a["coordinates"], b["coordinates"])
        if "position" in a and "position" in b:
            return planar(a["position"], b["position"])
        return None

    def _back(self, path: str, known: dict[str, Any], link: dict[str, Any]) -> None:
        """The second direction of a link of a directed graph."""
        for key, value in link.items():
            if key != "between" and known.setdefault(key, value) != value:
                self.report.changed(
                    f"{path}.{key}", value, "the other direction of the link says otherwise", "dropped"
                )

    def _parallel(self, path: str, pair: frozenset[str], known: dict[str, Any], link: dict[str, Any]) -> None:
        shorter = "length" in link and link["length"] < known.get("length", float("inf"))
        gone = known if shorter else link
        if shorter:
            self.links[pair] = link
        self.report.dropped(
            path, gone.get("length"), "two nodes have one link", "kept the shortest of the parallel edges"
        )

    def _one_way_edges(self) -> None:
        if not self.graph.is_directed():
            return
        for first, second in self.graph.edges():
            if first != second and not self.graph.has_edge(second, first):
                self.report.assumed(
                    f"edges[{self.names[first]}, {self.names[second]}]",
                    "the graph has this edge in one direction only",
                    "a link serves both directions",
                )

    def _lengths(self) -> None:
        unknown = [link for link in self.links.values() if "length" not in link]
        if unknown and self.length is None:
            shown = ", ".join("-".join(link["between"]) for link in unknown[:5]) + (
                ", ..." if unknown[5:] else ""
            )
            raise NetworkError(
                f"{self.report.source}: {len(unknown)} of {len(self.links)} links have no length, and their "
                f"nodes no place to measure it by: {shown}; give `length`, the length of such links"
            )
        for link in unknown:
            link["length"] = self.length
            first, second = link["between"]
            self.report.assumed(
                f"edges[{first}, {second}].length",
                "the source gives neither a length nor the places of both nodes",
                f"{self.length:g} m",
            )

    def _report_unread(self, path: str, attributes: Attributes) -> None:
        for key, value in attributes.rest().items():
            self.unread.setdefault((path, key), []).append(value)
