"""Several paths between two nodes: one after the other by cost, or together with nothing in common.

References:
    Yen, Management Science 17, 712 (1971): the paths in the order of their costs. Bhandari, Survivable
    Networks, Kluwer (1999), chapter 3: disjoint paths of least summed cost, by shortest paths in the graph
    where what is in use can be taken back at a gain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

#: Stands for an infinite cost, which sums and differences would make nonsense of.
_ENDLESS = 1e18
#: Nothing costs less than this, so that a way round in circles is never free.
_LEAST = 1e-12

Edges = Iterable[tuple[str, str, float]]


def simple_paths(
    edges: Edges, barred: Collection[str], source: str, target: str
) -> Iterator[tuple[str, ...]]:
    """All paths that meet no node twice, the cheapest first; each is worked out when it is asked for.

    Args:
        edges: pairs of names and a cost of at least 0, the same in both directions.
        barred: nodes that paths begin and end at but never lead through.
        source, target: the two ends.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from((source, target))
    shut = set(barred) - {source, target}
    for one, other, cost in edges:
        if one not in shut and other not in shut:
            graph.add_edge(one, other, cost=_finite(cost))
    if nx.has_path(graph, source, target):
        yield from map(tuple, nx.shortest_simple_paths(graph, source, target, weight="cost"))


def disjoint_paths(
    edges: Edges, barred: Collection[str], source: str, target: str, most: int, *, nodes: bool = True
) -> list[tuple[str, ...]]:
    """As many paths as wanted and possible with nothing in common, of least summed cost, the cheapest first.

    Args:
        edges, barred, source, target: as for `simple_paths`.
        most: how many are wanted.
        nodes: whether they share no node on the way; otherwise no link.

    Example:
        A cheapest path that would bar all others is given up for two that go together:

        >>> trap = [("s", "a", 1), ("a", "b", 1), ("b", "t", 1), ("s", "b", 3), ("a", "t", 3)]
        >>> disjoint_paths(trap, (), "s", "t", 2)
        [('s', 'a', 't'), ('s', 'b', 't')]
    """
    import networkx as nx

    graph, costs = _directed(edges, set(barred) - {source, target}, {source, target}, nodes)
    begin, end = (source, 1), (target, 0)
    used: set[tuple[Any, Any]] = set()
    for _ in range(most):
        if begin not in graph or end not in graph or not nx.has_path(graph, begin, end):
            break
        way = nx.bellman_ford_path(graph, begin, end, weight="cost")
        for step in pairwise(way):
            _take(graph, costs, used, step)
    return _followed(used, begin, end, costs)


def _finite(cost: float) -> float:
    return max(_LEAST, min(cost, _ENDLESS))


def _directed(
    edges: Edges, shut: set[str], ends: set[str], nodes: bool
) -> tuple[nx.DiGraph, dict[tuple[Any, Any], float]]:
    """The graph of arcs; each node has a side where ways come in (0) and one where they go out (1).

    Where nodes may be shared, the two sides of a node on the way are one.
    """
    import networkx as nx

    costs: dict[tuple[Any, Any], float] = {}
    met: dict[str, None] = {}
    inward, outward = (0, 1) if nodes else (2, 2)
    for one, other, cost in edges:
        if one in shut or other in shut:
            continue
        for near, far in ((one, other), (other, one)):
            out = (near, 1 if near in ends else outward)
            costs[out, (far, 0 if far in ends else inward)] = _finite(cost)
            met[near] = None
    if nodes:
        costs.update((((name, 0), (name, 1)), _LEAST) for name in met if name not in ends)
    graph = nx.DiGraph()
    for (near, far), cost in costs.items():
        graph.add_edge(near, far, cost=cost)
    return graph, costs


def _take(
    graph: nx.DiGraph, costs: dict[tuple[Any, Any], float], used: set[tuple[Any, Any]], step: tuple[Any, Any]
) -> None:
    """Use an arc: it can be taken back at a gain from now on. One taken back is free again."""
    near, far = step
    back = far, near
    if back in used:
        used.discard(back)
        graph.remove_edge(near, far)
        graph.add_edge(far, near, cost=costs[back])
        if step in costs:
            graph.add_edge(near, far, cost=costs[step])
        return
    used.add(step)
    graph.remove_edge(near, far)
    graph.add_edge(far, near, cost=-costs[step])


def _followed(
    used: set[tuple[Any, Any]], begin: Any, end: Any, costs: dict[tuple[Any, Any], float]
) -> list[tuple[str, ...]]:
    """The paths that arcs in use make up, the cheapest first."""
    onward: dict[Any, list[Any]] = {}
    for near, far in sorted(used):
        onward.setdefault(near, []).append(far)
    paths = []
    while onward.get(begin):
        way, cost = [begin], 0.0
        while way[-1] != end:
            following = onward[way[-1]].pop(0)
            cost += costs[way[-1], following]
            way.append(following)
        paths.append((cost, tuple(dict.fromkeys(name for name, _ in way))))
    return [path for _, path in sorted(paths)]
