"""Negotiated attempts at photon detail: the real messages behind `NegotiatedSession`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.generation.negotiated import Schedule
from protocols.generation.photon import PhotonAttempt, PhotonSession
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory


@dataclass(slots=True)
class PairAsk:
    """Have you a free memory for mine?"""

    session: PhotonNegotiatedSession
    memory: Memory


@dataclass(slots=True)
class PairAnswer:
    """Here is one, set aside in an attempt; or there is none."""

    session: PhotonNegotiatedSession
    memory: Memory
    attempt: PhotonAttempt | None


@dataclass(slots=True)
class Propose:
    """Let us do the next round; you fix the time."""

    session: PhotonNegotiatedSession
    attempt: PhotonAttempt


@dataclass(slots=True)
class Fix:
    """The time is fixed: light is to meet at the attempt's arrival."""

    session: PhotonNegotiatedSession
    attempt: PhotonAttempt


class PhotonNegotiatedSession(PhotonSession):
    """Every attempt asked for, every round proposed and fixed, by messages that travel."""

    def _prepare(self) -> None:
        super()._prepare()
        self._overhead = to_ps(self.link.model.handshake.overhead)
        self._schedule = Schedule.of(self.timing, self.downstream.name > self.upstream.name, self._overhead)
        # Downstream memories without a partner, oldest first; upstream ones whose requests are on their way.
        self._waiting: list[Memory] = []
        self._asking: set[Memory] = set()
        # Where a refusal takes no time at all, asking again at once would stop the clock: these upstream
        # memories ask again when a downstream one comes free.
        self._instant = self.timing.ask + self.timing.answer + self._overhead == 0
        self._refused: list[Memory] = []
        self._free_since: dict[Memory, int] = {}
        # Attempts whose first round the fixing end has heard of, and those whose proposal came before that.
        self._heard: set[PhotonAttempt] = set()
        self._early: set[PhotonAttempt] = set()
        self.downstream.on(PairAsk, _on_ask)
        self.upstream.on(PairAnswer, _on_answer)
        for node in (self.upstream, self.downstream):
            node.on(Propose, _on_propose)
            node.on(Fix, _on_fix)

    def offer(self, memory: Memory) -> None:
        memory.move(MemoryState.GENERATING)
        self._free_since[memory] = self.sim.now
        self._place(memory)

    @property
    def working(self) -> bool:
        # A request on its way to a memory that waits will begin an attempt.
        return bool(self._attempts) or bool(not self.closed and self._asking and self._waiting)

    def withdraw(self, memory: Memory) -> None:
        attempt = self._attempts.pop(memory, None)
        if attempt is not None:
            attempt.over = True
            self._cut(attempt)
            other = attempt.down if memory is attempt.up else attempt.up
            if self._attempts.get(other) is attempt:
                del self._attempts[other]
                self._place(other)
        elif memory.node is self.downstream:
            self._waiting.remove(memory)
        else:
            self._asking.discard(memory)
        memory.clear()

    def _place(self, memory: Memory) -> None:
        if memory.node is self.downstream:
            self._waiting.append(memory)
            refused, self._refused = self._refused, []
            for upstream in refused:
                self._ask(upstream)
        else:
            self._asking.add(memory)
            self.sim.post(self._overhead, self._ask, memory)

    def _ask(self, memory: Memory) -> None:
        if memory in self._asking and not self.closed:
            self.upstream.signal(self.downstream, PairAsk(self, memory))

    def asked(self, memory: Memory) -> None:
        """A request has reached the downstream node."""
        if not self._waiting or memory not in self._asking:
            self.downstream.signal(self.upstream, PairAnswer(self, memory, None))
            return
        self._asking.discard(memory)
        down = self._waiting.pop(0)
        began = max(self._free_since[memory], self._free_since[down])
        attempt = PhotonAttempt(self, memory, down, began)
        self._attempts[memory] = self._attempts[down] = attempt
        self.downstream.signal(self.upstream, PairAnswer(self, memory, attempt))
        if self._schedule.proposes_down:
            self.downstream.signal(self.upstream, Propose(self, attempt))

    def answered(self, memory: Memory, attempt: PhotonAttempt | None) -> None:
        """The answer has reached the upstream node."""
        if attempt is None and self._instant and not self._waiting:
            self._refused.append(memory)
        elif attempt is None:
            self.sim.post(self._overhead, self._ask, memory)
        elif not attempt.over and not self._schedule.proposes_down:
            self.upstream.signal(self.downstream, Propose(self, attempt))

    def proposed(self, attempt: PhotonAttempt) -> None:
        """A proposal has reached the end that fixes the time."""
        if attempt.over:
            return
        if attempt.round > 0 and attempt not in self._heard:
            self._early.add(attempt)
            return
        self._heard.discard(attempt)
        schedule, timing = self._schedule, self.timing
        fixer, proposer, flight = attempt.down, attempt.up, timing.flight_up
        if schedule.proposes_down:
            fixer, proposer, flight = attempt.up, attempt.down, timing.flight_down
        ahead = schedule.ahead if attempt.round == 0 else schedule.onward
        earliest = max(self.sim.now + ahead, fixer.ready_at + schedule.onward, proposer.ready_at + flight)
        attempt.open_round(earliest)
        attempt.light.send(fixer)
        fixer.node.signal(proposer.node, Fix(self, attempt))

    def fixed(self, attempt: PhotonAttempt) -> None:
        """The proposer learns the time."""
        if not attempt.over:
            attempt.light.send(attempt.down if self._schedule.proposes_down else attempt.up)

    def _passed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        proposer = attempt.down if self._schedule.proposes_down else attempt.up
        if memory is proposer:
            memory.node.signal(
                attempt.up.node if memory is attempt.down else attempt.down.node, Propose(self, attempt)
            )
            return
        self._heard.add(attempt)
        if attempt in self._early:
            self._early.discard(attempt)
            self.proposed(attempt)

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        del self._attempts[memory]
        self._place(memory)


def _on_ask(_source: Node, message: PairAsk) -> None:
    message.session.asked(message.memory)


def _on_answer(_source: Node, message: PairAnswer) -> None:
    message.session.answered(message.memory, message.attempt)


def _on_propose(_source: Node, message: Propose) -> None:
    message.session.proposed(message.attempt)


def _on_fix(_source: Node, message: Fix) -> None:
    message.session.fixed(message.attempt)
