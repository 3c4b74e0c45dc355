"""Attempts at photon detail: every emission, flight, click and announcement is an event.

A `PhotonAttempt` is one attempt of two memories. Its light is the hardware's (`hardware.light`); sessions say
when rounds happen, and carry what places have seen to both ends by messages. When rounds follow each other,
and what happens between attempts, is the business of the session of each hand-shake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from protocols.generation.pace import SteadyPace
from protocols.generation.session import Attempts, GenerationSession, PairingSession
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory
    from protocols.generation.pace import Pace


class PhotonAttempt(Attempts):
    """One attempt of two memories, from preparation to its last announcement.

    Attributes:
        light: what the hardware does for it.
        round: number of the round in hand, from 1.
        over: whether a memory has left; what is still on its way means nothing.
        failed_ends: ends that know that it has failed.
        then: the attempt that follows a failed one, where it is planned before the ends know.
    """

    __slots__ = ("_heard", "_seen", "failed_ends", "light", "over", "round", "session", "then")

    def __init__(self, session: PhotonSession, up: Memory, down: Memory, began: int) -> None:
        super().__init__(up, down, began)
        self.session = session
        self.light = session.link.light(self)
        self.round = 0
        self.over = False
        self.failed_ends = 0
        self.then: PhotonAttempt | None = None
        self.tries = 1
        self._seen: list[bool] = []
        self._heard: dict[Memory, list[bool]] = {up: [], down: []}

    def open_round(self, earliest: int) -> None:
        """Open the next round, whose first light meets at `earliest` or as soon after as the hardware can."""
        self.arrival = self.light.open(earliest)
        if self.round == 0:
            self.opened = self.arrival
        self.round += 1
        self.session.log(self, self.arrival, 1, 1)

    def seen(self, place: Node, passed: bool) -> None:
        """A place has seen its part of the round in hand; after the last one the round is decided."""
        session = self.session
        decided = self._complete(self._seen, passed)
        if decided is not None:
            session.decide(self, decided)
        for memory in (self.down, self.up):
            if memory.node is not place:
                place.signal(memory.node, session.report(self, memory, passed))
        for memory in (self.down, self.up):
            if memory.node is place:
                self.hear(memory, passed)

    def hear(self, memory: Memory, passed: bool) -> None:
        """One end learns of what one place has seen; having heard of all, it knows how the round went."""
        if self.over:
            return
        decided = self._complete(self._heard[memory], passed)
        if decided is not None:
            self.session.know(self, memory, decided)

    def _complete(self, parts: list[bool], passed: bool) -> bool | None:
        parts.append(passed)
        if len(parts) < self.session.places:
            return None
        decided = all(parts)
        parts.clear()
        return decided


@dataclass(slots=True)
class ClickReport:
    """A place tells one end what it has seen of a round.

    Attributes:
        attempt: the attempt.
        memory: the memory of the end addressed.
        passed: whether its part of the round went well.
    """

    attempt: PhotonAttempt
    memory: Memory
    passed: bool


class PhotonSession(GenerationSession[PhotonAttempt]):
    """What sessions at photon detail share: decided rounds, and ends that learn of them."""

    #: The message by which places report.
    report: ClassVar[type[ClickReport]] = ClickReport

    def _prepare(self) -> None:
        super()._prepare()
        self.places = len(self.link.detections)
        for node in (self.upstream, self.downstream):
            node.on(self.report, _hear)

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        """All places have seen their parts of a round; nobody may know yet."""
        if not passed:
            self.link.attempts += 1
        elif attempt.round == self.timing.rounds:
            attempt.told = self.link.state_given(attempt.light.seen)
            self._create(attempt)

    def know(self, attempt: PhotonAttempt, memory: Memory, passed: bool) -> None:
        """The node of a memory knows how a round went."""
        if not passed:
            self._failed(attempt, memory)
        elif attempt.pair is None:
            self._passed(attempt, memory)
        else:
            self._tell(attempt, memory)

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        """One end knows that a round has been passed and another follows."""
        raise NotImplementedError

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        """One end knows that the attempt has failed."""
        raise NotImplementedError


class PhotonPairingSession(PhotonSession, PairingSession[PhotonAttempt]):
    """Attempts of two memories that stay together until both succeed."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake = self.link.model.handshake
        self.timing = handshake.stated(self.timing)
        self._pace: Pace = handshake.pace(self.timing)
        self._shortest: int = handshake.shortest(self.timing)
        self._overhead: int = handshake.overhead_ps()

    def _abandon(self, attempts: PhotonAttempt) -> None:
        attempts.over = True
        self._cut(attempts)

    def _abandon_herald(self, attempts: PhotonAttempt) -> None:
        attempts.over = True


class PhotonContinuousSession(PhotonPairingSession):
    """Each end sends light so as to meet that of the other end one period after the last meeting."""

    def _prepare(self) -> None:
        super()._prepare()
        # At a steady pace the next attempt is always so much later.
        self._period = self._pace.again if isinstance(self._pace, SteadyPace) else 0

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        # The ends hear of this meeting of light in time to send for the next, which is fixed here.
        super().decide(attempt, passed)
        if passed and attempt.round == self.timing.rounds:
            return
        following = attempt.arrival + (self._period or self._shortest)
        if not self._period:
            # A booked place may have made this one late.
            following = max(self._pace.after(attempt.arrival, 1, 0), following)
        if passed:
            attempt.open_round(following)
        else:
            attempt.then = self._next(attempt.up, attempt.down, attempt.began, following)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        first = first_arrival(self.timing, up, down, now + self._overhead)
        attempt = self._next(up, down, now, first if self._period else self._pace.ready(first))
        attempt.light.send(up)
        attempt.light.send(down)

    def _next(self, up: Memory, down: Memory, began: int, earliest: int) -> PhotonAttempt:
        attempt = PhotonAttempt(self, up, down, began)
        attempt.open_round(earliest)
        self._attempts[up] = self._attempts[down] = attempt
        return attempt

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        attempt.light.send(memory)

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        if attempt.then is not None:
            attempt.then.light.send(memory)


def _hear(_source: Node, report: ClickReport) -> None:
    report.attempt.hear(report.memory, report.passed)
