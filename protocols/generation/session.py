"""Generation sessions: the memories of two neighbours, paired up and set to work.

A session serves one link for one purpose (usually one flow). Each end offers memories that are free; the
session pairs them, makes attempts by the link's hand-shake, and reports heralded pairs to the resource
managers of both ends. There is one class for each hand-shake and level of detail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from hardware.memory import Memory, MemoryState
from protocols.flow import Session
from protocols.generation.timing import Timing
from qsim.kernel import Priority
from qsim.quantum.pair import EntangledPair, Owed
from qsim.quantum.state import keeps_relaxation

if TYPE_CHECKING:
    from hardware.disturbance import Burst
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.context import Context
    from qsim.kernel import Handle
    from qsim.quantum.state import PairState

A = TypeVar("A", bound="Attempts")
_REPORT = Priority.REPORT
_PHYSICS = Priority.PHYSICS
Report = Callable[[Memory], None]


@dataclass(slots=True)
class Void:
    """The half of this pair that you hold in this memory has no other: its attempt was called off here."""

    memory: Memory
    pair_id: int


class Attempts:
    """A pair of memories at work on one link until they succeed.

    Attributes:
        up, down: the two memories.
        began: when both were free, ps.
        opened: when the first light of the successful attempt meets at the station, or leaves a source, ps.
        arrival: when its deciding light meets at the station, ps.
        tries: attempts that it takes, the successful one included.
        handle: the next event of these attempts.
        pair: what they made, once they have succeeded.
        deadline: when that is given up, ps; None for never.
        told: state of what successful attempts herald, as the station tells it; None for the link's.
        bursts: what they are in the logs of nodes where attempts disturb other memories.
    """

    __slots__ = (
        "arrival",
        "began",
        "bursts",
        "deadline",
        "down",
        "handle",
        "opened",
        "pair",
        "told",
        "tries",
        "up",
    )

    def __init__(self, up: Memory, down: Memory, began: int) -> None:
        self.up = up
        self.down = down
        self.began = began
        self.opened = 0
        self.arrival = 0
        self.tries = 0
        self.handle: Handle | None = None
        self.pair: EntangledPair | None = None
        self.deadline: int | None = None
        self.told: PairState | None = None
        self.bursts: tuple[Burst, ...] = ()


class GenerationSession(Session, Generic[A]):
    """Base of all sessions: knows the link and its orientation, and delivers heralds.

    Args:
        upstream: the end nearer the initiator of the flow.
        report_up, report_down: told of each memory that has become entangled, at the instant its node knows.
    """

    def __init__(
        self, context: Context, link: Link, upstream: QuantumNode, report_up: Report, report_down: Report
    ) -> None:
        self.context = context
        self.sim = context.sim
        self.link = link
        self.upstream = upstream
        self.downstream = link.other(upstream)
        self.timing = Timing.of(link, upstream)
        self._report_up = report_up
        self._report_down = report_down
        self._attempts: dict[Memory, A] = {}
        ends = (upstream, self.downstream)
        # One policy for both ends is asked once.
        self._deadlines = tuple({context.deadlines[end]: None for end in ends if end in context.deadlines})
        self._logs = tuple(end.attempts for end in ends)
        self._logged = any(log is not None for log in self._logs)
        # From an arrival of light at the station to the start of storage, at the upstream end and the other.
        self._storage = link.storage if upstream is link.first else link.storage[::-1]
        self._later_bins = link.bins[-1]
        self._reversed = upstream is not link.first
        self._announced = link.reversed(link.state) if self._reversed else link.state
        law = link.memory_at(link.second).noise()
        self._owes = (
            law is not None
            and law.relaxation != 0.0
            and link.model.frame != 1
            and keeps_relaxation(context.formalism)
        )
        self.closed = False
        self._prepare()

    def _prepare(self) -> None:
        """Set up what a subclass needs."""

    def close(self) -> None:
        self.closed = True

    def reopen(self) -> None:
        self.closed = False

    @property
    def working(self) -> bool:
        """Whether any attempt is under way."""
        return bool(self._attempts)

    def attempts_under_way(self) -> int:
        """None where every attempt is counted as it is decided."""
        return 0

    def log(self, attempts: A, arrival: int, period: float, rounds: int) -> None:
        """Note attempts where they disturb other memories.

        Args:
            attempts: whose.
            arrival: when the light of the first meets, ps.
            period: from one to the next, ps.
            rounds: how many; an attempt of two rounds counts as two.
        """
        if not self._logged:
            return
        flights = self.timing.flight_up, self.timing.flight_down
        attempts.bursts = tuple(
            log.add(memory, arrival - flight, period, rounds)
            for log, memory, flight in zip(self._logs, (attempts.up, attempts.down), flights, strict=True)
            if log is not None
        )

    def log_until_news(self, attempts: A, again: int) -> None:
        """Note the attempts that each end goes on making until it hears of the success.

        Args:
            attempts: those that have succeeded.
            again: time from one attempt to the next, ps, where attempts do not wait for the news.
        """
        timing = self.timing
        ends = (
            (attempts.up, timing.flight_up, timing.herald_up),
            (attempts.down, timing.flight_down, timing.herald_down),
        )
        for log, (memory, flight, herald) in zip(self._logs, ends, strict=True):
            if log is not None:
                log.add(memory, attempts.arrival - flight + again, again, (flight + herald) // again)

    def _cut(self, attempts: A) -> None:
        """Attempts that were noted end now."""
        for burst in attempts.bursts:
            burst.end(self.sim.now)

    def _await_herald(self, attempts: A) -> None:
        """Schedule the moment at which the first of the two ends learns of the success."""
        timing = self.timing
        first_herald = timing.herald_up if timing.herald_up < timing.herald_down else timing.herald_down
        attempts.handle = self.sim.schedule_at(
            attempts.arrival + first_herald, self._succeed, attempts, priority=_PHYSICS
        )

    def _succeed(self, attempts: A) -> None:
        """The pair exists, and the nearer end hears of it (both ends when they are equally near)."""
        timing = self.timing
        up, down = attempts.up, attempts.down
        self._create(attempts)
        if timing.herald_up == timing.herald_down:
            self._learn(attempts, down)
            self._learn(attempts, up)
            self.sim.post(0, self._report_both, attempts, priority=_REPORT)
            return
        near, far = (up, down) if timing.herald_up < timing.herald_down else (down, up)
        self._tell(attempts, near)
        attempts.handle = self.sim.schedule_at(
            attempts.arrival + timing.herald, self._tell, attempts, far, priority=_PHYSICS
        )

    def _create(self, attempts: A) -> None:
        """Make the pair that successful attempts herald, and count it."""
        timing, link = self.timing, self.link
        up, down, opened = attempts.up, attempts.down, attempts.opened
        up_stored, down_stored = self._storage
        last = attempts.arrival + self._later_bins
        confirmed_at = attempts.arrival + timing.herald
        link.heralds += 1
        link.attempts += attempts.tries
        link.wait_ps += confirmed_at - attempts.began
        state = self._announced if attempts.told is None else self._told(attempts.told)
        pair = EntangledPair(
            self.context.next_id(),
            state,
            up,
            down,
            (last + up_stored, last + down_stored),
            (opened + up_stored, opened + down_stored),
            confirmed_at,
        )
        if self._owes:
            pair.owed = self._owed(attempts)
        attempts.pair = up.pair = down.pair = pair
        for given_up in self._deadlines:
            deadline = given_up(pair)
            if deadline is not None and (attempts.deadline is None or deadline < attempts.deadline):
                attempts.deadline = deadline
        up.ready_at = attempts.arrival - timing.flight_up + timing.period_up
        down.ready_at = attempts.arrival - timing.flight_down + timing.period_down
        if self.sim.trace is not None:
            self._trace(pair, attempts)

    def _told(self, state: PairState) -> PairState:
        """A state of the link's pairs with its first half at the upstream end."""
        return self.link.reversed(state) if self._reversed else state

    def _owed(self, attempts: A) -> tuple[Owed | None, Owed | None]:
        """The correction at the link's second end, which is made there when the herald comes."""
        frame = self.link.model.frame
        if self._reversed:
            return Owed(frame, attempts.arrival + self.timing.herald_up), None
        return None, Owed(frame, attempts.arrival + self.timing.herald_down)

    def _tell(self, attempts: A, memory: Memory) -> None:
        """One end learns that its memory is entangled, and its resource manager hears of it."""
        self._learn(attempts, memory)
        report = self._report_up if memory is attempts.up else self._report_down
        self.sim.post(0, report, memory, priority=_REPORT)

    def _learn(self, attempts: A, memory: Memory) -> None:
        del self._attempts[memory]
        pair = attempts.pair
        assert pair is not None
        memory.hold(pair.id, attempts.down if memory is attempts.up else attempts.up, attempts.deadline)

    def _report_both(self, attempts: A) -> None:
        # Downstream first: its memory is waiting by the time that a free upstream one asks for a partner.
        self._report_down(attempts.down)
        self._report_up(attempts.up)

    def _trace(self, pair: EntangledPair, attempts: A) -> None:
        assert self.sim.trace is not None
        self.sim.trace.emit(
            self.sim.now,
            "pair_heralded",
            self.link.name,
            pair=pair.id,
            a=attempts.up.name,
            b=attempts.down.name,
            attempts=attempts.tries,
            fidelity=pair.fidelity(self.sim.now),
        )


