"""First come, first served: how sessions pair free memories when nothing has to be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hardware.memory import MemoryState
from protocols.entanglement.session import Attempts, GenerationSession

if TYPE_CHECKING:
    from hardware.memory import Memory

A = TypeVar("A", bound=Attempts)


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
                self._abandon_news(attempts)
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

    def _abandon_news(self, attempts: A) -> None:
        """One memory leaves before it has heard of a success that the other end knows of."""
        if attempts.handle is not None:
            attempts.handle.cancel()
