"""Attempts at fixed intervals, drawn in bulk: the next begins as soon as the last one's result is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.generation.session import Attempts, PairingSession
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.memory import Memory

#: More attempts than any run can hold.
_ENDLESS = 1 << 62


class AttemptSequence(Attempts):
    """Attempts with a fixed period.

    Attributes:
        first_arrival: when light first meets at the station, ps.
        rounds: detection rounds until success, the last one included.
    """

    __slots__ = ("first_arrival", "rounds")

    def __init__(self, up: Memory, down: Memory, began: int, first_arrival: int) -> None:
        super().__init__(up, down, began)
        self.first_arrival = first_arrival
        self.rounds = 0


class ContinuousSession(PairingSession[AttemptSequence]):
    """Sequences of attempts, drawn in bulk: one event for each heralded pair."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake = self.link.model.handshake
        self._period: int = handshake.period(self.timing)
        self._overhead: int = handshake.overhead_ps()
        self._possible = self.link.profile.success > 0

    @property
    def working(self) -> bool:
        return self._possible and bool(self._attempts)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        sequence = AttemptSequence(up, down, now, first_arrival(self.timing, up, down, now + self._overhead))
        self._attempts[up] = self._attempts[down] = sequence
        if not self._possible:
            self.log(sequence, sequence.first_arrival, self._period, _ENDLESS)
            return
        failures, long_ones = self.link.draw_failures()
        sequence.tries = failures + 1
        period = self._period
        if self.timing.rounds == 1:
            sequence.rounds = sequence.tries
            sequence.arrival = sequence.first_arrival + failures * period
            sequence.emitted = sequence.arrival - self.timing.flight
        else:
            sequence.rounds = sequence.tries + long_ones + 1
            sequence.arrival = sequence.first_arrival + (sequence.rounds - 1) * period
            sequence.emitted = sequence.arrival - period - self.timing.flight
        self.log(sequence, sequence.first_arrival, period, sequence.rounds)
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
        elapsed = self.sim.now - sequence.first_arrival
        if elapsed < 0:
            return 0
        rounds = 1 + elapsed // self._period
        # Which of its rounds were second ones is not drawn: share the rounds begun among its attempts.
        return max(1, round(rounds * sequence.tries / sequence.rounds)) if self._possible else rounds
