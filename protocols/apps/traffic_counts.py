"""What becomes of requests that arrive whatever is served, counted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from protocols.apps.traffic_row import TrafficRow
from qsim.model.rows import MetricRow
from qsim.statistics import Tally
from qsim.units import to_s

if TYPE_CHECKING:
    from protocols.flow import Flow

_COUNTS: Final = (
    "offered",
    "accepted",
    "refused",
    "blocked",
    "expired",
    "undecided",
    "completed",
    "short",
    "failed",
)


class TrafficCounts:
    """Counts the requests of all pairs, or of one.

    Every request that is offered ends as one of accepted, blocked and expired, or is undecided when the run
    ends. An accepted one ends as completed, short or failed, or is still being served.

    Attributes:
        offered: requests that arrived.
        accepted: those for which memories were reserved.
        delayed: accepted ones that had been refused before, or had stood in line.
        refused: refusals, of which one request may have several.
        blocked: requests turned away for good: refused without a second try, or met by a full line.
        expired: requests whose patience ended first.
        completed: flows served to their end, or until they had the pairs wanted.
        short: flows whose window ended before they had the pairs wanted.
        failed: flows that a fault has ended.
        waiting: from arrival to the start of the window, s, of accepted requests.
        pairs: delivered to flows that are over.
    """

    def __init__(self) -> None:
        self.offered = self.accepted = self.delayed = self.refused = 0
        self.blocked = self.expired = self.completed = self.short = self.failed = self.pairs = 0
        self.waiting = Tally()

    @property
    def undecided(self) -> int:
        """Requests of which nobody knows yet what becomes of them."""
        return self.offered - self.accepted - self.blocked - self.expired

    def accept(self, flow: Flow, *, delayed: bool) -> None:
        """A request will be served."""
        self.accepted += 1
        self.delayed += delayed
        self.waiting.add(to_s(flow.request.start - flow.request.wanted))

    def end(self, flow: Flow) -> None:
        """A flow is over."""
        self.pairs += flow.pairs
        if flow.fault is not None:
            self.failed += 1
        elif flow.request.pairs is None or flow.satisfied:
            self.completed += 1
        else:
            self.short += 1

    def row(self, source: str, initiator: str, responder: str) -> TrafficRow:
        """The counts as the row of a pair of ends."""
        counts = {name: getattr(self, name) for name in _COUNTS}
        return TrafficRow(
            source, initiator, responder, **counts, pairs=self.pairs, wait_mean_s=self.waiting.mean
        )

    def metrics(self, source: str) -> Iterator[MetricRow]:
        """The counts, shares and waiting times as rows of the table of metrics.

        Shares are of the requests of which it is known what became of them; their deviation is that of a
        single request.
        """
        for name in _COUNTS:
            yield MetricRow(source, name, "1", getattr(self, name), None, None)
        decided = self.offered - self.undecided
        yield _share(source, "accepted share", self.accepted, decided)
        yield _share(source, "blocked share", self.blocked, decided)
        yield _share(source, "expired share", self.expired, decided)
        yield _share(source, "delayed share", self.delayed, self.accepted)
        waiting = self.waiting
        yield MetricRow(source, "waiting time", "s", waiting.n, waiting.mean, waiting.sd)


def _share(source: str, name: str, some: int, of: int) -> MetricRow:
    share = some / of if of else None
    sd = math.sqrt(share * (1 - share) * of / (of - 1)) if share is not None and of > 1 else None
    return MetricRow(source, name, "1", of, share, sd)