class PairingSession(GenerationSession[A]):
    """Pairs the memories that have waited longest at either end, as soon as there are two."""

    def _prepare(self) -> None:
        super()._prepare()
        self._idle_up: list[Memory] = []
        self._idle_down: list[Memory] = []

    def offer(self, memory: Memory) -> None:
        memory.move(MemoryState.GENERATING)
        self._place(memory)

    def withdraw(self, memory: Memory) -> None:
        attempts = self._attempts.pop(memory, None)
        if attempts is None:
            (self._idle_up if memory.node is self.upstream else self._idle_down).remove(memory)
        else:
            other = attempts.down if memory is attempts.up else attempts.up
            # Without an entry the other end holds its half already and the attempts are past.
            if self._attempts.get(other) is attempts:
                del self._attempts[other]
                self._abandon(attempts)
                self._place(other)
            else:
                self._abandon_herald(attempts)
        memory.clear()

    def _place(self, memory: Memory) -> None:
        """Pair a memory with the one that has waited longest at the other end, or let it wait."""
        mine, others = self._idle_up, self._idle_down
        if memory.node is not self.upstream:
            mine, others = others, mine
        if others and not self.closed:
            other = others.pop(0)
            up, down = (memory, other) if mine is self._idle_up else (other, memory)
            self._begin(up, down)
        else:
            mine.append(memory)

    def _begin(self, up: Memory, down: Memory) -> None:
        """Put two memories to work."""
        raise NotImplementedError

    def _abandon(self, attempts: A) -> None:
        """Stop attempts that one memory has left."""
        raise NotImplementedError

    def _abandon_herald(self, attempts: A) -> None:
        """One memory leaves before it has heard of a success that the other end knows of."""
        if attempts.handle is not None:
            attempts.handle.cancel()
