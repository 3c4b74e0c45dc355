"""From the specification of a network to its nodes, stations, links and delays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hardware.classical import ClassicalChannel, ClassicalNetwork
from hardware.link import Link
from hardware.node import EndNode, QuantumNode, Router
from hardware.station import HeraldingStation

if TYPE_CHECKING:
    from protocols.context import Context
    from qsim.model.specs import ClassicalSpec, DelayTable, LinkSpec, NodeSpec, ScenarioSpec

_NODE_CLASSES: dict[str, type[QuantumNode]] = {"router": Router, "end-node": EndNode}


def build_classical(context: Context, scenario: ScenarioSpec, lengths: FibreMap) -> ClassicalNetwork:
    """The classical network of a scenario, heralding stations included."""
    spec = scenario.classical
    channel = ClassicalChannel(spec.speed, spec.processing, spec.transmission, spec.loss, spec.retransmission)
    given = _given_delays(spec)
    network = ClassicalNetwork(context.sim, channel, given, lengths.distance)
    for link in scenario.links:
        _connect_station(network, given, link, spec)
    return network


def build_nodes(
    context: Context, specs: tuple[NodeSpec, ...], classical: ClassicalNetwork
) -> dict[str, QuantumNode]:
    """The nodes of a scenario, in order, by name."""
    return {
        spec.name: _NODE_CLASSES[spec.type](
            context.sim, spec.name, classical, spec.memory, spec.processor, index
        )
        for index, spec in enumerate(specs)
    }


def build_link(
    context: Context, spec: LinkSpec, nodes: Mapping[str, QuantumNode], classical: ClassicalNetwork
) -> Link:
    """One link with its station."""
    first, second = (nodes[name] for name in spec.between)
    station = HeraldingStation(
        context.sim, station_name(spec.between), classical, spec.detector, spec.fibre.slot_ps()
    )
    if context.detail == "photon":
        station.switch_on()
    return Link(spec, first, second, station, context.formalism)


def station_name(between: tuple[str, str]) -> str:
    """Name of the heralding station between two nodes."""
    return f"{between[0]}|{between[1]}"


class FibreMap:
    """The fibre graph of a scenario: lengths along shortest paths, worked out when asked.

    Args:
        scenario: the scenario.
    """

    def __init__(self, scenario: ScenarioSpec) -> None:
        self._scenario = scenario
        self._graph: object = None

    def distance(self, source: str, target: str) -> float | None:
        """Fibre distance in metres between two nodes along the shortest path; None where there is no path."""
        import networkx as nx

        if self._graph is None:
            graph = nx.Graph()
            graph.add_nodes_from(node.name for node in self._scenario.nodes)
            graph.add_edges_from((*link.between, {"length": link.length}) for link in self._scenario.links)
            self._graph = graph
        try:
            # Most messages go to near nodes: a search from both ends looks at little of a large network.
            length: float = nx.bidirectional_dijkstra(self._graph, source, target, weight="length")[0]
        except nx.NetworkXNoPath:
            return None
        return length


def _given_delays(spec: ClassicalSpec) -> dict[tuple[str, str], float]:
    """Propagation delays in seconds that the scenario states; explicit channels win over tables."""
    given: dict[tuple[str, str], float] = {}
    if spec.round_trip is not None:
        given.update(_table(spec.round_trip, halved=True))
    if spec.one_way is not None:
        given.update(_table(spec.one_way, halved=False))
    for channel in spec.channels:
        a, b = channel.between
        given[a, b] = given[b, a] = channel.delay
    return given


def _table(table: DelayTable, halved: bool) -> dict[tuple[str, str], float]:
    delays: dict[tuple[str, str], float] = {}
    for i, a in enumerate(table.nodes):
        for j, b in enumerate(table.nodes):
            if i != j:
                there, back = table.table[i][j], table.table[j][i]
                delays[a, b] = (there + back) / 4 if halved else there
    return delays


def _connect_station(
    network: ClassicalNetwork, given: dict[tuple[str, str], float], link: LinkSpec, spec: ClassicalSpec
) -> None:
    station = station_name(link.between)
    first, second = link.between
    shares = link.midpoint, 1 - link.midpoint
    for node, other, share in ((first, second, shares[0]), (second, first, shares[1])):
        if link.station_delay is not None:
            delay = link.station_delay
        elif spec.station == "half":
            delay = network.propagation(node, other) / 2
        else:
            delay = link.length * share / spec.speed
        given[node, station] = given[station, node] = delay
