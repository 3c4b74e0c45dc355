"""The consent protocol: asking, granting, denying, and memories that go away in the middle of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.memory import Memory, MemoryState
from protocols.entanglement.consent import Proposal
from protocols.rules import Rule
from qsim.quantum.bell_diagonal import BellDiagonalState
from qsim.quantum.pair import EntangledPair
from tests.protocols.invariants.watch import in_hand
from tests.protocols.scenes import MS, alive, chain

SWAPPING, PURIFYING, ENTANGLED, FREE = (
    MemoryState.SWAPPING,
    MemoryState.PURIFYING,
    MemoryState.ENTANGLED,
    MemoryState.FREE,
)


class Table:
    """Three nodes a, b, c one millisecond apart, and pairs between them.

    Attributes:
        gone: proposals that were carried out, with the times; the asker's own memories are free then.
    """

    def __init__(self, delays: tuple[float, float] = (1.0, 1.0)) -> None:
        self.engine: Any = alive(chain(delays, count=4))
        self.sim = self.engine.sim
        self.gone: list[tuple[int, Proposal]] = []
        self.a, self.b, self.c = (self.engine.stack(name) for name in ("n0", "n1", "n2"))

    def pair(self, one: tuple[Any, int], other: tuple[Any, int]) -> tuple[Memory, Memory]:
        """Entangle two memories, given as stack and index."""
        first, second = (stack.node.memories[index] for stack, index in (one, other))
        number = self.engine.context.next_id()
        now = self.sim.now
        first.pair = second.pair = EntangledPair(
            number, BellDiagonalState.werner(0.9), first, second, (now, now), (now, now), now
        )
        for memory, partner in ((first, second), (second, first)):
            memory.move(MemoryState.GENERATING)
            memory.hold(number, partner, None)
        return first, second

    def swap_at_b(self) -> tuple[Memory, Memory, Memory, Memory]:
        """Pairs a-b and b-c, and b's question whether it may swap them."""
        a, left = self.pair((self.a, 0), (self.b, 0))
        right, c = self.pair((self.b, 1), (self.c, 0))
        self.b.consent.propose(SWAPPING, (left, right), self.go(self.b))
        return a, left, right, c

    def go(self, stack: Any) -> Callable[[Proposal], None]:
        def noted(proposal: Proposal) -> None:
            self.gone.append((self.sim.now, proposal))
            stack.consent.conclude(proposal)
            for memory in proposal.memories:
                memory.clear()

        return noted

    def lose(self, stack: Any, memory: Memory) -> None:
        """A memory's pair is given up."""
        stack.consent.forget(memory)
        memory.clear()

    def hand_over(self, stack: Any, memory: Memory) -> None:
        """Let the half in a memory that was set aside go, as an operation that is carried out does."""
        if stack.consent.grant_ends(memory):
            memory.move(ENTANGLED)

    def run(self, until: float = 100) -> None:
        self.engine.run_until(round(until * MS))

    def assert_empty(self) -> None:
        """No node has anything in hand, and no memory is set aside."""
        for stack in (self.a, self.b, self.c):
            assert in_hand(stack) == ({}, {}, {}, {})
            for memory in stack.node.memories:
                assert memory.state in (FREE, ENTANGLED)


@pytest.fixture
def table() -> Table:
    return Table()


def test_consent_takes_one_round_trip_and_sets_all_halves_aside(table: Table) -> None:
    memories = a, left, right, c = table.swap_at_b()
    assert [memory.state for memory in memories] == [ENTANGLED, SWAPPING, SWAPPING, ENTANGLED]
    table.run(1.5)
    assert [memory.state for memory in memories] == [SWAPPING] * 4
    table.run()
    ((time, proposal),) = table.gone
    assert time == 2 * MS
    assert proposal.memories == (left, right)
    assert set(proposal.granted) == {table.a.node, table.c.node}
    # The halves at a and c stay set aside until they hear of the swap.
    assert a.state is c.state is SWAPPING


def test_all_must_grant_before_it_goes() -> None:
    table = Table((1.0, 5.0))
    table.swap_at_b()
    table.run()
    assert [time for time, _ in table.gone] == [10 * MS]


def test_one_node_that_holds_both_halves_is_asked_once(table: Table) -> None:
    kept, far_kept = table.pair((table.b, 0), (table.a, 0))
    lost, far_lost = table.pair((table.b, 1), (table.a, 1))
    table.b.consent.propose(PURIFYING, (kept, lost), table.go(table.b))
    table.run(1.5)
    assert far_kept.state is far_lost.state is PURIFYING
    table.run()
    ((time, proposal),) = table.gone
    assert (time, proposal.granted) == (2 * MS, [table.a.node])
    assert table.a.consent.granted(proposal.token) == (far_kept, far_lost)
    for memory in (far_kept, far_lost):
        memory.move(ENTANGLED)
    table.assert_empty()


