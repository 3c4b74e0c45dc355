"""Routing: which neighbour is next on the way to a destination."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from qsim.errors import NoRouteError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from qsim.model.check_context import CheckContext


class Routing(Protocol):
    """A routing policy at work."""

    def path(self, source: QuantumNode, target: QuantumNode) -> tuple[QuantumNode, ...]:
        """Nodes from source to target.

        Raises:
            NoRouteError: there is no way.
        """
        ...

    def next_hop(self, source: QuantumNode, target: QuantumNode) -> QuantumNode:
        """The neighbour of `source` that is next on the way to `target`."""
        ...


class Topology:
    """The graph of nodes and links as routing sees it.

    Args:
        nodes: all nodes, in order.
        links: all links.
    """

    def __init__(self, nodes: Mapping[str, QuantumNode], links: list[Link]) -> None:
        self.nodes = nodes
        self.links = links
        self._graphs: dict[Any, Any] = {}

    def tree(self, target: str, weight: Callable[[Link], float]) -> dict[str, str]:
        """Cheapest ways to a node: for every node that can reach it, the neighbour that is next.

        One tree serves all nodes on the way, so the hops of a request agree. End nodes are never passed
        through.
        """
        import networkx as nx

        relays = {name: node.relays or name == target for name, node in self.nodes.items()}

        def cost(u: str, _v: str, edge: Mapping[str, float]) -> float | None:
            return edge["cost"] if relays[u] else None

        nearer, _ = nx.dijkstra_predecessor_and_distance(self._graph(weight), target, weight=cost)
        return {name: next_ones[0] for name, next_ones in nearer.items() if next_ones}

    def _graph(self, weight: Callable[[Link], float]) -> Any:
        if weight not in self._graphs:
            import networkx as nx

            graph = nx.Graph()
            graph.add_nodes_from(self.nodes)
            graph.add_edges_from(
                (link.first.name, link.second.name, {"cost": weight(link)}) for link in self.links
            )
            self._graphs[weight] = graph
        return self._graphs[weight]


def fibre_length(link: Link) -> float:
    """Length of a link in metres."""
    return link.length


def one_hop(_link: Link) -> float:
    """One, for every link."""
    return 1.0


def expected_wait(link: Link) -> float:
    """Mean time to a heralded pair on one pair of memories, in seconds; the inverse of the link's rate."""
    return link.expected_wait_s()


_WEIGHTS = {"length": fibre_length, "hops": one_hop, "rate": expected_wait}


@register("routing", "shortest-path")
@dataclass(frozen=True)
class ShortestPath(Declared):
    """Dijkstra on the links; trees are computed when a node first asks."""

    weight: Annotated[
        str,
        Param(
            "what is minimised: fibre 'length', number of 'hops', or summed expected waiting time of the "
            "links ('rate')",
            choices=("length", "hops", "rate"),
        ),
    ] = "length"

    def build(self, topology: Topology) -> Routing:
        """Set the policy to work on a network."""
        return _TreeRouting(topology, _WEIGHTS[self.weight])


@register("routing", "static")
@dataclass(frozen=True)
class StaticRoutes(Declared):
    """Given paths, each valid in both directions; other pairs of nodes take the shortest path by length."""

    paths: Annotated[tuple[tuple[str, ...], ...], Param("paths as lists of node names")] = field(default=())

    def build(self, topology: Topology) -> Routing:
        """Set the policy to work on a network."""
        return _StaticRouting(topology, self.paths)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Paths that the network does not have."""
        for place, path in enumerate(self.paths):
            for position, name in enumerate(path):
                where = f"paths[{place}][{position}]"
                if name not in context.nodes:
                    yield where, f"unknown node '{name}'{nearest(name, context.nodes)}"
                elif name in path[:position]:
                    yield where, f"a path comes to each node once, got '{name}' again"
                elif 0 < position < len(path) - 1 and context.nodes[name].type == "end-node":
                    yield where, f"'{name}' is an end node, which nothing is routed through"
            for position, (before, name) in enumerate(pairwise(path), start=1):
                known = before in context.nodes and name in context.nodes
                if known and before != name and before not in context.neighbours(name):
                    yield f"paths[{place}][{position}]", f"there is no link from '{before}' to '{name}'"


class _TreeRouting:
    def __init__(self, topology: Topology, weight: Callable[[Link], float]) -> None:
        self._topology = topology
        self._weight = weight
        self._trees: dict[str, dict[str, str]] = {}

    def path(self, source: QuantumNode, target: QuantumNode) -> tuple[QuantumNode, ...]:
        return _hop_by_hop(self, source, target)

    def next_hop(self, source: QuantumNode, target: QuantumNode) -> QuantumNode:
        tree = self._trees.get(target.name)
        if tree is None:
            tree = self._trees[target.name] = self._topology.tree(target.name, self._weight)
        if source.name not in tree:
            raise NoRouteError(f"there is no path from '{source.name}' to '{target.name}'")
        return self._topology.nodes[tree[source.name]]


class _StaticRouting:
    def __init__(self, topology: Topology, paths: tuple[tuple[str, ...], ...]) -> None:
        self._fallback = _TreeRouting(topology, fibre_length)
        self._hops: dict[tuple[str, str], QuantumNode] = {}
        for path in paths:
            nodes = tuple(topology.nodes[name] for name in path)
            for way in (nodes, nodes[::-1]):
                for position in range(len(way) - 1):
                    self._hops.setdefault((way[position].name, way[-1].name), way[position + 1])

    def path(self, source: QuantumNode, target: QuantumNode) -> tuple[QuantumNode, ...]:
        return _hop_by_hop(self, source, target)

    def next_hop(self, source: QuantumNode, target: QuantumNode) -> QuantumNode:
        known = self._hops.get((source.name, target.name))
        return known if known is not None else self._fallback.next_hop(source, target)


def _hop_by_hop(routing: Routing, source: QuantumNode, target: QuantumNode) -> tuple[QuantumNode, ...]:
    """The way that a request takes, each node on it asked for the next."""
    path = [source]
    while path[-1] is not target:
        path.append(routing.next_hop(path[-1], target))
    return tuple(path)
