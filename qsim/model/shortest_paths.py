"""Shortest ways through a network of links, worked out as far as somebody asks.

A search begins at a target and grows outwards. It stops at the node that was asked for and goes on from there
when a farther one is, so that near nodes cost little in a network of any size.

References:
    Dijkstra, Numerische Mathematik 1, 269 (1959).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from heapq import heappop, heappush
from math import inf

#: Ways that a node is remembered to lie on.
_MOST_WAYS = 8
#: Nodes that all searches of one graph together may reach, beyond which the oldest search is forgotten.
_MOST_REACHED = 2_000_000


class LinkGraph:
    """Nodes and the cost of the links between them; both directions cost the same.

    Args:
        links: pairs of names and a cost of at least 0; of links between the same nodes the cheapest counts.
        barred: nodes that ways begin and end at but never lead through.
    """

    def __init__(
        self, links: Iterable[tuple[str, str, float]], barred: Collection[str] = frozenset()
    ) -> None:
        self._costs: dict[str, dict[str, float]] = {}
        for one, other, cost in links:
            there = self._costs.setdefault(one, {})
            if cost < there.get(other, inf) or other not in there:
                there[other] = cost
                self._costs.setdefault(other, {})[one] = cost
        self._barred = frozenset(barred)
        self._searches: dict[str, _Search] = {}
        self._ways: dict[tuple[str, str], _Way] = {}
        self._on: dict[str, dict[tuple[str, str], _Way]] = {}
        self._remembered = 0

    def distance(self, source: str, target: str) -> float | None:
        """Summed cost of the cheapest way between two nodes; None where there is none."""
        for one, other in ((source, target), (target, source)):
            known = self._searches.get(one)
            if known is not None and other in known.costs:
                return known.costs[other]
        there = self._on.get(target, {})
        for ends, way in self._on.get(source, {}).items():
            if ends in there:
                return way.cost(source, target)
        search = self._search(target)
        return search.costs[source] if search.reach(source) else None

    def way(self, source: str, target: str) -> tuple[str, ...] | None:
        """The nodes on the cheapest way, both ends among them; None where there is none.

        Every part of it is a cheapest way, so `distance` between two nodes on it is a sum, not a search.
        """
        known = self._ways.get((source, target))
        if known is not None:
            return known.nodes
        search = self._search(target)
        if not search.reach(source):
            return None
        nodes = [source]
        while nodes[-1] != target:
            nodes.append(search.nearer[nodes[-1]])
        if self._remembered > _MOST_REACHED:
            self._ways.clear()
            self._on.clear()
            self._remembered = 0
        self._remembered += len(nodes)
        made = self._ways[source, target] = _Way(tuple(nodes), self._costs)
        for node in nodes:
            through = self._on.setdefault(node, {})
            through[source, target] = made
            if len(through) > _MOST_WAYS:
                del through[next(iter(through))]
        return made.nodes

    def following(self, source: str, target: str) -> str | None:
        """The next node on the cheapest way to a target; None where there is none.

        Of ways that cost the same, the one whose next node the search from the target has met first.
        """
        search = self._search(target)
        return search.nearer[source] if search.reach(source) else None

    def _search(self, target: str) -> _Search:
        search = self._searches.get(target)
        if search is None:
            if len(self._searches) * len(self._costs) > _MOST_REACHED:
                del self._searches[next(iter(self._searches))]
            search = self._searches[target] = _Search(self._costs, self._barred, target)
        return search


class _Way:
    """A cheapest way.

    Attributes:
        nodes: on it, in order.
    """

    __slots__ = ("_costs", "_places", "_sums", "nodes")

    def __init__(self, nodes: tuple[str, ...], costs: dict[str, dict[str, float]]) -> None:
        self.nodes = nodes
        self._costs = costs
        self._places = {node: place for place, node in enumerate(nodes)}
        self._sums: dict[tuple[str, int], list[float]] = {}

    def cost(self, source: str, target: str) -> float:
        """Cost between two nodes of the way, added up from the target outwards, as a search does."""
        end = self._places[target]
        far = self._places[source] - end
        step = 1 if far > 0 else -1
        sums = self._sums.setdefault((target, step), [0.0])
        while len(sums) <= abs(far):
            here = end + step * len(sums)
            sums.append(sums[-1] + self._costs[self.nodes[here - step]][self.nodes[here]])
        return sums[abs(far)]


class _Search:
    """What is known of the ways to one target.

    Nodes that have been seen wait in the order of their costs, and of equal costs in the order in which they
    were seen: a list for each cost, since in a network of links of one length very many cost the same.

    Attributes:
        costs: of the nodes reached, in the order of their costs.
        nearer: for nodes seen, the next node on the way.
    """

    __slots__ = ("_barred", "_level", "_levels", "_links", "_seen", "_waiting", "costs", "nearer")

    def __init__(self, links: dict[str, dict[str, float]], barred: frozenset[str], target: str) -> None:
        self._links = links
        self._barred = barred - {target}
        self._levels = [0.0]
        self._waiting: dict[float, list[str]] = {0.0: [target]}
        self._level: Iterator[str] = iter(self._waiting[0.0])
        self._seen: dict[str, float] = {target: 0.0}
        self.costs: dict[str, float] = {}
        self.nearer: dict[str, str] = {target: target}

    def reach(self, node: str) -> bool:
        """Go on until a node is reached; False when no way leads there."""
        costs, seen, nearer = self.costs, self._seen, self.nearer
        if node in costs:
            return True
        links, barred, levels, waiting = self._links, self._barred, self._levels, self._waiting
        while levels:
            cost = levels[0]
            # A link that costs nothing adds to the list that is being gone through.
            for here in self._level:
                if here in costs:
                    continue
                costs[here] = cost
                if here not in barred and here in links:
                    for other, more in links[here].items():
                        there = cost + more
                        # What has been reached has been seen at no more than this.
                        known = seen.get(other)
                        if known is None or there < known:
                            seen[other] = there
                            nearer[other] = here
                            if there in waiting:
                                waiting[there].append(other)
                            else:
                                waiting[there] = [other]
                                heappush(levels, there)
                if here == node:
                    return True
            del waiting[heappop(levels)]
            if levels:
                self._level = iter(waiting[levels[0]])
        return False
