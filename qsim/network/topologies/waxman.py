"""Random networks in which near nodes are more likely to be linked."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from qsim.model.distance import planar
from qsim.network.topologies.base import Topology, bounded, numbered
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        draws = random.Random(self.seed)
        places = np.array(
            [[draws.uniform(0, self.size), draws.uniform(0, self.size)] for _ in range(bounded(self.nodes))]
        )
        pairs = self._drawn(places, draws)
        pairs = np.concatenate([pairs, _joints(pairs, places)])
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        names = numbered(self.prefix, self.nodes)
        at = places.tolist()
        nodes: dict[str, dict[str, Any]] = {
            name: {"position": place} for name, place in zip(names, at, strict=True)
        }
        links = [{"between": [names[a], names[b]], "length": planar(at[a], at[b])} for a, b in pairs.tolist()]
        return Topology(nodes, links)

    def _drawn(self, places: NDArray[np.float64], draws: random.Random) -> NDArray[np.intp]:
        """The pairs of nodes that are linked by chance, shape (links, 2), the smaller index first.

        One draw for each pair of nodes in order, from where the positions have left the stream, so that the
        networks are those of NetworkX's `waxman_graph`.
        """
        _, state, _ = draws.getstate()
        stream = np.random.RandomState()
        stream.set_state(("MT19937", np.array(state[:-1], dtype=np.uint32), state[-1], 0, 0.0))
        reach = self.alpha * _extent(places)
        found = []
        for index in range(len(places) - 1):
            drawn = stream.random_sample(len(places) - 1 - index)
            linked = np.flatnonzero(drawn < self.beta)
            chance = self.beta * np.exp(-_distances(places[index + 1 + linked], places[index]) / reach)
            linked = linked[drawn[linked] < chance]
            found.append(np.stack([np.full_like(linked, index), index + 1 + linked], axis=1))
        return np.concatenate(found)


def _distances(places: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances of places from one place, m."""
    across = places - place
    distances: NDArray[np.float64] = np.hypot(across[:, 0], across[:, 1])
    return distances


def _extent(places: NDArray[np.float64]) -> float:
    """The greatest distance between two places, m."""
    radius = _distances(places, (places.min(axis=0) + places.max(axis=0)) / 2)
    least = _distances(places, places[radius.argmax()]).max()
    # Of the two places farthest apart neither is nearer to the centre than this, by the triangle inequality.
    outer = places[radius >= (least - radius.max()) * (1 - 1e-9)]
    return max(float(_distances(outer, place).max()) for place in outer)


def _joints(pairs: NDArray[np.intp], places: NDArray[np.float64]) -> NDArray[np.intp]:
    """The shortest links that make one network of the pieces of a graph, shape (links, 2).

    A minimum spanning tree grown node by node (Prim), where what is linked already is no distance apart.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(places)
    linked = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, piece = connected_components(linked, directed=False)
    joints = []
    nearest = np.zeros(size, dtype=np.intp)
    distance = np.full(size, np.inf)
    new = np.flatnonzero(piece == piece[0])
    outside = piece != piece[0]
    for _ in range(count - 1):
        for index in new:
            across = _distances(places, places[index])
            closer = across < distance
            nearest[closer], distance[closer] = index, across[closer]
        there = int(np.where(outside, distance, np.inf).argmin())
        joints.append(sorted((int(nearest[there]), there)))
        new = np.flatnonzero(piece == piece[there])
        outside[new] = False
    return np.array(joints, dtype=np.intp).reshape(-1, 2)
