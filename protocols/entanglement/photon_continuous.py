"""Trains of attempts at photon detail: the real thing behind `ContinuousSession`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.entanglement.photon import PhotonAttempt, PhotonSession

if TYPE_CHECKING:
    from hardware.memory import Memory
    from protocols.entanglement.continuous import ContinuousHandshake


class PhotonContinuousSession(PhotonSession):
    """Each end sends light so as to meet that of the other end one period after the last meeting."""

    def _prepare(self) -> None:
        super()._prepare()
        self._handshake: ContinuousHandshake = self.link.model.handshake
        self._period = self._handshake.period(self.timing)
        self._idle_up: list[Memory] = []
        self._idle_down: list[Memory] = []

    def offer(self, memory: Memory) -> None:
        memory.move(MemoryState.GENERATING)
        self._place(memory)

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        # The ends hear of this meeting of light in time to send for the next, which the station books here.
        super().decide(attempt, passed)
        if passed and attempt.round == self.timing.rounds:
            return
        if passed:
            attempt.open_round(self.link.station.book(attempt.arrival + self._period))
        else:
            attempt.then = self._next(attempt.up, attempt.down, attempt.began, attempt.arrival + self._period)

    def _place(self, memory: Memory) -> None:
        mine, others = self._idle_up, self._idle_down
        if memory.node is not self.upstream:
            mine, others = others, mine
        if not others or self.closed:
            mine.append(memory)
            return
        other = others.pop(0)
        up, down = (memory, other) if mine is self._idle_up else (other, memory)
        now = self.sim.now
        attempt = self._next(up, down, now, self._handshake.first_arrival(self.timing, up, down, now))
        attempt.emit(up)
        attempt.emit(down)

    def _next(self, up: Memory, down: Memory, began: int, earliest: int) -> PhotonAttempt:
        attempt = PhotonAttempt(self, up, down, began)
        attempt.open_round(self.link.station.book(earliest))
        self._attempts[up] = self._attempts[down] = attempt
        return attempt

    def _forget(self, memory: Memory) -> None:
        (self._idle_up if memory.node is self.upstream else self._idle_down).remove(memory)

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        attempt.emit(memory)

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        if attempt.then is not None:
            attempt.then.emit(memory)
