"""What a node does with the halves that its links' memories hold: which serve whom, and which go together."""

from __future__ import annotations

import pytest

from hardware.memory import MemoryState
from protocols.entanglement.tracking import SwapResult
from protocols.rules import SWAP, Rule
from tests.protocols.control.pools import Scene
from tests.protocols.scenes import MS

TO_N0, ALSO_TO_N0, TO_N2, ALSO_TO_N2 = (f"n1[{place}]" for place in range(4))


def joined(scene: Scene) -> set[tuple[str, str]]:
    """The memories of n0 and n2 that share a pair, that of its first half first."""
    pairs = {memory.pair for memory in scene.engine.node("n0").memories if memory.pair is not None}
    ends = {(pair.first.name, pair.second.name) for pair in pairs if pair.intact}
    return {(first, second) for first, second in ends if not {first[:2], second[:2]} & {"n1"}}


@pytest.mark.parametrize("interval", [None, "1 ms"])
@pytest.mark.parametrize("path", [("n0", "n1", "n2"), ("n2", "n1", "n0")])
@pytest.mark.parametrize("order", [(TO_N0, TO_N2), (TO_N2, TO_N0)])
def test_a_joined_pair_points_to_the_responder(
    order: tuple[str, str], path: tuple[str, str, str], interval: str | None
) -> None:
    """Whichever half came first, and whether they are joined as they come or in a round."""
    scene = Scene(interval=interval)
    scene.pool("n1").begin(scene.flow(1, *path))
    scene.pair(10, "n0[0]", TO_N0)
    scene.pair(11, TO_N2, "n2[0]")
    scene.look(*order)
    if interval:
        assert joined(scene) == set()
        scene.engine.run_until(MS + 1)
    assert joined(scene) == {(f"{path[0]}[0]", f"{path[2]}[0]")}
    assert scene.states("n1") == ["FREE"] * 4


@pytest.mark.parametrize("numbers", [(5, 9), (9, 5)])
@pytest.mark.parametrize("side", ["n0", "n2"])
@pytest.mark.parametrize("interval", [None, "1 ms"])
def test_the_oldest_half_that_fits_is_joined_first(
    interval: str | None, side: str, numbers: tuple[int, int]
) -> None:
    """Two wait on one side as one comes on the other; the age is that of a half's link, not of its number."""
    scene = Scene(interval=interval)
    scene.pool("n1").begin(scene.flow(1))
    waiting, fresh = ((TO_N0, ALSO_TO_N0), TO_N2) if side == "n0" else ((TO_N2, ALSO_TO_N2), TO_N0)
    for place, (number, name) in enumerate(zip(numbers, waiting, strict=True)):
        scene.pair(number, name, f"{side}[{place}]")
        scene.memory(name).pair_id = 100 - number
    scene.look(*waiting)
    other = "n2" if side == "n0" else "n0"
    scene.pair(7, fresh, f"{other}[0]")
    scene.look(fresh)
    if interval:
        scene.engine.run_until(MS + 1)
    oldest = numbers.index(5)
    ends = f"{side}[{oldest}]", f"{other}[0]"
    assert joined(scene) == {ends if side == "n0" else ends[::-1]}
    assert scene.memory(waiting[1 - oldest]).state is MemoryState.ENTANGLED


def test_a_round_joins_as_many_as_can_be_and_the_next_one_comes_after_an_interval() -> None:
    """The oldest two of four would fit, but leave two that do not: it is rather two pairs than one.

    Flow 1 joins the halves to n0 with those to n2; what is for flow 2 alone goes with the one for both.
    """
    scene = Scene(interval="1 ms")
    pool = scene.pool("n1")
    for number in (1, 2):
        pool.begin(scene.flow(number))
    served = {TO_N0: {1, 2}, TO_N2: {1, 2}, ALSO_TO_N0: {1}, ALSO_TO_N2: {2}}
    for place, (name, flows) in enumerate(served.items()):
        scene.pair(10 + place, name, f"{'n0' if name in (TO_N0, ALSO_TO_N0) else 'n2'}[{place}]")
        scene.memory(name).serves = frozenset(flows)
    scene.look(*served)
    scene.engine.run_until(MS + 1)
    assert joined(scene) == {("n0[0]", "n2[3]"), ("n0[2]", "n2[1]")}
    scene.pair(20, "n0[1]", TO_N0)
    scene.pair(21, "n2[0]", TO_N2)
    scene.engine.run_until(2 * MS)
    assert ("n0[1]", "n2[0]") not in joined(scene)
    scene.engine.run_until(2 * MS + 1)
    assert ("n0[1]", "n2[0]") in joined(scene)


