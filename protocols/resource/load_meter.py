"""Counting what is asked for, whether it is served or not.

A network that measured only what it serves would take a node that refuses everything for idle. The initiator
knows the path on which a request sets out, so it counts for all nodes of that path: a request that is turned
down at its first node counts at the last one too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocols.flow import Flow, FlowOwner, Request
    from protocols.resource.accounts import AccountBook


@dataclass(slots=True)
class LoadReport:
    """What the requests of one initiator wanted in one epoch.

    Attributes:
        epoch: number of the epoch.
        loads: memories wanted on average, by number of the account; none that is zero.
    """

    epoch: int
    loads: dict[int, float]


class LoadMeter:
    """Counts the memory-seconds that the requests of one initiator ask for, in the windows they ask for.

    A request counts once, with its first window, however often it is repeated; only one that was not asked
    for `memory` is taken for a new one.

    Args:
        book: the accounts.
        memory: ps.
    """

    def __init__(self, book: AccountBook, memory: int) -> None:
        self._book = book
        self._memory = memory
        # Windows that are not over: start and end in ps, account, memories.
        self._windows: list[tuple[int, int, int, int]] = []
        self._asked: dict[Hashable, int] = {}

    def count(self, owner: FlowOwner, request: Request, ways: Iterable[Flow], now: int) -> None:
        """A request has been issued, to set out on these paths."""
        key = id(owner), request.issued, request.responder
        known, self._asked[key] = key in self._asked, now
        if not known:
            self._windows += (
                (request.start, request.end, place, memories)
                for way in ways
                for place, memories in self._book.charges(way)
            )

    def load(self, start: int, end: int) -> dict[int, float]:
        """Memories wanted on average from a time to another, in ps, by account; asked for in turn."""
        wanted: dict[int, int] = {}
        for opens, closes, place, memories in self._windows:
            overlap = min(end, closes) - max(start, opens)
            if overlap > 0:
                wanted[place] = wanted.get(place, 0) + overlap * memories
        return {place: amount / (end - start) for place, amount in sorted(wanted.items())}

    def forget(self, now: int) -> None:
        """Forget windows that are over and requests that are no more repeated."""
        self._windows = [window for window in self._windows if window[1] > now]
        self._asked = {key: last for key, last in self._asked.items() if now - last <= self._memory}
