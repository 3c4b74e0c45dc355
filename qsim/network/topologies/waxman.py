"""Random networks in which near nodes are more likely to be linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from qsim.model.distance import planar
from qsim.network.topologies.base import Topology, bounded, numbered
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    import networkx as nx


@register("topology", "waxman")
@dataclass(frozen=True)
class Waxman(Declared):
    """A random network on a square: two nodes d apart are linked with probability beta exp(-d / (alpha L)).

    L is the greatest distance between two of the nodes. Positions are uniform on the square, and every link
    is as long as its nodes are apart. A draw that falls into pieces is joined by the shortest links that do
    so (the minimum spanning tree over the pieces), so that the network is always connected; a draw that is
    connected is left as it is. The same parameters always make the same network.

    References:
        B. M. Waxman, Routing of multipoint connections, IEEE J. Sel. Areas Commun. 6, 1617 (1988).
    """

    nodes: Annotated[int, Param("number of nodes", ge=2)]
    size: Annotated[float, Param("side of the square", unit="m", gt=0)]
    alpha: Annotated[float, Param("reach of links, as a share of the greatest distance", gt=0)] = 0.1
    beta: Annotated[float, Param("probability of a link between nodes at one place", gt=0, le=1)] = 0.4
    seed: Annotated[int, Param("seed of positions and links", ge=0)] = 0
    prefix: Annotated[str, Param("text before the index in a node's name")] = "n"

    def expand(self, base: Path | None) -> Topology:
        import networkx as nx

        graph = nx.waxman_graph(
            bounded(self.nodes),
            beta=self.beta,
            alpha=self.alpha,
            domain=(0, 0, self.size, self.size),
            seed=self.seed,
        )
        places = [graph.nodes[index]["pos"] for index in range(self.nodes)]
        graph.add_edges_from(_joints(graph, places))
        names = numbered(self.prefix, self.nodes)
        nodes: dict[str, dict[str, Any]] = {
            name: {"position": list(place)} for name, place in zip(names, places, strict=True)
        }
        links = [
            {"between": [names[a], names[b]], "length": planar(places[a], places[b])}
            for a, b in sorted(graph.edges)
        ]
        return Topology(nodes, links)


def _joints(graph: nx.Graph, places: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """The shortest links that make one network of the pieces of a graph."""
    import networkx as nx

    if nx.is_connected(graph):
        return []
    pieces = nx.utils.UnionFind(graph)
    for a, b in graph.edges:
        pieces.union(a, b)
    joints = []
    for a, b in sorted(combinations(graph, 2), key=lambda pair: planar(places[pair[0]], places[pair[1]])):
        if pieces[a] != pieces[b]:
            pieces.union(a, b)
            joints.append((a, b))
    return joints
