"""Time cards: which memory or station of a node is promised to whom, and when."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from protocols.network.limit import Limit

#: What the limit on all places of a node goes by among `Calendar.limits`.
WHOLE: Final = "whole"
_NO_SHARES: Final[dict[Hashable, int]] = {}


class Calendar:
    """The reservation calendar of one node: a card for each place, a memory or a station.

    Reservations are closed intervals: two that touch are in conflict. Places are given out first fit, in
    index order.

    Attributes:
        limits: how many places may be promised at once, where an allocation says so: of all, by `WHOLE`, and
            of those for one link, by the link.
    """

    def __init__(self) -> None:
        # A card holds (start, end, flow), sorted by start; intervals on one card never overlap. A place that
        # was never promised has none, so that a large node costs no more than its flows.
        self._cards: dict[int, list[tuple[int, int, int]]] = {}
        self._of_flow: dict[int, tuple[int, ...]] = {}
        self.limits: dict[Hashable, Limit] = {}

    def reserve(
        self,
        flow: int,
        start: int,
        end: int,
        wanted: Mapping[range, int],
        now: int,
        shares: Mapping[Hashable, int] = _NO_SHARES,
    ) -> tuple[int, ...] | None:
        """Promise places to a flow for a time.

        Args:
            flow: number of the flow.
            start, end: the interval, ps.
            wanted: how many of which places (the memories of a bank, a station).
            now: current time, ps; what ended before is forgotten.
            shares: how many of them are for which link; asked for only where links have limits.

        Returns:
            Indices in the order of `wanted`, each bank's ascending; or None, and no promise, when there are
            too few.
        """
        if self.limits and not self._within(start, end, wanted, shares):
            return None
        given: list[int] = []
        for places, count in wanted.items():
            found = self.free(places, start, end, count)
            if len(found) < count:
                return None
            given += found
        for index in given:
            card = self._cards.setdefault(index, [])
            while card and card[0][1] < now:
                del card[0]
            insort(card, (start, end, flow))
        for key, limit in self.limits.items():
            if charge := _charge(key, wanted, shares):
                limit.hold(flow, start, end, charge, now)
        self._of_flow[flow] = tuple(given)
        return self._of_flow[flow]

    def fits(
        self,
        start: int,
        end: int,
        wanted: Mapping[range, int],
        without: Collection[int],
        shares: Mapping[Hashable, int] = _NO_SHARES,
    ) -> bool:
        """Whether `reserve` could promise all that is wanted if it took back the promises to some flows."""
        return self._within(start, end, wanted, shares, without) and all(
            len(self.free(places, start, end, count, without)) == count for places, count in wanted.items()
        )

    def free(
        self,
        places: range,
        start: int,
        end: int,
        most: int | None = None,
        without: Collection[int] = (),
    ) -> list[int]:
        """The first of some places that are promised to nobody in an interval, given in ps.

        Args:
            places: where to look.
            start, end: the interval.
            most: how many to find; None for all.
            without: flows whose promises do not count.
        """
        found: list[int] = []
        for index in places:
            card = self._cards.get(index)
            if card is not None and without:
                card = [entry for entry in card if entry[2] not in without]
            if card is None or _fits(card, start, end):
                found.append(index)
                if len(found) == most:
                    break
        return found

    def release(self, flow: int) -> bool:
        """Take back the promises to a flow; False, and harmless, when there are none."""
        promised = self._of_flow.pop(flow, None)
        for limit in self.limits.values():
            limit.drop(flow)
        for index in promised or ():
            card = self._cards.pop(index, [])
            if rest := [entry for entry in card if entry[2] != flow]:
                self._cards[index] = rest
        return promised is not None

    def reserved(self, flow: int) -> tuple[int, ...]:
        """Indices of the places promised to a flow."""
        return self._of_flow.get(flow, ())

    def cards(self) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        """Each place that has been promised, with its promises: start, end and flow, by start."""
        yield from self._cards.items()

    def room(self, start: int, end: int) -> int:
        """How many places could be promised in a window, given in ps, for all that the node's limit says.

        Asked for only where there is one.
        """
        return self.limits[WHOLE].room(start, end)

    def _within(
        self,
        start: int,
        end: int,
        wanted: Mapping[range, int],
        shares: Mapping[Hashable, int],
        without: Collection[int] = (),
    ) -> bool:
        """Whether a promise keeps to the limits in the whole of its window."""
        for key, limit in self.limits.items():
            charge = _charge(key, wanted, shares)
            if charge and limit.room(start, end, without) < charge:
                return False
        return True

    @property
    def flows(self) -> tuple[int, ...]:
        """Numbers of the flows that hold promises."""
        return tuple(self._of_flow)


def _fits(card: list[tuple[int, int, int]], start: int, end: int) -> bool:
    place = bisect_left(card, (start,))
    if place < len(card) and card[place][0] <= end:
        return False
    return place == 0 or card[place - 1][1] < start


def _charge(key: Hashable, wanted: Mapping[range, int], shares: Mapping[Hashable, int]) -> int:
    """How much of a limit a promise takes."""
    return sum(wanted.values()) if key == WHOLE else shares.get(key, 0)
