"""A limit that varies in time: how many places may be promised at once, and what has been promised."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from itertools import pairwise


class Limit:
    """The most places that may be promised at once, a step function of time that is known ahead.

    What is promised is kept as closed intervals, as on time cards, and never exceeds the limit: a promise is
    checked against the whole of its window, and the limit goes down no faster than promises end.

    Args:
        level: the limit until it is changed.
    """

    def __init__(self, level: int) -> None:
        self._times = [0]
        self._levels = [level]
        # Start, end and number of places of each flow that holds a promise.
        self._held: dict[int, tuple[int, int, int]] = {}

    def level(self, time: int) -> int:
        """The limit at a time, ps."""
        return self._levels[bisect_right(self._times, time) - 1]

    @property
    def final(self) -> int:
        """The limit once everything has happened that is arranged by now."""
        return self._levels[-1]

    def room(self, start: int, end: int, without: Collection[int] = ()) -> int:
        """How many more places could be promised for the whole of a window.

        Args:
            start, end: the window, ps.
            without: flows whose promises do not count.
        """
        held = [
            each
            for flow, each in self._held.items()
            if each[0] <= end and start <= each[1] and flow not in without
        ]
        # The room shrinks only where a promise begins or the limit steps down.
        looks = {start, *(each[0] for each in held if each[0] > start)}
        looks.update(time for time in self._times if start < time <= end)
        return min(self.level(time) - _used(held, time) for time in looks)

    def hold(self, flow: int, start: int, end: int, count: int, now: int) -> None:
        """Keep a promise, for which there must be room; what ended before `now` is forgotten."""
        self._held = {known: each for known, each in self._held.items() if each[1] >= now}
        self._held[flow] = start, end, count

    def drop(self, flow: int) -> None:
        """Take a promise back; harmless when there is none."""
        self._held.pop(flow, None)

    def grow(self, count: int, since: int) -> None:
        """Raise the limit from a time on, ps."""
        self._step(since)
        for place in range(bisect_right(self._times, since) - 1, len(self._times)):
            self._levels[place] += count

    def shrink(self, count: int, since: int) -> list[tuple[int, int]]:
        """Lower the limit from a time on, as far as promises allow, and further as they end.

        What is given up at a time is given up for good: promises for later keep what they need from `since`
        on.

        Returns:
            When how many places are given up: (time in ps, count), ascending; together no more than `count`,
            fewer where the limit would fall below zero.
        """
        held = list(self._held.values())
        looks = {since, *(time for time in self._times if time > since)}
        for start, end, _ in held:
            looks.update(time for time in (start, end + 1) if time > since)
        steps: list[tuple[int, int]] = []
        least = count
        for time in sorted(looks, reverse=True):
            least = min(least, self.level(time) - _used(held, time))
            steps.append((time, least))
        given: list[tuple[int, int]] = []
        before = 0
        for time, total in reversed(steps):
            if total > before:
                given.append((time, total - before))
                before = total
        for time, part in given:
            self.grow(-part, time)
        return given

    def mean(self, start: int, end: int) -> float:
        """Mean of the limit over a stretch of time that is not empty, ps."""
        bounds = [start, *(time for time in self._times if start < time < end), end]
        whole = sum(self.level(a) * (b - a) for a, b in pairwise(bounds))
        return whole / (end - start)

    def forget(self, before: int) -> None:
        """Forget how the limit went before a time, ps."""
        first = bisect_right(self._times, before) - 1
        del self._times[:first], self._levels[:first]

    def _step(self, time: int) -> None:
        """Let the step function have a step at a time, of no height so far."""
        place = bisect_right(self._times, time)
        if self._times[place - 1] != time:
            self._times.insert(place, time)
            self._levels.insert(place, self._levels[place - 1])


def _used(held: list[tuple[int, int, int]], time: int) -> int:
    return sum(count for start, end, count in held if start <= time <= end)