def test_what_was_waiting_and_is_no_more_is_not_joined() -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(1))
    scene.pair(10, "n0[0]", TO_N0)
    scene.look(TO_N0)
    scene.memory(TO_N0).clear()
    scene.pair(11, TO_N2, "n2[0]")
    scene.look(TO_N2)
    assert scene.states("n1") == ["FREE", "FREE", "ENTANGLED", "FREE"]


def test_a_joined_pair_serves_the_flows_that_both_its_parts_may_serve_in_opposite_ways() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    for number, path in ((1, "n0 n1 n2"), (2, "n2 n1 n0"), (3, "n0 n1"), (4, "n0 n1 n2")):
        pool.begin(scene.flow(number, *path.split()))
    scene.pair(10, "n0[0]", TO_N0)
    scene.pair(11, TO_N2, "n2[0]")
    assert pool.serves(scene.memory(TO_N0), scene.memory(TO_N2)) == {1, 2, 4}
    scene.memory(TO_N2).serves = frozenset({2, 3})
    assert pool.serves(scene.memory(TO_N0), scene.memory(TO_N2)) == {2}
    scene.pair(12, "n0[1]", ALSO_TO_N0)
    assert pool.serves(scene.memory(TO_N0), scene.memory(ALSO_TO_N0)) == set()


@pytest.mark.parametrize("flows", [(4, 9), (9, 4)])
def test_both_ends_take_a_pair_for_the_same_of_several_flows_between_them(flows: tuple[int, int]) -> None:
    """By the number of the pair, in turn, in whichever order the flows began at either."""
    scene = Scene()
    for number in flows:
        scene.pool("n0").begin(scene.flow(number, "n0", "n1"))
    for number in flows[::-1]:
        scene.pool("n1").begin(scene.flow(number, "n0", "n1"))
    for place, number in enumerate((20, 21)):
        scene.pair(number, f"n0[{place}]", f"n1[{place}]")
        scene.look(f"n0[{place}]", f"n1[{place}]")
    assert scene.owner.got == [(4, "n0[0]"), (4, "n1[0]"), (9, "n0[1]"), (9, "n1[1]")]


@pytest.mark.parametrize("multiplexing", ["assigned", "statistical"])
def test_a_fresh_pair_is_assigned_to_each_of_two_flows_in_turn(multiplexing: str) -> None:
    """Along n0 n1 n2 and along n0 n1: what is not for the second waits, though both could use it."""
    scene = Scene(multiplexing=multiplexing)
    for number, path in ((9, ("n0", "n1")), (4, ("n0", "n1", "n2"))):
        scene.pool("n1").begin(scene.flow(number, *path))
    for place, number in enumerate((20, 21)):
        scene.pair(number, f"n0[{place}]", f"n1[{place}]")
        scene.look(f"n1[{place}]")
    for_nine = [(9, "n1[1]")] if multiplexing == "assigned" else [(9, "n1[0]"), (9, "n1[1]")]
    assert scene.owner.got == for_nine
    scene.pair(30, "n0[2]", TO_N2)
    scene.memory(TO_N2).serves = frozenset({4, 9})
    scene.look(TO_N2)
    assert scene.owner.got == [*for_nine, (9, TO_N2)], "a joined pair is assigned no more"


@pytest.mark.parametrize(
    ("serves", "state", "conflicts"),
    [(None, "ENTANGLED", 0), (frozenset(), "FREE", 1), (frozenset({7}), "FREE", 0)],
)
def test_a_pair_for_nobody_is_given_up_and_a_fresh_one_waits(
    serves: frozenset[int] | None, state: str, conflicts: int
) -> None:
    """One for flows that are over at this node is given up too, and is nobody's conflict."""
    scene = Scene()
    scene.pair(10, "n0[0]", TO_N0)
    scene.memory(TO_N0).serves = serves
    told = scene.sent("n1")
    scene.look(TO_N0)
    assert scene.states("n1")[0] == state
    assert scene.pool("n1").conflicts == conflicts
    assert [(to, said.pair_id, said.success) for to, said in told] == [("n0", 10, False)] * (state == "FREE")


