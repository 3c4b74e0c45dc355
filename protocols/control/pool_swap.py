"""Swaps of halves that serve whatever flow uses them first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protocols.entanglement.swap_operation import SwapOperation
from qsim.quantum.state import keeps_relaxation

if TYPE_CHECKING:
    from hardware.memory import Memory
    from protocols.node.stack import NodeStack


class SharedPool(Protocol):
    """The memories that are swapped, a `protocols.control.link_pool.LinkPool`.

    Attributes:
        memories: the memories.
    """

    memories: list[Memory]

    def serves(self, left: Memory, right: Memory) -> frozenset[int]:
        """The flows that the pair can serve which two halves are joined to."""
        ...


class PoolSwap(SwapOperation):
    """Swaps of halves whose pairs point anywhere."""

    def __init__(self, pool: SharedPool, stack: NodeStack) -> None:
        relaxes = keeps_relaxation(stack.context.formalism) and any(
            memory.noise is not None and memory.noise.relaxation for memory in pool.memories
        )
        fades = any(memory.retrieval is not None for memory in pool.memories)
        super().__init__(stack.policies.swapping, stack, stack.node, relaxes=relaxes, fades=fades)
        self._concurrent = True
        self._pool = pool

    def _shared(self, left: Memory, right: Memory) -> frozenset[int] | None:
        return self._pool.serves(left, right)

    def _join(self, left: Memory, right: Memory, now: int) -> int:
        near, far = left.pair, right.pair
        assert near is not None
        assert far is not None
        if near.second.node is not self._node:
            near.turn()
        if far.first.node is not self._node:
            far.turn()
        return super()._join(left, right, now)
