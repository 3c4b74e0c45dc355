"""Attempts at fixed intervals, drawn in bulk: the next begins as soon as the last one's result is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.generation.session import Attempts, PairingSession
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.memory import Memory


class Train(Attempts):
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


class ContinuousSession(PairingSession[Train]):
    """Trains of attempts, drawn in bulk: one event for each heralded pair."""

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
        train = Train(up, down, now, first_arrival(self.timing, up, down, now + self._overhead))
        self._attempts[up] = self._attempts[down] = train
        if not self._possible:
            return
        failures, long_ones = self.link.draw_failures()
        train.tries = failures + 1
        period = self._period
        if self.timing.rounds == 1:
            train.rounds = train.tries
            train.arrival = train.first_arrival + failures * period
            train.emitted = train.arrival - self.timing.flight
        else:
            train.rounds = train.tries + long_ones + 1
            train.arrival = train.first_arrival + (train.rounds - 1) * period
            train.emitted = train.arrival - period - self.timing.flight
        self._await_news(train)

    def _abandon(self, train: Train) -> None:
        if train.handle is not None:
            train.handle.cancel()
        self.link.attempts += self._made(train)

    def attempts_under_way(self) -> int:
        trains = dict.fromkeys(self._attempts.values())
        return sum(self._made(train) for train in trains if train.pair is None)

    def _made(self, train: Train) -> int:
        """How many attempts a train that has not succeeded has begun."""
        elapsed = self.sim.now - train.first_arrival
        if elapsed < 0:
            return 0
        rounds = 1 + elapsed // self._period
        # Which of its rounds were second ones is not drawn: share the rounds begun among its attempts.
        return max(1, round(rounds * train.tries / train.rounds)) if self._possible else rounds
