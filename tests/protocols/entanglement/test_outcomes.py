"""What a node does with the outcome of a purification that it has granted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hardware.memory import MemoryState
from protocols.entanglement.purification import PurificationOutcome, PurificationProtocol


class Bench:
    """A node's protocol with what stands around it, which notes what is done to which memory.

    It has granted the purification of token 7 that keeps "kept" and sacrifices "other".
    """

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.context = SimpleNamespace(dropped=0)
        self.memories = {name: self.memory(name) for name in ("kept", "other", "third")}
        self.held_by = self.memories["kept"]
        both = (self.memories["kept"], self.memories["other"])
        node: Any = SimpleNamespace(on=lambda *_: None, holder=lambda *_: self.held_by)
        resources: Any = SimpleNamespace(
            release=lambda memory: self.done.append(("released", memory.name)),
            update=lambda memory: self.done.append(("considered", memory.name)),
        )
        consent: Any = SimpleNamespace(granted=lambda token: both if token == 7 else ())
        context: Any = self.context
        self.protocol = PurificationProtocol(context, node, resources, consent)

    def memory(self, name: str) -> Any:
        def move(state: MemoryState) -> None:
            self.done.append((state.value, name))

        return SimpleNamespace(name=name, move=move)

    def hear(self, success: bool, token: int = 7) -> set[tuple[str, str]]:
        """An outcome comes in; what is done then."""
        source: Any = None
        self.protocol.on_outcome(source, PurificationOutcome(token, self.memories["kept"], 3, success))
        assert len(set(self.done)) == len(self.done)
        return set(self.done)


@pytest.mark.parametrize(
    ("success", "kept"),
    [
        (True, {(MemoryState.ENTANGLED.value, "kept"), ("considered", "kept")}),
        (False, {("released", "kept")}),
    ],
)
def test_the_pair_kept_stays_where_it_succeeded_and_the_other_goes(
    success: bool, kept: set[tuple[str, str]]
) -> None:
    bench = Bench()
    assert bench.hear(success) == {("released", "other"), *kept}
    assert bench.context.dropped == 0


@pytest.mark.parametrize("success", [True, False])
def test_an_outcome_of_nothing_granted_here_is_counted_and_changes_nothing(success: bool) -> None:
    bench = Bench()
    assert bench.hear(success, token=8) == set()
    assert bench.context.dropped == 1


@pytest.mark.parametrize("success", [True, False])
def test_both_memories_go_where_the_pair_kept_is_held_by_neither_any_more(success: bool) -> None:
    bench = Bench()
    bench.held_by = bench.memories["third"]
    assert bench.hear(success) == {("released", "kept"), ("released", "other")}
    assert bench.context.dropped == 0
