"""Shortest ways through a network of links, worked out as far as somebody asks.

A search begins at a target and grows outwards. It stops at the node that was asked for and goes on from there
when a farther one is, so that near nodes cost little in a network of any size.

References:
    Dijkstra, Numerische Mathematik 1, 269 (1959).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from heapq import heappop, heappush
from math import inf

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

    def distance(self, source: str, target: str) -> float | None:
        """Summed cost of the cheapest way between two nodes; None where there is none."""
        back = self._searches.get(source)
        if back is not None and target in back.costs:
            return back.costs[target]
        search = self._search(target)
        return search.costs[source] if search.reach(source) else None

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


class _Search:
    """What is known of the ways to one target.

    Attributes:
        costs: of the nodes reached, in the order of their costs.
        nearer: for nodes seen, the next node on the way.
    """

    __slots__ = ("_barred", "_fringe", "_links", "_pushed", "_seen", "costs", "nearer")

    def __init__(self, links: dict[str, dict[str, float]], barred: frozenset[str], target: str) -> None:
        self._links = links
        self._barred = barred - {target}
        self._fringe: list[tuple[float, int, str]] = [(0.0, 0, target)]
        self._pushed = 0
        self._seen: dict[str, float] = {target: 0.0}
        self.costs: dict[str, float] = {}
        self.nearer: dict[str, str] = {target: target}

    def reach(self, node: str) -> bool:
        """Go on until a node is reached; False when no way leads there."""
        costs, seen, nearer, fringe = self.costs, self._seen, self.nearer, self._fringe
        links, barred, pushed = self._links, self._barred, self._pushed
        while node not in costs:
            if not fringe:
                break
            cost, _, here = heappop(fringe)
            if here in costs:
                continue
            costs[here] = cost
            if here in barred or here not in links:
                continue
            for other, more in links[here].items():
                there = cost + more
                # What has been reached has been seen at no more than this.
                if other not in seen or there < seen[other]:
                    seen[other] = there
                    nearer[other] = here
                    pushed += 1
                    heappush(fringe, (there, pushed, other))
        self._pushed = pushed
        return node in costs