@pytest.mark.parametrize(("priority", "state"), [(SWAP - 1, "FREE"), (SWAP + 1, "HELD")])
def test_a_rule_of_a_users_own_is_asked_before_a_half_is_used_or_after(priority: int, state: str) -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(1, "n0", "n1"))
    stack, memory = scene.engine.stack("n1"), scene.memory(TO_N0)
    entangled = (MemoryState.ENTANGLED,)
    stack.resources.load(
        Rule("mine", priority, entangled, [memory], lambda it: (it,), lambda them: stack.discard(them[0]))
    )
    scene.pair(10, "n0[0]", TO_N0)
    scene.look(TO_N0)
    assert memory.state.name == state


@pytest.mark.parametrize(("wanted", "has", "good"), [(0.8, 0.7, False), (1.0, 1.0, True), (0.0, 0.5, True)])
def test_a_pair_is_delivered_that_is_as_good_as_wanted(wanted: float, has: float, good: bool) -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(1, "n0", "n1", fidelity=wanted))
    scene.pair(10, "n0[0]", TO_N0, fidelity=has)
    scene.look(TO_N0)
    assert scene.owner.got == [(1, TO_N0)] * good
    assert scene.states("n1")[0] == ("HELD" if good else "FREE")
    assert scene.pool("n1").conflicts == 0


def test_a_half_whose_pair_is_part_of_a_larger_state_is_good_enough() -> None:
    """A program at the other end has found the pair good enough, and works on it."""
    scene = Scene()
    flow = scene.flow(1, "n0", "n1", fidelity=0.8)
    scene.pair(10, "n0[0]", TO_N0)
    memory = scene.memory(TO_N0)
    memory.pair = None
    assert scene.pool("n1")._good_enough(memory, flow)


def test_a_half_whose_other_one_is_gone_is_a_conflict_and_given_up() -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(1, "n0", "n1"))
    scene.pair(10, "n0[0]", TO_N0)
    scene.memory("n0[0]").clear()
    scene.look(TO_N0)
    assert scene.owner.got == []
    assert scene.states("n1")[0] == "FREE"
    assert scene.pool("n1").conflicts == 1


def test_the_other_end_is_told_for_which_flow_a_half_was_used() -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(6, "n0", "n1"))
    scene.pair(10, "n0[0]", TO_N0)
    told = scene.sent("n1")
    scene.look(TO_N0)
    partner = scene.memory("n0[0]")
    assert told == [("n0", SwapResult(partner, 10, False, 0, partner, None, used=6))]


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_a_half_that_does_not_come_out_is_given_up_and_not_said_to_be_used(chance: float) -> None:
    scene = Scene()
    pool = scene.pool("n1")
    pool.begin(scene.flow(6, "n0", "n1"))
    scene.pair(10, "n0[0]", TO_N0)
    scene.memory(TO_N0).retrieval = lambda _seconds: chance
    told = scene.sent("n1")
    scene.look(TO_N0)
    assert scene.owner.got == [(6, TO_N0)] * bool(chance)
    assert [said.used for _, said in told] == [6 if chance else None]
    assert pool.has_used(scene.memory(TO_N0), 10) is bool(chance)


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("path", [("n0", "n1"), ("n1", "n0")])
def test_a_pair_is_handed_over_from_initiator_to_responder_unless_one_half_is_measured(
    path: tuple[str, str], measured: bool
) -> None:
    scene = Scene()
    scene.pool("n1").begin(scene.flow(1, *path))
    pair = scene.pair(10, "n0[0]", TO_N0)
    if measured:
        pair.measure(scene.memory("n0[0]"), (0.0, 0.0, 1.0), 0, 0.3)
    scene.look(TO_N0)
    assert scene.owner.got == [(1, TO_N0)]
    assert pair.first.node.name == ("n0" if measured else path[0])


