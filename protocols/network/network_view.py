"""The network as routing and reservation see it: nodes, links, and what has been promised."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from protocols.grown import Grown
from protocols.network.calendar import WHOLE, Calendar
from qsim.errors import NetworkError, NoRouteError
from qsim.model.reachability import Reachability
from qsim.model.shortest_paths import LinkGraph

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Flow, Request


class NetworkView:
    """What a routing policy may look at.

    It is as good as a controller's that hears of every promise at once.

    Args:
        nodes, links: as the attributes.
        graphs: what is known of the weights of links before anybody asks; their ways are then shared.

    Attributes:
        nodes: all nodes, in order.
        links: all links, those that cross nodes without memories included.
        calendars: what each node has promised, by node; made when they are first asked for.
        flows: requests that hold promises at their initiator, by number.
    """

    def __init__(
        self,
        nodes: Mapping[str, QuantumNode],
        links: Sequence[Link],
        graphs: Mapping[Callable[[Link], float], LinkGraph],
    ) -> None:
        self.nodes = nodes
        self.links = links
        self.calendars: Grown[QuantumNode, Calendar] = Grown(lambda _: Calendar())
        self.flows: dict[int, Flow] = {}
        self._between: dict[tuple[int, int], tuple[Link, ...]] = {}
        for link in links:
            ends = _ends(link.first, link.second)
            self._between[ends] = (*self._between.get(ends, ()), link)
        self._graphs = dict(graphs)

    @cached_property
    def barred(self) -> frozenset[str]:
        """Names of the nodes that paths begin and end at but never lead through."""
        return frozenset(name for name, node in self.nodes.items() if not node.spec.relays)

    def weighed(self, weight: Callable[[Link], float]) -> list[tuple[str, str, float]]:
        """Names of the two ends and the weight of the cheapest link for all neighbours."""
        return [
            (links[0].first.name, links[0].second.name, min(map(weight, links)))
            for links in self._between.values()
        ]

    def between(self, one: QuantumNode, other: QuantumNode) -> Sequence[Link]:
        """The links between two nodes, in order; none where they are no neighbours."""
        return self._between.get(_ends(one, other), ())

    @cached_property
    def reach(self) -> Reachability:
        """Which nodes a path can join."""
        neighbours: dict[str, list[str]] = {name: [] for name in self.nodes}
        for link in self.links:
            neighbours[link.first.name].append(link.second.name)
            neighbours[link.second.name].append(link.first.name)
        routers = [name for name, node in self.nodes.items() if node.spec.relays]
        return Reachability(routers, neighbours.__getitem__)

    def free(self, node: QuantumNode, start: int, end: int) -> int:
        """How many memories (or stations) of a node are promised to nobody in a window, given in ps."""
        calendar = self.calendars[node]
        free = len(calendar.free(range(node.places), start, end))
        return min(free, calendar.room(start, end)) if WHOLE in calendar.limits else free

    def load(self, link: Link, start: int, end: int) -> int:
        """Memories at each end promised in a window, given in ps, to flows over a link or its station."""
        return sum(
            flow.request.memories
            for flow in self.flows.values()
            if flow.request.start <= end
            and start <= flow.request.end
            and any(used.station is link.station for used in flow.links)
        )

    def shortest(
        self, source: QuantumNode, target: QuantumNode, weight: Callable[[Link], float]
    ) -> tuple[QuantumNode, ...]:
        """The path of least summed weight; end nodes are never passed through.

        Weights are asked for once in a simulation for each function; one tree serves all nodes on the way, so
        the rest of a path is the path of each node on it. A weight that changes goes with `cheapest`.

        Raises:
            NoRouteError: there is none.
        """
        if weight not in self._graphs:
            self._graphs[weight] = self._graph(weight)
        return self._followed(self._graphs[weight], source, target)

    def cheapest(
        self, source: QuantumNode, target: QuantumNode, weight: Callable[[Link], float]
    ) -> tuple[QuantumNode, ...]:
        """As `shortest`, with the weights as they are now.

        Raises:
            NoRouteError: there is none.
        """
        return self._followed(self._graph(weight), source, target)

    def avoids(self, path: Sequence[QuantumNode], avoid: Collection[Hashable]) -> bool:
        """Whether a path keeps away from some links and nodes."""
        return not any(node in avoid for node in path) and all(
            any(link not in avoid for link in self.between(near, far)) for near, far in pairwise(path)
        )

    def detour(
        self, source: QuantumNode, target: QuantumNode, avoid: Collection[Hashable]
    ) -> tuple[QuantumNode, ...] | None:
        """The path of least fibre that keeps away from some links and nodes; None where there is none."""
        if source in avoid or target in avoid:
            return None
        links = (link for link in self.links if link not in avoid)
        graph = LinkGraph(
            ((link.first.name, link.second.name, link.length) for link in links),
            {name for name, node in self.nodes.items() if not node.spec.relays or node in avoid},
        )
        way = graph.way(source.name, target.name)
        return None if way is None else tuple(self.nodes[name] for name in way)

    def links_along(self, path: Sequence[QuantumNode], request: Request) -> tuple[Link, ...]:
        """The links of a path: of several between two nodes the least loaded in the request's window.

        Raises:
            NetworkError: the path is none for the request.
        """
        names = " - ".join(node.name for node in path)
        if len(set(path)) < len(path) or (path[0], path[-1]) != (request.initiator, request.responder):
            raise NetworkError(
                f"routing gave the path {names} from '{request.initiator.name}' to "
                f"'{request.responder.name}'; it must lead from the one to the other and meet no node twice"
            )
        links = []
        for near, far in pairwise(path):
            known = self.between(near, far)
            if request.avoid:
                known = [link for link in known if link not in request.avoid]
            if not known or (far is not path[-1] and not far.spec.relays):
                fault = "relays nothing" if known else f"has no link with '{near.name}'"
                raise NetworkError(f"routing gave the path {names}, but '{far.name}' {fault}")
            links.append(
                known[0]
                if len(known) == 1
                else min(known, key=lambda link: self.load(link, request.start, request.end))
            )
        return tuple(links)

    def _followed(
        self, graph: LinkGraph, source: QuantumNode, target: QuantumNode
    ) -> tuple[QuantumNode, ...]:
        way = graph.way(source.name, target.name)
        if way is None:
            raise NoRouteError(f"there is no path from '{source.name}' to '{target.name}'")
        return tuple(self.nodes[name] for name in way)

    def _graph(self, weight: Callable[[Link], float]) -> LinkGraph:
        return LinkGraph(self.weighed(weight), self.barred)


def _ends(one: QuantumNode, other: QuantumNode) -> tuple[int, int]:
    """What links between two nodes go by, whichever is their first: the places of both in the network."""
    return (one.index, other.index) if one.index < other.index else (other.index, one.index)
