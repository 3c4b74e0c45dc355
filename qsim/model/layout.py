"""Where nodes stand on a map: where the scenario puts them, or worked out from the links."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

    from qsim.model.outcome import RunOutcome

Place = tuple[float, float]

#: Nodes up to which a layout by stress is quick, and up to which one by forces is.
_FINE, _MOST = 100, 2000


def arranged(names: Sequence[str], links: Sequence[tuple[str, str]]) -> list[Place]:
    """A place for each node, worked out from the links; the same from call to call.

    A chain lies straight, or turns back and forth when it is long. Networks of more than 2000 nodes are set
    in rows.

    Args:
        names: of the nodes.
        links: names of the two ends of each.

    Returns:
        x and y in no unit, in the order of the names.
    """
    import networkx as nx

    if len(names) < 2:
        return [(0.0, 0.0)] * len(names)
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(link for link in links if link[0] != link[1])
    ends = [node for node, degree in graph.degree if degree == 1]
    if len(ends) == 2 and max(degree for _, degree in graph.degree) <= 2 and nx.is_connected(graph):
        order = dict(zip(nx.dfs_preorder_nodes(graph, ends[0]), _rows(len(names)), strict=True))
        return [order[name] for name in names]
    if len(names) > _MOST:
        return _rows(len(names))
    found = nx.kamada_kawai_layout(graph) if len(names) <= _FINE else _by_forces(graph)
    return _lying([found[name] for name in names])


def _lying(found: Sequence[Sequence[float]]) -> list[Place]:
    """Places turned about their middle so that they spread most from left to right."""
    import numpy as np

    points = np.array(found)
    points -= points.mean(0)
    (xx, xy), (_, yy) = points.T @ points
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return [(float(x), float(y)) for x, y in points @ turn]


def _rows(count: int) -> list[Place]:
    """A line that turns back and forth; a short one is straight."""
    width = count if count <= 12 else math.ceil(math.sqrt(1.6 * count))
    return [
        (
            float(place % width if place // width % 2 == 0 else width - 1 - place % width),
            float(place // width),
        )
        for place in range(count)
    ]


def _by_forces(graph: nx.Graph) -> dict[str, Any]:
    """Attraction and repulsion, from a start that unfolds the network.

    The start is classical scaling of the distances in links (Torgerson, Psychometrika 17, 401 (1952)); a
    random one leaves a grid folded. A little noise tells apart nodes that it puts at one place.
    """
    import networkx as nx
    import numpy as np
    from scipy.sparse.csgraph import shortest_path

    distances = shortest_path(nx.to_scipy_sparse_array(graph, weight=None), directed=False, unweighted=True)
    known = np.isfinite(distances)
    squared = np.where(known, distances, distances[known].max() + 2) ** 2
    centred = -0.5 * (squared - squared.mean(0) - squared.mean(1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(centred)
    start = 10 * vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))
    start += np.random.default_rng(0).normal(size=start.shape)
    found: dict[str, Any] = nx.forceatlas2_layout(
        graph, pos=dict(zip(graph, start, strict=True)), max_iter=50, seed=0
    )
    return found


#: Mean radius of the Earth, m.
_EARTH = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of nodes.

    Attributes:
        places: (x, y) by name; metres, or arbitrary where a layout chose them.
        axes: words for the two axes; None where the places mean nothing.
    """

    places: Mapping[str, tuple[float, float]]
    axes: tuple[str, str] | None


def layout(result: RunOutcome) -> Layout:
    """The places of the nodes of a run, as `placed` says."""
    ends = (end for link in result.links for end in (link.a, link.b))
    names = list(dict.fromkeys((*(row.node for row in result.memories), *ends)))
    return placed(names, [(link.a, link.b) for link in result.links], result.document.get("nodes", {}))


def placed(names: Sequence[str], links: Sequence[tuple[str, str]], nodes: Any) -> Layout:
    """The places of nodes.

    Planar positions when every node has one; else geographic coordinates when every node has them, projected
    with the scale of their mean latitude; else a layout of the links that does not change from call to call.

    Args:
        names: of the nodes.
        links: names of the two ends of each.
        nodes: what a document says of each node, by name; in SI.
    """
    said = nodes if isinstance(nodes, Mapping) else {}
    for key, place, words in (
        ("position", dict, ("x", "y")),
        ("coordinates", _projected, ("east", "north")),
    ):
        found: dict[str, Any] = {name: (said.get(name) or {}).get(key) for name in names}
        if names and all(value is not None for value in found.values()):
            return Layout(place({name: (value[0], value[1]) for name, value in found.items()}), words)
    return Layout(dict(zip(names, arranged(names, links), strict=True)), None)


def _projected(coordinates: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Metres east and north of the middle."""
    count = len(coordinates)
    latitude = sum(place[0] for place in coordinates.values()) / count
    # Longitudes are taken from the first node, the short way round.
    first = next(iter(coordinates.values()))[1]
    turned = {name: (place[1] - first + 180) % 360 - 180 for name, place in coordinates.items()}
    middle = sum(turned.values()) / count
    return {
        name: (
            _EARTH * cos(radians(latitude)) * radians(turned[name] - middle),
            _EARTH * radians(place[0] - latitude),
        )
        for name, place in coordinates.items()
    }
