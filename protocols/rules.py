"""Rules: what a node does with a memory in a given state.

A rule watches some memories in some states. Whenever a watched memory enters such a state its condition is
asked, with the memory; if it names memories, the action is carried out on them, and no other rule is asked.
Rules are asked in the order of their priority, the lowest number first, then in the order of loading.

Example:
    A rule of a user's own, by which a node gives up the pairs that it hears of in the first second::

        stack = engine.stack("n1")

        def young(memory):
            return (memory,) if engine.sim.now < 10**12 else None

        def drop(memories):
            stack.discard(memories[0])

        rule = Rule("drop early pairs", 5, (MemoryState.ENTANGLED,), stack.node.memories, young, drop)
        stack.resources.load(rule)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.memory import Memory, MemoryState

#: Priorities of the rules that flows install; user rules may come before, between or after.
DELIVER, PURIFY, SWAP, MOVE, DISCARD, GENERATE = 10, 20, 30, 35, 40, 50


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A condition and an action on memories.

    Attributes:
        name: for messages.
        priority: lower numbers are asked first.
        states: states in which the rule looks at a memory.
        memories: the memories watched.
        condition: given a watched memory, the memories to act on, or None.
        action: what is done with them.
    """

    name: str
    priority: int
    states: tuple[MemoryState, ...]
    memories: Sequence[Memory]
    condition: Callable[[Memory], tuple[Memory, ...] | None]
    action: Callable[[tuple[Memory, ...]], None]