def test_a_half_in_use_denies_and_nothing_is_given_up(table: Table) -> None:
    a, left, right, c = table.swap_at_b()
    c.move(MemoryState.HELD)
    table.run()
    assert table.gone == []
    assert [memory.state for memory in (a, left, right)] == [ENTANGLED] * 3
    assert c.state is MemoryState.HELD
    assert left.pair_id == a.pair_id
    c.clear()
    table.assert_empty()


def test_a_denial_withdraws_what_others_have_granted() -> None:
    table = Table((1.0, 3.0))
    a, left, _, c = table.swap_at_b()
    c.move(MemoryState.HELD)
    table.run(5)
    assert a.state is left.state is SWAPPING
    table.run(6.5)
    assert left.state is ENTANGLED
    assert a.state is SWAPPING
    table.run(7.5)
    assert a.state is ENTANGLED
    c.clear()
    table.assert_empty()


def test_a_pair_that_is_gone_there_is_given_up_here(table: Table) -> None:
    a, left, right, c = table.swap_at_b()
    table.lose(table.c, c)
    table.run()
    assert right.state is FREE
    assert right.pair is None
    assert left.state is a.state is ENTANGLED
    assert left.pair is not None
    table.assert_empty()


def test_a_pair_whose_memory_holds_another_by_now_is_gone(table: Table) -> None:
    a, _, right, c = table.swap_at_b()
    table.lose(table.c, c)
    other, again = table.pair((table.b, 2), (table.c, 0))
    assert again is c
    table.run()
    assert right.state is FREE
    assert (c.state, c.partner, other.partner) == (ENTANGLED, other, c)
    assert a.state is ENTANGLED
    table.assert_empty()


def test_a_pair_that_the_other_end_has_yet_to_hear_of_is_not_gone(table: Table) -> None:
    """The number is greater than any that its memory has known."""
    a, left = table.pair((table.a, 0), (table.b, 0))
    right, c = table.pair((table.b, 1), (table.c, 0))
    number = table.engine.context.next_id()
    right.rename(number, c, None)
    table.b.consent.propose(SWAPPING, (left, right), table.go(table.b))
    table.run(50)
    assert table.gone == []
    assert right.state is left.state is a.state is c.state is ENTANGLED
    c.rename(number, right, None)
    table.b.consent.propose(SWAPPING, (left, right), table.go(table.b))
    table.run()
    assert len(table.gone) == 1


def test_a_grant_for_a_proposal_called_off_is_withdrawn_and_counted(table: Table) -> None:
    a, left, right, c = table.swap_at_b()
    table.run(1.5)
    table.lose(table.b, left)
    assert right.state is ENTANGLED
    assert a.state is c.state is SWAPPING
    table.run()
    assert table.gone == []
    assert a.state is c.state is ENTANGLED
    assert table.engine.context.dropped == 2
    table.assert_empty()


def test_memories_put_back_are_put_to_use(table: Table) -> None:
    """The asker's after a denial, the granter's after a withdrawal."""
    a, left, right, c = table.swap_at_b()
    c.move(MemoryState.HELD)
    used: list[Memory] = []
    for stack in (table.a, table.b):
        rule = Rule(
            "use", 1, (ENTANGLED,), stack.node.memories, lambda one: (one,), lambda ones: used.extend(ones)
        )
        stack.resources._rules = [[()] * len(MemoryState) for _ in stack.node.memories]
        stack.resources.load(rule)
    used.clear()
    table.run()
    assert used == [left, right, a]


def test_a_denial_lets_go_of_all_lost_pairs_before_any_memory_is_used_again(table: Table) -> None:
    """Otherwise the first memory put to use could set aside the second, which is then cleared."""
    kept, far_kept = table.pair((table.b, 0), (table.a, 0))
    lost, far_lost = table.pair((table.b, 1), (table.a, 1))
    table.lose(table.a, far_lost)

    def both(_memory: Memory) -> tuple[Memory, ...] | None:
        ready = kept.state is ENTANGLED and lost.state is ENTANGLED
        return (kept, lost) if ready else None

    def ask(memories: tuple[Memory, ...]) -> None:
        table.b.consent.propose(PURIFYING, memories, table.go(table.b))

    table.b.resources.load(Rule("again", 1, (ENTANGLED,), [kept, lost], both, ask))
    table.run()
    assert lost.state is FREE
    assert kept.state is far_kept.state is ENTANGLED
    table.assert_empty()


def cross(table: Table) -> tuple[Memory, Memory]:
    """Nodes b and c ask each other about one pair at the same instant, b first."""
    a, left = table.pair((table.a, 0), (table.b, 0))
    right, c = table.pair((table.b, 1), (table.c, 0))
    extra, own = table.pair((table.b, 2), (table.c, 1))
    del a, extra
    table.b.consent.propose(SWAPPING, (left, right), table.go(table.b))
    table.c.consent.propose(PURIFYING, (c, own), table.go(table.c))
    return left, right


