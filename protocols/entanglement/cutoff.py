"""Cut-off: giving up pairs that have grown too old.

A policy says when a pair is to be given up; of the two ends', the earlier instant holds. Each memory has at
most one timer in the queue. A timer that finds a younger pair moves on to that pair's deadline, so the many
pairs that are used in time cost nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from qsim.kernel import Priority
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from qsim.kernel import Handle
    from qsim.quantum.pair import EntangledPair


class Cutoff(Declared, ABC):
    """When a node gives up pairs.

    A policy of a user's own derives from this class and is registered under the kind "cutoff".
    """

    @abstractmethod
    def deadline(self, pair: EntangledPair) -> int | None:
        """When a pair that a link has just heralded is given up, ps; None for never.

        Asked once, before either end hears of the pair. A swap hands the earlier deadline of two pairs on;
        the pair that a purification keeps has its own, older partners or not.
        """


@register("cutoff", "none")
@dataclass(frozen=True)
class NoCutoff(Cutoff):
    """Pairs are kept until they are used."""

    def deadline(self, pair: EntangledPair) -> int | None:
        return None


@register("cutoff", "age")
@dataclass(frozen=True)
class AgeCutoff(Cutoff):
    """Pairs are given up at an age, from the start of storage of their older half."""

    after: Annotated[float, Param("age at which a pair is given up", unit="s", gt=0)]

    def deadline(self, pair: EntangledPair) -> int | None:
        return pair.born + self._after_ps

    @cached_property
    def _after_ps(self) -> int:
        return to_ps(self.after)


@register("cutoff", "exponential")
@dataclass(frozen=True)
class ExponentialCutoff(Cutoff):
    """Pairs are lost at a constant rate, whatever their age, and both ends know it at once.

    The erasure of stored pairs in the theory of switches.

    References:
        Vardoyan, Guha, Nain and Towsley, arXiv 1903.04420.
    """

    mean: Annotated[float, Param("mean time from the start of storage to the loss", unit="s", gt=0)]

    def deadline(self, pair: EntangledPair) -> int | None:
        first = pair.first.node
        rng = first.sim.stream(f"cutoff/{first.name}")
        return pair.born + to_ps(rng.expovariate(1 / self.mean))


define_kind("cutoff", Cutoff, "how-to/protocol.md")


class CutoffTimers:
    """The timers of one node's memories; `expire` is called with one whose pair is to be given up now."""

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
            self._node.emit("pair_expired", pair=memory.pair_id, memory=memory.index)
        self._node.expired += 1
        self._expire(memory)


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two deadlines, None standing for never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