def test_what_a_memory_has_given_to_an_application_counts_as_used() -> None:
    scene = Scene()
    pool, memory = scene.pool("n1"), scene.memory(TO_N0)
    pool.begin(scene.flow(1, "n0", "n1"))
    assert not pool.has_used(memory, 1)
    scene.pair(10, "n0[0]", TO_N0)
    assert not pool.has_used(memory, 10)
    scene.look(TO_N0)
    assert [pool.has_used(memory, number) for number in (9, 10, 11)] == [True, True, False]
    assert not pool.has_used(scene.memory(TO_N2), 1)


@pytest.mark.parametrize(
    ("path", "fidelity", "used", "state"),
    [
        (("n0", "n1"), 0.0, 1, "HELD"),
        # A flow that is over here or was never known, one between other ends, and one that wants better.
        (("n0", "n1"), 0.0, 2, "FREE"),
        (("n0", "n1", "n2"), 0.0, 1, "FREE"),
        (("n0", "n1"), 0.9, 1, "FREE"),
    ],
)
def test_a_half_whose_other_one_was_used_serves_the_same_flow_or_nobody(
    path: tuple[str, ...], fidelity: float, used: int, state: str
) -> None:
    scene = Scene()
    pool = scene.pool("n1")
    pool.begin(scene.flow(1, *path, fidelity=fidelity))
    scene.pair(10, "n0[0]", TO_N0, fidelity=0.8)
    told = scene.sent("n1")
    pool.used_elsewhere(scene.memory(TO_N0), used)
    assert scene.states("n1")[0] == state
    assert scene.owner.got == [(1, TO_N0)] * (state == "HELD")
    assert told == [], "the other end knows"


def test_what_an_application_has_or_a_swap_works_on_is_not_handed_over_again() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    pool.begin(scene.flow(1, "n0", "n1"))
    for place, state in enumerate((MemoryState.HELD, MemoryState.SWAPPING)):
        scene.pair(10 + place, f"n0[{place}]", f"n1[{place}]")
        scene.memory(f"n1[{place}]").move(state)
        pool.used_elsewhere(scene.memory(f"n1[{place}]"), 1)
    assert scene.states("n1")[:2] == ["HELD", "FREE"]
    assert scene.owner.got == []


def test_the_end_of_a_flow_frees_what_its_application_still_has_and_nothing_else() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    over, lasting = scene.flow(4, "n0", "n1"), scene.flow(9, "n0", "n1")
    for flow in (over, lasting):
        pool.begin(flow)
    for place, number in enumerate((20, 21, 22)):
        pair = scene.pair(number, f"n0[{place}]", f"n1[{place}]")
        pair.taken = 0
        scene.look(f"n1[{place}]")
    assert scene.owner.got == [(4, TO_N0), (9, ALSO_TO_N0), (4, TO_N2)]
    # The application has done with one, whose memory holds another by now.
    scene.memory(TO_N2).clear()
    scene.pair(30, "n2[0]", TO_N2)
    kept, held = scene.memory(ALSO_TO_N0).pair, scene.memory(TO_N0).pair
    pool.end(over)
    assert scene.states("n1") == ["FREE", "HELD", "ENTANGLED", "FREE"]
    assert scene.owner.gone == [(4, TO_N0)]
    assert (kept.taken, held.taken) == (0, None)
    # What is no more of that flow is not given up in its name.
    scene.memory(TO_N2).move(MemoryState.HELD)
    pool.drop(scene.memory(TO_N2))
    pool.end(lasting)
    assert scene.owner.gone == [(4, TO_N0), (9, ALSO_TO_N0)]
    assert pool.flows == {}


def test_what_is_given_up_before_it_was_handed_over_is_nobodys_loss() -> None:
    scene = Scene()
    pool = scene.pool("n1")
    pair = scene.pair(10, "n0[0]", TO_N0)
    pool.drop(scene.memory(TO_N0))
    pool.drop(scene.memory(TO_N2))
    assert scene.states("n1") == ["FREE"] * 4
    assert (scene.owner.gone, pair.taken) == ([], None)
    # Handed over by nobody that the pool knows of, as what a program has taken for its own.
    scene.pair(11, "n0[1]", TO_N0)
    memory = scene.memory(TO_N0)
    memory.move(MemoryState.HELD)
    memory.pair = None
    pool.drop(memory)
    assert memory.state is MemoryState.FREE
    assert scene.owner.gone == []
