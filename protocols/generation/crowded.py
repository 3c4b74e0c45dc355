"""Attempts drawn in bulk on a link whose memories are more than its station has room for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from protocols.generation.continuous import AttemptSequence, ContinuousSession

if TYPE_CHECKING:
    from hardware.crowd import Turn
    from hardware.link import Link


def crowded(link: Link, period: int, streams: bool = False) -> bool:
    """Whether the memories of a link, all at work, would want more of its station than there is.

    Args:
        link: the link.
        period: from one attempt of two memories to the next, ps.
        streams: whether they have several attempts under way at once, and can be too many alone.
    """
    if not link.ends_at_station:
        return False
    pairs = min(link.hardware.first.count, link.hardware.second.count)
    return pairs > (not streams) and pairs * link.station.place_ps() > period


class CrowdedSession(ContinuousSession):
    """Sequences of attempts that wait for each other at the station (`hardware.crowd`)."""

    def _prepare(self) -> None:
        super()._prepare()
        assert self._steady is not None
        self._final = self._steady.final
        self._crowd = self.link.station.crowd()
        self._crowd.streams = self._pace.again < self.link.model.handshake.shortest(self.timing)
        self._turns: dict[AttemptSequence, Turn] = {}

    def _await_herald(self, sequence: AttemptSequence) -> None:
        """Wait for the station first: it says when the last light of a sequence meets."""
        # The first light comes as soon as it can, all other one period after that before it.
        lead = max(1, sequence.first_arrival - self.sim.now)
        later = sequence.tries - 1 + (sequence.long_ones + 1) * (self.timing.rounds - 1)
        self._turns[sequence] = self._crowd.join(lead, 1, partial(self._met, sequence, later))

    def _met(self, sequence: AttemptSequence, later: int) -> None:
        """Light has met for the first time; so many rounds are to come."""
        if not later:
            self._decided(sequence)
            return
        sequence.first_arrival = self.sim.now
        self._turns[sequence] = self._crowd.join(self._pace.again, later, partial(self._decided, sequence))
        if self._logged:
            # Noted anew at the pace that the station allows by now.
            for burst in sequence.bursts:
                burst.number = 0
            self.log(sequence, self.sim.now, self._pace.again * self._crowd.stretch, later + 1)

    def _decided(self, sequence: AttemptSequence) -> None:
        del self._turns[sequence]
        sequence.arrival = self.sim.now
        sequence.opened = sequence.arrival - self._final
        super()._await_herald(sequence)

    def _abandon(self, sequence: AttemptSequence) -> None:
        super()._abandon(sequence)
        turn = self._turns.pop(sequence, None)
        if turn is not None:
            self._crowd.leave(turn)

    def _made(self, sequence: AttemptSequence) -> int:
        turn = self._turns.get(sequence)
        if turn is None or turn.spacing != self._pace.again:
            return super()._made(sequence)
        rounds = sequence.tries + (sequence.long_ones + 1) * (self.timing.rounds - 1)
        made = (rounds - self._crowd.ahead(turn)) * sequence.tries / rounds
        return min(sequence.tries, max(1, round(made)))
