"""Time cards: which memory of a node is promised to whom, and when."""

from __future__ import annotations

from bisect import bisect_left, insort


class Calendar:
    """The reservation calendar of one node: a card for each memory.

    Reservations are closed intervals: two that touch are in conflict. Memories are given out first fit, in
    index order.

    Args:
        memories: how many memories the node has.
    """

    def __init__(self, memories: int) -> None:
        # Each card holds (start, end, flow), sorted by start; intervals on one card never overlap.
        self._cards: list[list[tuple[int, int, int]]] = [[] for _ in range(memories)]
        self._of_flow: dict[int, tuple[int, ...]] = {}

    def reserve(self, flow: int, start: int, end: int, count: int, now: int) -> tuple[int, ...] | None:
        """Promise memories to a flow for a time.

        Args:
            flow: number of the flow.
            start, end: the interval, ps.
            count: how many memories.
            now: current time, ps; what ended before is forgotten.

        Returns:
            Indices of the memories in ascending order, or None, and no promise, when there are too few.
        """
        free: list[int] = []
        for index, card in enumerate(self._cards):
            while card and card[0][1] < now:
                del card[0]
            if _fits(card, start, end):
                free.append(index)
                if len(free) == count:
                    break
        if len(free) < count:
            return None
        for index in free:
            insort(self._cards[index], (start, end, flow))
        self._of_flow[flow] = tuple(free)
        return self._of_flow[flow]

    def release(self, flow: int) -> None:
        """Take back the promises to a flow; harmless when there are none."""
        for index in self._of_flow.pop(flow, ()):
            self._cards[index] = [entry for entry in self._cards[index] if entry[2] != flow]

    def reserved(self, flow: int) -> tuple[int, ...]:
        """Indices of the memories promised to a flow."""
        return self._of_flow.get(flow, ())

    @property
    def flows(self) -> tuple[int, ...]:
        """Numbers of the flows that hold promises."""
        return tuple(self._of_flow)


def _fits(card: list[tuple[int, int, int]], start: int, end: int) -> bool:
    place = bisect_left(card, (start,))
    if place < len(card) and card[place][0] <= end:
        return False
    return place == 0 or card[place - 1][1] < start
