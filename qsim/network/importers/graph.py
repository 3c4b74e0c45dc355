"""NetworkX graphs, and the graphs found in GraphML and GML files.

`qsim.network.importers.attributes` tells which attributes are read.

An edge without a length is as long as its ends are apart (`map_lengths`); numbers without a unit are read as
makes sense of them (`bare_numbers`, `places`). Both are reported. In a directed graph the two directions of a
link are one link; their delays may differ. Of parallel edges the shortest stays, and an edge from a node to
itself goes; both are reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from qsim import registry
from qsim.errors import NetworkError
from qsim.model.specs import FORMAT
from qsim.network.importers import attributes as spellings
from qsim.network.importers import delay_channels, places
from qsim.network.importers.attributes import Attributes
from qsim.network.importers.bare_numbers import (
    CANDIDATES,
    Sense,
    attenuation_sense,
    best_unit,
    delay_sense,
    length_sense,
)
from qsim.network.importers.map_lengths import MapLengths, judge_attenuation, judge_delay
from qsim.network.loss_report import Conversion, LossReport
from qsim.network.topologies.base import Topology

if TYPE_CHECKING:
    import networkx as nx

#: Length of a link of which nothing is known, m, where a conversion must go on.
FALLBACK_LENGTH: Final = 10e3
#: Simulated time of a converted scenario whose source names none, s.
FALLBACK_DURATION: Final = 1.0


def convert(
    graph: nx.Graph,
    *,
    source: str = "<graph>",
    length: float | str | None = FALLBACK_LENGTH,
    least_length: float | str | None = None,
    name: str = "",
    report: LossReport | None = None,
) -> Conversion:
    """Make a scenario document of a graph.

    Args:
        graph: any NetworkX graph.
        source: what to call the graph in the report and in errors.
        length: length of links that have none and cannot be measured, m; None makes that an error.
        least_length: shorter links, such as those between nodes that share a place, become so long, m; None
            leaves them as they are.
        name: name of the scenario.
        report: what the reader of the file has found already.

    Raises:
        NetworkError: see `fragments`.
    """
    topology = fragments(graph, source=source, length=length, least_length=least_length, report=report)
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


def fragments(
    graph: nx.Graph,
    *,
    source: str = "<graph>",
    length: float | str | None = None,
    least_length: float | str | None = None,
    report: LossReport | None = None,
) -> Topology:
    """Make nodes, links and classical delays of a graph.

    Args:
        graph: any NetworkX graph.
        source: what to call the graph in the report and in errors.
        length: length of links that have none and cannot be measured, m; None makes that an error.
        least_length: shorter links become so long, m; None leaves them as they are.
        report: what the reader of the file has found already.

    Raises:
        NetworkError: the graph has no nodes, or a link has no length and `length` is None.
    """
    from qsim import units

    usual, least = (None if given is None else units.parse(given, "m") for given in (length, least_length))
    if least is not None and not least >= 0:
        raise NetworkError(f"{source}: `least_length` must be 0 m or more, got {least_length}")
    if len(graph) == 0:
        raise NetworkError(f"{source}: the graph has no nodes")
    return _Reader(graph, report or LossReport(source), usual, least).read()


class _Reader:
    """Reads one graph."""

    def __init__(self, graph: nx.Graph, report: LossReport, usual: float | None, least: float | None) -> None:
        self.graph = graph
        self.report = report
        self.lengths = MapLengths(report, usual, least)
        self.names: dict[Any, str] = {}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.links: dict[frozenset[str], dict[str, Any]] = {}
        self.delays: dict[tuple[str, str], float] = {}
        self.unread: dict[tuple[str, str], list[Any]] = {}
        self.positions: dict[str, places.Position] = {}
        self.edges: list[tuple[str, str, Attributes]] = []

    def read(self) -> Topology:
        self._name_nodes()
        for identifier, attributes in self.graph.nodes(data=True):
            self._node(self.names[identifier], attributes)
        self.edges = list(self._edges())
        places.settle(self.nodes, self.positions, self._told_lengths(), self.report)
        self._placeless()
        units = tuple(
            {name: self._unit(name, usual) for name, usual in names.items()}
            for names in (spellings.LENGTHS, spellings.ATTENUATIONS)
        )
        self._read_delays([self._edge(*edge, units) for edge in self.edges])
        self._one_way_edges()
        self.lengths.fill(list(self.links.values()), self._unreadable_lengths())
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
            if key in given and given[key] in registry.names("node"):
                entry["kind"] = attributes.take(key)
        if (place := spellings.coordinates(attributes)) is not None:
            entry["coordinates"] = place
        if (position := spellings.position(attributes)) is not None:
            self.positions[name] = position
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

    def _edges(self) -> Iterator[tuple[str, str, Attributes]]:
        for first, second, given in self.graph.edges(data=True):
            near, far = self.names[first], self.names[second]
            path = f"edges[{near}, {far}]"
            if first == second:
                self.report.dropped(path, None, "a node cannot be linked to itself", "left out")
            else:
                yield near, far, Attributes(given, path, self.report)

    def _told_lengths(self) -> Iterator[tuple[str, str, float]]:
        """Lengths that tell their unit, by it, by their name, or by what is usual in published maps."""
        for first, second, attributes in self.edges:
            unsure = [name for name in ("length", "distance") if attributes.bare(name) is not None]
            sure = {name: unit for name, unit in spellings.LENGTHS.items() if name not in unsure}
            length = attributes.peek("m", sure)
            if length is not None:
                yield first, second, length

    def _unit(self, name: str, usual: str) -> str:
        """The unit of bare numbers under a name of lengths or losses."""
        return best_unit(CANDIDATES[name], self._senses(name)) if name in CANDIDATES else usual

    def _senses(self, name: str) -> Iterator[Sense]:
        """The bare lengths and losses under a name, and where they make sense."""
        for first, second, attributes in self.edges:
            if (value := attributes.bare(name)) is None:
                continue
            if name == "attenuation":
                yield attenuation_sense(value)
            elif apart := places.apart(self.nodes[first], self.nodes[second]):
                yield length_sense(value, apart)

    def _edge(
        self, first: str, second: str, attributes: Attributes, units: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        link = self._link(first, second, attributes, units)
        pair = frozenset((first, second))
        known = self.links.get(pair)
        if known is None:
            self.links[pair] = link
        elif self.graph.is_directed() and known["between"] == [second, first]:
            self._back(attributes.path, known, link)
        else:
            self._parallel(attributes.path, pair, known, link)
        return link

    def _link(
        self, first: str, second: str, attributes: Attributes, units: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        link: dict[str, Any] = {"between": [first, second]}
        given = attributes.quantity("m", units[0], least=0)
        if given is None:
            given = spellings.labelled_length(attributes)
        apart = places.apart(self.nodes[first], self.nodes[second])
        globe = "coordinates" in self.nodes[first]
        if (length := self.lengths.of(attributes.path, given, apart, globe=globe)) is not None:
            link["length"] = length
        for key in ("midpoint", "fibre", "detector", "generation", "linkmodel"):
            if (value := attributes.take(key)) is not None:
                link["link_model" if key in ("generation", "linkmodel") else key] = value
        if (attenuation := attributes.quantity("dB/m", units[1], least=0)) is not None:
            judge_attenuation(self.report, attributes.path, attenuation)
            fibre = link.get("fibre", {})
            known = {"kind": fibre} if isinstance(fibre, str) else fibre
            if isinstance(known, Mapping):
                link["fibre"] = {**known, "attenuation": attenuation}
        return link

    def _read_delays(self, links: Sequence[Mapping[str, Any]]) -> None:
        """Read the delays of edges, which the lengths of their links help to understand."""
        read = list(zip(self.edges, links, strict=True))
        units = dict(spellings.DELAYS)
        for name in units.keys() & CANDIDATES.keys():
            senses = (
                delay_sense(value, link["length"])
                for (*_, attributes), link in read
                if (value := attributes.bare(name)) is not None and link.get("length")
            )
            units[name] = best_unit(CANDIDATES[name], senses)
        for (first, second, attributes), link in read:
            delay = attributes.quantity("s", units, least=0)
            if delay is not None and (first, second) not in self.delays:
                self.delays[first, second] = delay
                judge_delay(self.report, attributes.path, delay, link.get("length"))
            self._report_unread("edges[*]", attributes)

    def _unreadable_lengths(self) -> dict[frozenset[str], str]:
        """What edges say under the names of lengths, where it cannot be read."""
        return {
            frozenset((first, second)): said
            for first, second, attributes in self.edges
            if (said := attributes.refused(spellings.LENGTHS))
        }

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

    def _report_unread(self, path: str, attributes: Attributes) -> None:
        for key, value in attributes.rest().items():
            if key == "graph" and isinstance(value, Mapping):
                self.report.dropped(
                    f"{attributes.path}.graph", None, "a graph within a node or edge", "left out"
                )
                continue
            self.unread.setdefault((path, key), []).append(value)
