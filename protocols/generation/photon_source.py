"""Links with a source in the middle at photon detail: emission, flights, absorptions, messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from protocols.generation.session import Attempts, PairingSession
from protocols.generation.timing import first_arrival
from qsim.kernel import Priority

if TYPE_CHECKING:
    import random

    from hardware.classical import Node
    from hardware.link_models import MidpointSource
    from hardware.memory import Memory

_PHYSICS = Priority.PHYSICS


class SourceAttempt(Attempts):
    """One tick of the source for two memories.

    Attributes:
        session: the session that makes it.
        caught: for each end whose photon is due, whether it came in.
        informed: ends that know the result.
        over: whether a memory has left.
    """

    __slots__ = ("_heard", "caught", "informed", "over", "session")

    def __init__(self, session: PhotonSourceSession, up: Memory, down: Memory, began: int) -> None:
        super().__init__(up, down, began)
        self.session = session
        self.caught: dict[Memory, bool] = {}
        self.informed = 0
        self.over = False
        self.tries = 1
        self._heard = {up: 0, down: 0}

    def hears(self, memory: Memory) -> bool:
        """Note one of the two things that an end waits for; True when it has both."""
        self._heard[memory] += 1
        return self._heard[memory] == 2


@dataclass(slots=True)
class AbsorptionReport:
    """My photon has come in, or has not. Names the receiver's memory."""

    attempt: SourceAttempt
    memory: Memory


class PhotonSourceSession(PairingSession[SourceAttempt]):
    """Two memories wait at each tick of the source until both have caught their photons."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake = self.link.model.handshake
        self._overhead: int = handshake.overhead_ps()
        self._pair_probability = cast("MidpointSource", self.link.model).pair_probability
        self._rng: random.Random = self.sim.stream("source/" + self.link.name)
        for node in (self.upstream, self.downstream):
            node.handlers[AbsorptionReport] = _hear

    def hear(self, attempt: SourceAttempt, memory: Memory) -> None:
        """One end learns of its own photon's fate, or of the other's; with both it knows the result."""
        if attempt.over or not attempt.hears(memory):
            return
        attempt.informed += 1
        if attempt.pair is not None:
            self._tell(attempt, memory)
        elif attempt.informed == 2:
            self.link.attempts += 1
            self._tick(attempt.up, attempt.down, attempt.began)

    def _begin(self, up: Memory, down: Memory) -> None:
        self._tick(up, down, self.sim.now)

    def _abandon(self, attempts: SourceAttempt) -> None:
        attempts.over = True

    def _abandon_herald(self, attempts: SourceAttempt) -> None:
        attempts.over = True

    def _tick(self, up: Memory, down: Memory, began: int) -> None:
        """Wait for the next tick of the source."""
        attempt = SourceAttempt(self, up, down, began)
        self._attempts[up] = self._attempts[down] = attempt
        attempt.arrival = attempt.emitted = first_arrival(
            self.timing, up, down, self.sim.now + self._overhead
        )
        self.sim.post_at(attempt.arrival, self._emit, attempt, priority=_PHYSICS)

    def _emit(self, attempt: SourceAttempt) -> None:
        """The source ticks; two photons leave, or none."""
        link, sim = self.link, self.sim
        if attempt.over:
            return
        emitted = self._rng.random() < self._pair_probability
        if emitted and sim.trace is not None:
            sim.trace.emit(sim.now, "photon_emitted", link.station.name, memory="source", round=1)
        for memory in (attempt.down, attempt.up):
            first = memory.node is link.first
            flight = link.hardware.delay_first if first else link.hardware.delay_second
            probability = (link.hardware.eta_first if first else link.hardware.eta_second) if emitted else 0.0
            sim.post(flight, self._catch, attempt, memory, probability, priority=_PHYSICS)

    def _catch(self, attempt: SourceAttempt, memory: Memory, probability: float) -> None:
        """The instant at which one end's photon is due."""
        if attempt.over:
            return
        sim = self.sim
        caught = attempt.caught[memory] = self._rng.random() < probability
        if sim.trace is not None:
            sim.trace.emit(
                sim.now, "photon_arrived" if caught else "photon_lost", memory.node.name, memory=memory.name
            )
        if len(attempt.caught) == 2 and all(attempt.caught.values()):
            self._create(attempt)
        other = attempt.down if memory is attempt.up else attempt.up
        memory.node.signal(other.node, AbsorptionReport(attempt, other))
        self.hear(attempt, memory)


def _hear(_source: Node, report: AbsorptionReport) -> None:
    report.attempt.session.hear(report.attempt, report.memory)