def test_of_two_that_ask_each_other_the_first_goes_and_the_second_gives_way(table: Table) -> None:
    left, right = cross(table)
    table.run()
    ((time, proposal),) = table.gone
    assert (time, proposal.memories) == (2 * MS, (left, right))


def test_who_has_given_way_has_all_memories_back_in_use(table: Table) -> None:
    cross(table)
    seen: list[int] = []
    rule = Rule(
        "see",
        1,
        (ENTANGLED,),
        table.c.node.memories,
        lambda one: (one,),
        lambda ones: seen.append(ones[0].index),
    )
    table.c.resources.load(rule)
    seen.clear()
    table.run()
    assert seen == [1]


def test_a_denial_in_no_time_does_not_stop_the_clock() -> None:
    table = Table((0.0, 1.0))
    a, left, right, _ = table.swap_at_b()
    a.move(MemoryState.HELD)
    asked: list[int] = []

    def both(_memory: Memory) -> tuple[Memory, ...] | None:
        ready = left.state is ENTANGLED and right.state is ENTANGLED
        return (left, right) if ready else None

    def ask(memories: tuple[Memory, ...]) -> None:
        asked.append(table.sim.now)
        table.b.consent.propose(SWAPPING, memories, table.go(table.b))

    table.b.resources.load(Rule("again", 1, (ENTANGLED,), [left, right], both, ask))
    table.run(0.1)
    assert len(asked) == pytest.approx(100, abs=2)
    assert len(set(asked)) == len(asked)


def stages(table: Table) -> dict[str, tuple[Any, Memory]]:
    a, left, right, c = table.swap_at_b()
    return {"a": (table.a, a), "left": (table.b, left), "right": (table.b, right), "c": (table.c, c)}


@pytest.mark.parametrize("who", ["a", "left", "right", "c"])
@pytest.mark.parametrize("moment", [0.0, 0.5, 1.5, 2.5, 3.5, 5.5, 7.5])
def test_a_memory_may_be_lost_at_any_stage(who: str, moment: float) -> None:
    """Links of 1 and 3 ms: the asks arrive at 1 and 3 ms, the grants at 2 and 6 ms."""
    table = Table((1.0, 3.0))
    memories = stages(table)
    table.run(moment)
    stack, memory = memories[who]
    table.lose(stack, memory)
    table.run()
    for name in ("a", "c"):
        table.hand_over(*memories[name])
    table.assert_empty()
    asker_lost_in_time = who in ("left", "right") and moment < 6
    unknown_to_c = who == "c" and moment < 3
    unknown_to_a = who == "a" and moment < 1
    assert bool(table.gone) != (asker_lost_in_time or unknown_to_a or unknown_to_c)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["swap", "purify left", "purify right", "lose", "hand over", "wait"]),
            st.integers(0, 11),
        ),
        max_size=40,
    )
)
def test_whatever_happens_nothing_stays_in_hand(steps: list[tuple[str, int]]) -> None:
    """Any mix of questions, losses and operations between three nodes, any time between them."""
    table = Table((1.0, 2.0))
    stacks = (table.a, table.b, table.c)
    for what, number in steps:
        left, right = table.b.node.memories[:2], table.b.node.memories[2:]
        idle = [memory for memory in (*left, *right) if memory.state is ENTANGLED]
        for index in range(2):
            if left[index].state is table.a.node.memories[index].state is FREE:
                table.pair((table.a, index), (table.b, index))
            if right[index].state is table.c.node.memories[index].state is FREE:
                table.pair((table.b, index + 2), (table.c, index))
        if what == "wait":
            table.engine.run_until(table.sim.now + number * MS // 3)
        elif what == "swap":
            chosen = [next((m for m in side if m in idle), None) for side in (left, right)]
            if None not in chosen:
                table.b.consent.propose(SWAPPING, tuple(chosen), table.go(table.b))
        elif what.startswith("purify"):
            stack = table.a if what.endswith("left") else table.c
            own = [m for m in stack.node.memories if m.state is ENTANGLED]
            if len(own) == 2:
                stack.consent.propose(PURIFYING, tuple(own), table.go(stack))
        else:
            stack = stacks[number % 3]
            memory = stack.node.memories[number % 4]
            if what == "lose" and memory.state is not FREE:
                table.lose(stack, memory)
            elif what == "hand over":
                table.hand_over(stack, memory)
    table.engine.run_until(table.sim.now + 50 * MS)
    # What is set aside now are halves of operations carried out whose end nobody here announces.
    concluded = {proposal.token for _, proposal in table.gone}
    for stack in stacks:
        proposals, proposal_of, grants, grant_of = in_hand(stack)
        assert (proposals, proposal_of) == ({}, {})
        assert set(grants) <= concluded
        assert set(grant_of.values()) == set(grants)
