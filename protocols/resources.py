"""The resource manager of a node: which rule applies to a memory now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from hardware.memory import MemoryState

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.rules import Rule

#: The table of a memory without rules.
_NO_RULES: Final[tuple[tuple[Rule, ...], ...]] = ((),) * len(MemoryState)


class ResourceManager:
    """Holds the rules of one node and applies them as memories change state."""

    def __init__(self, node: QuantumNode) -> None:
        self.node = node
        # For each memory and state, its rules in order. Looking up by state keeps an update free of the
        # rules that cannot apply. Memories that no flow has used yet share the table without rules.
        self._rules: list[Sequence[tuple[Rule, ...]]] = [_NO_RULES] * len(node.memories)

    def update(self, memory: Memory) -> None:
        """Apply the first rule that wants a memory in the state that it is in."""
        for rule in self._rules[memory.index][memory.state]:
            chosen = rule.condition(memory)
            if chosen is not None:
                rule.action(chosen)
                return

    def release(self, memory: Memory) -> None:
        """Let go of what a memory holds and put it to its next use."""
        memory.clear()
        self.update(memory)

    def load(self, *rules: Rule) -> None:
        """Install rules and apply them to the memories as they are."""
        for rule in rules:
            for memory in rule.memories:
                table = self._table(memory)
                for state in rule.states:
                    known = (*table[state], rule)
                    if len(known) > 1 and known[-2].priority > rule.priority:
                        # sorted() is stable: equal priorities keep the order of loading.
                        known = tuple(sorted(known, key=attrgetter("priority")))
                    table[state] = known
        touched: dict[Memory, None] = {}
        for rule in rules:
            touched.update(dict.fromkeys(rule.memories))
        for memory in touched:
            self.update(memory)

    def unload(self, rules: Iterable[Rule]) -> None:
        """Remove rules; what they have started goes on."""
        for rule in rules:
            for memory in rule.memories:
                table = self._table(memory)
                for state in rule.states:
                    table[state] = tuple(known for known in table[state] if known is not rule)

    def _table(self, memory: Memory) -> list[tuple[Rule, ...]]:
        """The rules of a memory by state, to be changed."""
        table = self._rules[memory.index]
        if not isinstance(table, list):
            table = self._rules[memory.index] = list(table)
        return table

    def rules(self, memory: Memory) -> tuple[Rule, ...]:
        """The rules that apply to a memory in the state that it is in, in order."""
        return self.rules_in(memory, memory.state)

    def rules_in(self, memory: Memory, state: MemoryState) -> tuple[Rule, ...]:
        """The rules that would apply to a memory in a state, in order."""
        return self._rules[memory.index][state]
