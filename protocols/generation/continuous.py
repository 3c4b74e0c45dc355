"""Attempts at a pace of their own, drawn in bulk: one event for each heralded pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.generation.pace import SteadyPace
from protocols.generation.session import Attempts, PairingSession
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.memory import Memory
    from protocols.generation.pace import Pace

#: More attempts than any run can hold.
_ENDLESS = 1 << 62


class AttemptSequence(Attempts):
    """Attempts that follow each other at the pace of their hand-shake.

    Attributes:
        first_arrival: when light first meets at the station, ps.
        long_ones: how many of the attempts that fail are long.
    """

    __slots__ = ("first_arrival", "long_ones")

    def __init__(self, up: Memory, down: Memory, began: int, first_arrival: int) -> None:
        super().__init__(up, down, began)
        self.first_arrival = first_arrival
        self.long_ones = 0


class ContinuousSession(PairingSession[AttemptSequence]):
    """Sequences of attempts, drawn in bulk: one event for each heralded pair."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake = self.link.model.handshake
        self.timing = handshake.stated(self.timing)
        self._pace: Pace = handshake.pace(self.timing)
        # At a steady pace light may meet at any tick, which is where `first_arrival` is.
        self._steady = self._pace if isinstance(self._pace, SteadyPace) else None
        self._overhead: int = handshake.overhead_ps()
        # Attempts that do not wait for the news, except of memories that latch.
        self._streams = not self.timing.latches and self._pace.again < handshake.shortest(self.timing)
        self._possible = self.link.profile.success > 0

    @property
    def working(self) -> bool:
        return self._possible and bool(self._attempts)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        first = first_arrival(self.timing, up, down, now + self._overhead)
        steady = self._steady
        if steady is None:
            first = self._pace.ready(first)
        sequence = AttemptSequence(up, down, now, first)
        self._attempts[up] = self._attempts[down] = sequence
        if not self._possible:
            self.log(sequence, first, self._pace.again, _ENDLESS)
            return
        failures, long_ones = self.link.draw_failures()
        sequence.tries = failures + 1
        sequence.long_ones = long_ones
        if steady is None:
            sequence.opened = sequence.arrival = self._pace.after(first, failures, long_ones)
        else:
            # As `SteadyPace.after`, without the call.
            sequence.opened = first + failures * steady.again + long_ones * steady.second
            sequence.arrival = sequence.opened + steady.final
        if self._logged:
            rounds = sequence.tries + (long_ones + 1) * (self.timing.rounds - 1)
            self.log(sequence, first, (sequence.arrival - first) / max(1, rounds - 1), rounds)
            if self._streams:
                self.log_until_news(sequence, self._pace.again)
        self._await_herald(sequence)

    def _abandon(self, sequence: AttemptSequence) -> None:
        self._cut(sequence)
        if sequence.handle is not None:
            sequence.handle.cancel()
        self.link.attempts += self._made(sequence)

    def attempts_under_way(self) -> int:
        sequences = dict.fromkeys(self._attempts.values())
        return sum(self._made(sequence) for sequence in sequences if sequence.pair is None)

    def _made(self, sequence: AttemptSequence) -> int:
        """How many attempts a sequence that has not succeeded has begun."""
        now, first = self.sim.now, sequence.first_arrival
        if now < first:
            return 0
        return self._pace.begun(first, now, sequence.tries, sequence.long_ones)
