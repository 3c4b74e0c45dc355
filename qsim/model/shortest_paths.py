"""Shortest ways through a network of links, worked out as far as somebody asks.

A search begins at a target and grows outwards. It stops at the node that was asked for and goes on from there
when a farther one is, so that near nodes cost little in a network of any size. Within it nodes go by numbers,
which are found in half the time that their names take.

References:
    Dijkstra, Numerische Mathematik 1, 269 (1959).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
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
        self._numbers: dict[str, int] = {}
        self._costs: list[dict[int, float]] = []
        for first, second, cost in links:
            one, other = self._number(first), self._number(second)
            if cost < self._costs[one].get(other, inf) or other not in self._costs[one]:
                self._costs[one][other] = self._costs[other][one] = cost
        self._names = tuple(self._numbers)
        self._barred = frozenset(self._numbers[name] for name in barred if name in self._numbers)
        self._searches: dict[int, _Search] = {}
        self._ways: dict[tuple[int, int], _Way] = {}
        self._on: dict[int, dict[tuple[int, int], _Way]] = {}
        self._remembered = 0

    def distance(self, source: str, target: str) -> float | None:
        """Summed cost of the cheapest way between two nodes; None where there is none."""
        here, end = self._numbers.get(source), self._numbers.get(target)
        if here is None or end is None:
            return 0.0 if source == target else None
        for one, other in ((here, end), (end, here)):
            known = self._searches.get(one)
            if known is not None and other in known.costs:
                return known.costs[other]
        there = self._on.get(end, {})
        for ends, way in self._on.get(here, {}).items():
            if ends in there:
                return way.cost(here, end)
        search = self._search(end)
        return search.costs[here] if search.reach(here) else None

    def way(self, source: str, target: str) -> tuple[str, ...] | None:
        """The nodes on the cheapest way, both ends among them; None where there is none.

        Every part of it is a cheapest way, so `distance` between two nodes on it is a sum, not a search.
        """
        here, end = self._numbers.get(source), self._numbers.get(target)
        if here is None or end is None:
            return (source,) if source == target else None
        known = self._ways.get((here, end))
        if known is not None:
            return known.names
        search = self._search(end)
        if not search.reach(here):
            return None
        nodes = [here]
        while nodes[-1] != end:
            nodes.append(search.nearer[nodes[-1]])
        if self._remembered > _MOST_REACHED:
            self._ways.clear()
            self._on.clear()
            self._remembered = 0
        self._remembered += len(nodes)
        made = self._ways[here, end] = _Way(nodes, self._costs, tuple(self._names[node] for node in nodes))
        for node in nodes:
            through = self._on.setdefault(node, {})
            through[here, end] = made
            if len(through) > _MOST_WAYS:
                del through[next(iter(through))]
        return made.names

    def following(self, source: str, target: str) -> str | None:
        """The next node on the cheapest way to a target; None where there is none.

        Of ways that cost the same, the one whose next node the search from the target has met first.
        """
        here, end = self._numbers.get(source), self._numbers.get(target)
        if here is None or end is None:
            return source if source == target else None
        search = self._search(end)
        return self._names[search.nearer[here]] if search.reach(here) else None

    def _number(self, name: str) -> int:
        """The number of a node, a new one for a new name."""
        number = self._numbers.setdefault(name, len(self._costs))
        if number == len(self._costs):
            self._costs.append({})
        return number

    def _search(self, target: int) -> _Search:
        search = self._searches.get(target)
        if search is None:
            if len(self._searches) * len(self._costs) > _MOST_REACHED:
                del self._searches[next(iter(self._searches))]
            search = self._searches[target] = _Search(self._costs, self._barred, target)
        return search


class _Way:
    """A cheapest way.

    Attributes:
        names: of the nodes on it, in order.
    """

    __slots__ = ("_costs", "_nodes", "_places", "_sums", "names")

    def __init__(
        self, nodes: Sequence[int], costs: Sequence[dict[int, float]], names: tuple[str, ...]
    ) -> None:
        self.names = names
        self._nodes = nodes
        self._costs = costs
        self._places = {node: place for place, node in enumerate(nodes)}
        self._sums: dict[tuple[int, int], list[float]] = {}

    def cost(self, source: int, target: int) -> float:
        """Cost between two nodes of the way, added up from the target outwards, as a search does."""
        end = self._places[target]
        far = self._places[source] - end
        step = 1 if far > 0 else -1
        sums = self._sums.setdefault((target, step), [0.0])
        while len(sums) <= abs(far):
            here = end + step * len(sums)
            sums.append(sums[-1] + self._costs[self._nodes[here - step]][self._nodes[here]])
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

    def __init__(self, links: Sequence[dict[int, float]], barred: frozenset[int], target: int) -> None:
        self._links = links
        self._barred = barred - {target}
        self._levels = [0.0]
        self._waiting: dict[float, list[int]] = {0.0: [target]}
        self._level: Iterator[int] = iter(self._waiting[0.0])
        self._seen: dict[int, float] = {target: 0.0}
        self.costs: dict[int, float] = {}
        self.nearer: dict[int, int] = {target: target}

    def reach(self, node: int) -> bool:
        """Go on until a node is reached; False when no way leads there."""
        costs, seen, nearer = self.costs, self._seen, self.nearer
        if node in costs:
            return True
        links, barred, levels, waiting = self._links, self._barred, self._levels, self._waiting
        known = seen.get
        while levels:
            cost = levels[0]
            # Links of one length lead from one list into one other.
            level, following = cost, waiting[cost]
            # A link that costs nothing adds to the list that is being gone through.
            for here in self._level:
                if seen[here] < cost:
                    continue
                costs[here] = cost
                if here not in barred:
                    for other, more in links[here].items():
                        there = cost + more
                        # What has been reached has been seen at no more than this.
                        if there < known(other, inf):
                            seen[other] = there
                            nearer[other] = here
                            if there != level:
                                level = there
                                if there not in waiting:
                                    waiting[there] = []
                                    heappush(levels, there)
                                following = waiting[there]
                            following.append(other)
                if here == node:
                    return True
            del waiting[heappop(levels)]
            if levels:
                self._level = iter(waiting[levels[0]])
        return False
