"""The resource manager: which rule acts on a memory, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from protocols.resources import ResourceManager
from protocols.rules import DELIVER, DISCARD, GENERATE, PURIFY, SWAP, Rule
from tests.protocols.scenes import MS, alive, chain, request

FREE, ENTANGLED = MemoryState.FREE, MemoryState.ENTANGLED
Chosen = tuple[Memory, ...] | None


class Board:
    """A node with three memories, and rules that say that they were asked and what they did."""

    def __init__(self) -> None:
        self.node = alive(chain(1, count=3)).node("n0")
        self.manager = ResourceManager(self.node)
        self.said: list[tuple[str, str, int]] = []

    def rule(
        self,
        name: str,
        priority: int = 0,
        *,
        wants: Callable[[Memory], bool] = lambda _: True,
        states: tuple[MemoryState, ...] = (FREE,),
        memories: tuple[int, ...] = (0, 1, 2),
    ) -> Rule:
        def condition(memory: Memory) -> Chosen:
            self.said.append(("asked", name, memory.index))
            return (memory,) if wants(memory) else None

        def action(chosen: tuple[Memory, ...]) -> None:
            self.said.append(("acts", name, chosen[0].index))

        watched = [self.node.memories[index] for index in memories]
        return Rule(name, priority, states, watched, condition, action)

    def acted(self) -> list[tuple[str, int]]:
        """What was done, and forget it."""
        acted = [(name, index) for what, name, index in self.said if what == "acts"]
        self.said.clear()
        return acted

    def update(self, index: int) -> None:
        self.manager.update(self.node.memories[index])


@pytest.fixture
def board() -> Board:
    return Board()


def test_the_lowest_number_is_asked_first_and_no_other_after_it_acts(board: Board) -> None:
    board.manager.load(board.rule("late", 50), board.rule("early", 10))
    board.said.clear()
    board.update(1)
    assert board.said == [("asked", "early", 1), ("acts", "early", 1)]


def test_a_rule_that_declines_makes_way_for_the_next(board: Board) -> None:
    board.manager.load(
        board.rule("late", 50), board.rule("early", 10, wants=lambda memory: memory.index == 0)
    )
    board.said.clear()
    board.update(0)
    board.update(1)
    assert board.said == [
        ("asked", "early", 0),
        ("acts", "early", 0),
        ("asked", "early", 1),
        ("asked", "late", 1),
        ("acts", "late", 1),
    ]


def test_equal_priorities_keep_the_order_of_loading(board: Board) -> None:
    never = {"wants": lambda _: False}
    board.manager.load(board.rule("first", 5, **never), board.rule("second", 5, **never))
    board.manager.load(board.rule("before", 1, **never))
    board.manager.load(board.rule("third", 5, **never))
    board.said.clear()
    board.update(2)
    assert [name for _, name, _ in board.said] == ["before", "first", "second", "third"]
    assert [rule.name for rule in board.manager.rules(board.node.memories[2])] == [
        "before",
        "first",
        "second",
        "third",
    ]


def test_flows_deliver_before_they_purify_swap_discard_and_generate() -> None:
    assert DELIVER < PURIFY < SWAP < DISCARD < GENERATE


def test_a_rule_sees_its_own_states_and_memories_only(board: Board) -> None:
    memory = board.node.memories[0]
    board.manager.load(
        board.rule("free", states=(FREE,), memories=(0, 2)), board.rule("entangled", states=(ENTANGLED,))
    )
    assert board.acted() == [("free", 0), ("free", 2)]
    memory.move(MemoryState.GENERATING)
    board.update(0)
    board.update(1)
    assert board.acted() == []
    memory.hold(1, board.node.memories[1], None)
    board.update(0)
    assert board.acted() == [("entangled", 0)]


def test_a_rule_may_watch_several_states(board: Board) -> None:
    board.manager.load(board.rule("both", states=(FREE, ENTANGLED), memories=(0,)))
    memory = board.node.memories[0]
    memory.move(MemoryState.GENERATING)
    board.update(0)
    memory.hold(1, board.node.memories[1], None)
    board.update(0)
    assert board.acted() == [("both", 0), ("both", 0)]


def test_loading_applies_the_rules_to_memories_as_they_are_once_each(board: Board) -> None:
    board.manager.load(board.rule("one", 2), board.rule("other", 1, memories=(1,)))
    assert board.acted() == [("one", 0), ("other", 1), ("one", 2)]


def test_unloaded_rules_are_never_asked_again(board: Board) -> None:
    gone, stays = board.rule("gone", 1), board.rule("stays", 2)
    board.manager.load(gone, stays)
    board.manager.unload([gone])
    board.said.clear()
    board.update(0)
    assert board.said == [("asked", "stays", 0), ("acts", "stays", 0)]
    board.manager.unload([gone, stays])
    assert board.manager.rules(board.node.memories[0]) == ()


def test_release_frees_the_memory_and_applies_the_rules_for_free_ones(board: Board) -> None:
    memory = board.node.memories[0]
    memory.move(MemoryState.GENERATING)
    memory.hold(1, board.node.memories[1], None)
    board.manager.load(board.rule("free"), board.rule("entangled", states=(ENTANGLED,)))
    board.said.clear()
    board.manager.release(memory)
    assert memory.state is FREE
    assert board.acted() == [("free", 0)]


def flow_with(rule: Callable[[Any], Rule], at: str, until: int) -> tuple[Any, list[float]]:
    """Run two links for a time in ms with a user's rule at one node; give network and delivery times."""
    engine = alive(chain(2, traffic=[request("n0", "n2")], run={"duration": 0.1}))
    engine.stack(at).resources.load(rule(engine))
    engine.run_until(until * MS)
    return engine, [pair.time_s for pair in engine.result().pairs]


def test_a_users_rule_holds_back_swaps() -> None:
    """It comes before the swap rule and does nothing until its time; then a look at the memories lets go."""

    def rule(engine: Any) -> Rule:
        def early(memory: Memory) -> Chosen:
            return (memory,) if engine.sim.now < 50 * MS else None

        def look_again() -> None:
            for memory in engine.node("n1").memories:
                engine.stack("n1").resources.update(memory)

        engine.sim.post_at(50 * MS, look_again)
        return Rule("wait", SWAP - 1, (ENTANGLED,), engine.node("n1").memories, early, lambda _: None)

    _, without = flow_with(lambda _: Rule("idle", 1, (), [], lambda _: None, lambda _: None), "n1", 60)
    _, held_back = flow_with(rule, "n1", 60)
    assert without[0] == pytest.approx(6.5e-3)
    assert held_back[0] == pytest.approx(51e-3)


@pytest.mark.parametrize("at", ["n0", "n1", "n2"])
def test_a_users_rule_gives_pairs_up_and_both_ends_go_on(at: str) -> None:
    """A node discards the first three pairs that it hears of; the flow delivers later, nothing is left."""

    def rule(engine: Any) -> Rule:
        given_up: list[int] = []

        def young(memory: Memory) -> Chosen:
            return (memory,) if len(given_up) < 3 else None

        def drop(memories: tuple[Memory, ...]) -> None:
            given_up.append(memories[0].pair_id)
            engine.stack(at).discard(memories[0])

        return Rule("drop early pairs", 5, (ENTANGLED,), engine.node(at).memories, young, drop)

    engine, times = flow_with(rule, at, 200)
    assert times[0] > 7e-3
    assert len(times) > 15
    assert engine.result().unfinished == ()
    assert all(memory.state is FREE for node in engine.nodes.values() for memory in node.memories)
