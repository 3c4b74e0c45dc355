"""Attempts at photon detail: every emission, flight, click and announcement is an event.

A `PhotonAttempt` is one attempt of two memories: it opens the station's windows, emits when told, and follows
the spins through losses and clicks. When rounds follow each other, and what happens between attempts, is the
business of the session of each hand-shake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from hardware.spins import SpinPair
from hardware.station import Gate
from protocols.generation.session import Attempts, GenerationSession, PairingSession
from protocols.generation.timing import first_arrival
from qsim.kernel import Priority
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link_models import ClickModel
    from hardware.memory import Memory

_PHYSICS = Priority.PHYSICS


class PhotonAttempt(Attempts):
    """One attempt of two memories, from preparation to its last announcement.

    Args:
        session: the session that makes it.
        up, down: the memories.
        began: when both were free, ps.

    Attributes:
        round: number of the round in hand, from 1.
        over: whether a memory has left; what is still on its way means nothing.
        then: the attempt that follows a failed one, where the station plans it.
    """

    __slots__ = ("_gates", "_parity", "_spins", "over", "round", "session", "then")

    def __init__(self, session: PhotonSession, up: Memory, down: Memory, began: int) -> None:
        super().__init__(up, down, began)
        self.session = session
        self._spins = SpinPair(cast("ClickModel", session.link.model))
        self._gates: list[Gate] = []
        self._parity = 0
        self.round = 0
        self.over = False
        self.then: PhotonAttempt | None = None
        self.tries = 1

    def open_round(self, arrival: int) -> None:
        """Open the windows of the next round, whose first light meets at `arrival`."""
        link = self.session.link
        if self.round == 0:
            self.emitted = arrival - self.session.timing.flight
        self.round += 1
        self.arrival = arrival
        separation = to_ps(link.model.bin_separation)
        self._gates = [
            Gate(self._spins, arrival + place * separation, self._on_close)
            for place in range(link.model.bins)
        ]
        for gate in self._gates:
            link.station.open(gate)

    def emit(self, memory: Memory) -> None:
        """Schedule the emissions of one end for the round in hand."""
        session = self.session
        flight = session.timing.flight_up if memory is self.up else session.timing.flight_down
        for gate in self._gates:
            session.sim.post_at(gate.arrival - flight, self._excite, memory, gate, flight, priority=_PHYSICS)

    def _excite(self, memory: Memory, gate: Gate, flight: int) -> None:
        if self.over:
            return
        session = self.session
        sim, link, timing = session.sim, session.link, session.timing
        if gate is self._gates[0]:
            memory.ready_at = sim.now + (timing.period_up if memory is self.up else timing.period_down)
        first = memory.node is link.first
        probability = link.hardware.eta_first if first else link.hardware.eta_second
        if sim.trace is not None:
            sim.trace.emit(sim.now, "photon_emitted", memory.node.name, memory=memory.index, round=self.round)
        sim.post(flight, link.station.receive_light, gate, first, memory.name, probability, priority=_PHYSICS)

    def _on_close(self, gate: Gate) -> None:
        """A window has closed; after the last one of a round the round is decided."""
        if gate.result is not None:
            self._parity ^= gate.result
        last = gate is self._gates[-1]
        if not last or self.round < self.session.timing.rounds:
            self._spins.flip()
        if last and not self.over:
            self.session.decide(self, all(known.result is not None for known in self._gates))

    def record_trajectory(self) -> None:
        """Add the state that the clicks have really left to the link's sum."""
        link = self.session.link
        link.trajectories = link.trajectories.plus(self._spins.heralded(-1 if self._parity else 1), 1)


@dataclass(slots=True)
class ClickReport:
    """The station tells one end how a round went.

    Attributes:
        attempt: the attempt.
        memory: the memory of the end addressed.
        passed: whether exactly one detector clicked in each window of the round.
    """

    attempt: PhotonAttempt
    memory: Memory
    passed: bool


class PhotonSession(GenerationSession[PhotonAttempt]):
    """What sessions at photon detail share: decisions of the station and their announcement."""

    def _prepare(self) -> None:
        super()._prepare()
        for node in (self.upstream, self.downstream):
            node.handlers[ClickReport] = _hear

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        """A round is decided at the station: announce it to both ends."""
        if not passed:
            self.link.attempts += 1
        elif attempt.round == self.timing.rounds:
            attempt.record_trajectory()
            self._create(attempt)
        for memory in (attempt.down, attempt.up):
            self.link.station.signal(memory.node, ClickReport(attempt, memory, passed))

    def hear(self, report: ClickReport) -> None:
        """The node of a memory learns how a round went."""
        attempt = report.attempt
        if attempt.over:
            return
        if not report.passed:
            self._failed(attempt, report.memory)
        elif attempt.pair is None:
            self._passed(attempt, report.memory)
        else:
            self._tell(attempt, report.memory)

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        """One end knows that a round has been passed and another follows."""
        raise NotImplementedError

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        """One end knows that the attempt has failed."""
        raise NotImplementedError


class PhotonContinuousSession(PhotonSession, PairingSession[PhotonAttempt]):
    """Each end sends light so as to meet that of the other end one period after the last meeting."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake = self.link.model.handshake
        self._period: int = handshake.period(self.timing)
        self._overhead: int = handshake.overhead_ps()

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

    def _abandon_herald(self, attempts: PhotonAttempt) -> None:
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


def _hear(_source: Node, report: ClickReport) -> None:
    report.attempt.session.hear(report)
