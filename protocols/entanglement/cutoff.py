"""Cut-off: giving up pairs that have grown too old.

Each memory has at most one timer in the queue. A timer that finds a younger pair moves on to that pair's
deadline, so the many pairs that are used in time cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qsim.kernel import Priority

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from qsim.kernel import Handle


class CutoffTimers:
    """The timers of one node's memories.

    Args:
        node: the node.
        expire: called with a memory whose pair is to be given up now.
    """

    def __init__(self, node: QuantumNode, expire: Callable[[Memory], None]) -> None:
        self._node = node
        self._sim = node.sim
        self._expire = expire
        self._timers: list[Handle | None] = [None] * len(node.memories)

    def watch(self, memory: Memory) -> bool:
        """See to it that the memory's deadline is kept.

        Returns:
            False when the deadline has passed already: the pair has been given up.
        """
        deadline = memory.deadline
        if deadline is None:
            return True
        if deadline < self._sim.now:
            self._give_up(memory)
            return False
        timer = self._timers[memory.index]
        if timer is not None:
            if timer.time <= deadline:
                return True
            timer.cancel()
        # Last of its instant: a pair that is used exactly at its deadline is used in time.
        self._timers[memory.index] = self._sim.schedule_at(
            deadline, self._ring, memory, priority=Priority.OBSERVE
        )
        return True

    def _ring(self, memory: Memory) -> None:
        self._timers[memory.index] = None
        deadline = memory.deadline
        if deadline is None:
            return
        if deadline > self._sim.now:
            self.watch(memory)
        else:
            self._give_up(memory)

    def _give_up(self, memory: Memory) -> None:
        if self._sim.trace is not None:
            self._sim.trace.emit(
                self._sim.now, "pair_expired", self._node.name, pair=memory.pair_id, memory=memory.index
            )
        self._node.expired += 1
        self._expire(memory)


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two deadlines, None standing for never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
