"""Trains of attempts at photon detail: the real thing behind `ContinuousSession`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.entanglement.continuous import first_arrival
from protocols.entanglement.pairing import PairingSession
from protocols.entanglement.photon import PhotonAttempt, PhotonSession

if TYPE_CHECKING:
    from hardware.memory import Memory
    from protocols.entanglement.continuous import ContinuousHandshake


class PhotonContinuousSession(PhotonSession, PairingSession[PhotonAttempt]):
    """Each end sends light so as to meet that of the other end one period after the last meeting."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake: ContinuousHandshake = self.link.model.handshake
        self._period = handshake.period(self.timing)
        self._overhead = handshake.overhead_ps()

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        # The ends hear of this meeting of light in time to send for the next, which the station books here.
        super().decide(attempt, passed)
        if passed and attempt.round == self.timing.rounds:
            return
        if passed:
            attempt.open_round(self.link.station.book(attempt.arrival + self._period))
        else:
            attempt.then = self._next(attempt.up, attempt.down, attempt.began, attempt.arrival + self._period)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        attempt = self._next(up, down, now, first_arrival(self.timing, up, down, now + self._overhead))
        attempt.emit(up)
        attempt.emit(down)

    def _abandon(self, attempts: PhotonAttempt) -> None:
        attempts.over = True

    def _abandon_news(self, attempts: PhotonAttempt) -> None:
        attempts.over = True

    def _next(self, up: Memory, down: Memory, began: int, earliest: int) -> PhotonAttempt:
        attempt = PhotonAttempt(self, up, down, began)
        attempt.open_round(self.link.station.book(earliest))
        self._attempts[up] = self._attempts[down] = attempt
        return attempt

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        attempt.emit(memory)

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        if attempt.then is not None:
            attempt.then.emit(memory)
