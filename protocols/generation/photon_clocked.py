"""Links with a clock in the middle at photon detail: two memories wait at each tick until both succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from protocols.generation.photon import ClickReport, PhotonAttempt, PhotonPairingSession
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.memory import Memory


class AbsorptionReport(ClickReport):
    """My photon has come in, or has not. Names the receiver's memory."""


class PhotonClockedSession(PhotonPairingSession):
    """The next attempt begins at a tick of the clock once both ends know of the last."""

    report: ClassVar[type[ClickReport]] = AbsorptionReport

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        # A failed attempt is counted when both ends know of it.
        if passed:
            super().decide(attempt, passed)

    def _begin(self, up: Memory, down: Memory) -> None:
        self._next(up, down, self.sim.now, self.sim.now)

    def _next(self, up: Memory, down: Memory, began: int, earliest: int) -> None:
        attempt = PhotonAttempt(self, up, down, began)
        self._attempts[up] = self._attempts[down] = attempt
        first = first_arrival(self.timing, up, down, self.sim.now + self._overhead)
        attempt.open_round(self._pace.ready(max(first, earliest)))
        attempt.light.send(up)
        attempt.light.send(down)

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        attempt.failed_ends += 1
        if attempt.failed_ends == 2:
            self.link.attempts += 1
            earliest = self._pace.after(attempt.arrival, 1, 0)
            self._next(attempt.up, attempt.down, attempt.began, earliest)
