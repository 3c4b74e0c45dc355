"""Memories that share a station at attempt detail: how much slower each becomes where they are too many.

Light of one memory must keep clear of another's detection window and, on a link without time slots, of the
dead time after it. So a station passes one attempt in each such time, however many memories send. At photon
detail every meeting of light is booked (`hardware.station`). At attempt detail attempts are drawn in bulk,
and while the station is full those of all memories are stretched alike, so that together they make as many
attempts as the station passes. Two things are left out: the order of single attempts, and gaps in the
station's calendar that are too short for another booking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from math import ceil
from typing import TYPE_CHECKING

from qsim.kernel import Priority

if TYPE_CHECKING:
    from qsim.kernel import Handle, Simulator


class Turn:
    """A run of attempts at a station.

    Attributes:
        spacing: time between them where the station has room, ps.
        done: what is called at the last of them.
        ends: when that is, on the clock of the crowd, ps.
        left: whether they were given up.
    """

    __slots__ = ("done", "ends", "left", "spacing")

    def __init__(self, spacing: int, done: Callable[[], None], ends: float) -> None:
        self.spacing = spacing
        self.done = done
        self.ends = ends
        self.left = False


class Crowd:
    """All runs of attempts at one station.

    Its own clock stands still against that of the simulation in so far as the station has no room: it runs at
    1/s with s = sum of place/spacing over all runs, where that is above 1.

    Args:
        sim: the simulator.
        place: time of the station that one attempt takes, ps.

    Attributes:
        streams: whether memories have several attempts under way at once.
    """

    def __init__(self, sim: Simulator, place: int) -> None:
        self._sim = sim
        self._place = place
        self.streams = False
        self._turns: list[tuple[float, int, Turn]] = []
        self._spacings: Counter[int] = Counter()
        self._number = 0
        self._clock = 0.0
        self._since = sim.now
        self._stretch = 1.0
        self._handle: Handle | None = None

    def join(self, spacing: int, attempts: int, done: Callable[[], None]) -> Turn:
        """Begin a run of attempts, the first of them one spacing from now.

        Args:
            spacing: time from one to the next where the station has room, ps.
            attempts: how many.
            done: called at the last.
        """
        self._advance()
        turn = Turn(spacing, done, self._clock + attempts * spacing)
        self._number += 1
        heappush(self._turns, (turn.ends, self._number, turn))
        self._spacings[spacing] += 1
        self._await_next()
        return turn

    @property
    def stretch(self) -> float:
        """How much longer attempts take than where the station has room, as things are now; at least 1."""
        return self._stretch

    def leave(self, turn: Turn) -> None:
        """Give a run up."""
        self._advance()
        turn.left = True
        self._drop(turn)
        self._await_next()

    def ahead(self, turn: Turn) -> float:
        """What is left of a run, in attempts."""
        self._advance()
        return (turn.ends - self._clock) / turn.spacing

    def _advance(self) -> None:
        now = self._sim.now
        self._clock += (now - self._since) / self._stretch
        self._since = now

    def _drop(self, turn: Turn) -> None:
        self._spacings[turn.spacing] -= 1
        if not self._spacings[turn.spacing]:
            del self._spacings[turn.spacing]

    def _await_next(self) -> None:
        """Plan the next end of a run, at the pace that the station allows from now on."""
        spacings = sorted(self._spacings.items())
        demand = sum(number * self._place / spacing for spacing, number in spacings)
        # A memory whose last place is past when it asks for the next does not wait for its own.
        alone = not self.streams and sum(number for _, number in spacings) == 1
        self._stretch = 1.0 if alone else max(1.0, demand)
        turns = self._turns
        while turns and turns[0][2].left:
            heappop(turns)
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if turns:
            wait = ceil((turns[0][0] - self._clock) * self._stretch)
            self._handle = self._sim.schedule_at(
                self._sim.now + max(0, wait), self._end, priority=Priority.PHYSICS
            )

    def _end(self) -> None:
        self._advance()
        self._handle = None
        turn = heappop(self._turns)[2]
        self._clock = max(self._clock, turn.ends)
        self._drop(turn)
        self._await_next()
        turn.done()
