"""Swapping: in which order nodes swap, what it takes, what it leaves, and who learns what when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from protocols.entanglement import swapping
from protocols.entanglement.swapping import Swapping
from protocols.entanglement.swapping_orders import AsapSwapping, NestedSwapping, SequentialSwapping
from qsim import registry
from qsim.errors import ParameterError
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request
from tests.statistics import ROOM, share_of

Joined = tuple[int, int, int]


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Joined]]:
    """Every swap so far, as the indices of the node and of the nodes that it joins."""
    swaps: list[Joined] = []
    swap = swapping._Order._swap

    def noted(order: Any, left: Memory, right: Memory) -> None:
        assert left.partner is not None
        assert right.partner is not None
        swaps.append((left.node.index, left.partner.node.index, right.partner.node.index))
        swap(order, left, right)

    monkeypatch.setattr(swapping._Order, "_swap", noted)
    return swaps


def first_pair(engine: Any) -> float:
    """Run until the initiator has a pair; the time in ms after the start of the window."""
    (runner,) = engine.apps
    while runner.flow is None or runner.flow.pairs == 0:
        assert engine.sim.step()
        assert engine.sim.now < 900 * MS
    return float(engine.sim.now - runner.flow.request.start) / MS


def halved(nodes: int, place: int) -> tuple[int, int]:
    """The nodes that a node joins, by the published rule.

    The path is thinned to every other node, the last one kept, until the node stands at an odd place; then
    its neighbours in what is left are the nodes that it joins.
    """
    path = list(range(nodes))
    while path.index(place) % 2 == 0:
        path = [node for index, node in enumerate(path) if index % 2 == 0 or index == len(path) - 1]
    index = path.index(place)
    return path[index - 1], path[index + 1]


@pytest.mark.parametrize("nodes", range(2, 18))
def test_nested_order_is_the_published_halving(nodes: int, joined: list[Joined]) -> None:
    document = chain(nodes - 1, traffic=[request("n0", f"n{nodes - 1}", pairs=1)])
    engine = alive(document)
    first_pair(engine)
    assert {node: (left, right) for node, left, right in joined} == {
        place: halved(nodes, place) for place in range(1, nodes - 1)
    }


@pytest.mark.parametrize(
    ("nodes", "ranks"),
    [
        (2, [0, 0]),
        (3, [1, 0, 1]),
        (4, [2, 0, 1, 2]),
        (5, [2, 0, 1, 0, 2]),
        (6, [3, 0, 1, 0, 2, 3]),
        (9, [3, 0, 1, 0, 2, 0, 1, 0, 3]),
    ],
)
def test_nested_ranks(nodes: int, ranks: list[int]) -> None:
    assert NestedSwapping().ranks(nodes) == ranks


def test_sequential_order_grows_from_the_initiator(joined: list[Joined]) -> None:
    engine = alive(chain(5, swapping="sequential", traffic=[request("n0", "n5")]))
    first_pair(engine)
    assert joined[:4] == [(1, 0, 2), (2, 0, 3), (3, 0, 4), (4, 0, 5)]
    assert {(node, right) for node, _, right in joined} == {(1, 2), (2, 3), (3, 4), (4, 5)}


def test_sequential_order_follows_the_flow_and_not_the_names(joined: list[Joined]) -> None:
    engine = alive(chain(3, swapping="sequential", traffic=[request("n3", "n0")]))
    first_pair(engine)
    assert joined[:2] == [(2, 3, 1), (1, 3, 0)]


def test_asap_nodes_all_swap_at_once(joined: list[Joined]) -> None:
    sink = MemorySink()
    engine = alive(chain(5, swapping="asap", traffic=[request("n0", "n5", start="10 ms")]), trace=sink)
    # Each node swaps the two pairs of its links: nobody knows yet of the swaps of the others.
    first_pair(engine)
    assert sorted(joined[:4]) == [(1, 0, 2), (2, 1, 3), (3, 2, 4), (4, 3, 5)]
    times = [time for time, event, *_ in sink.events if event == "pair_swapped"]
    assert times[:4] == [11_500_000_000] * 4


@pytest.mark.parametrize(("order", "first"), [("oldest", 1), ("index", 0)])
def test_asap_takes_the_oldest_pair_or_the_first_by_index(order: str, first: int) -> None:
    """Two pairs of the first link wait, the one with the greater index for longer."""
    policy = {"kind": "asap", "order": order}
    engine = alive(chain(2, swapping=policy, count=4, traffic=[request("n0", "n2", memories=2)]))
    engine.run_until(4 * MS + 1)
    stack = engine.stack("n1")
    (agent,) = stack.agents.values()
    for memory in (*agent.left, *agent.right):
        stack.give_up(memory)
    (rule,) = (rule for rule in agent._rules if rule.name == "swap")
    for index in (1, 0):
        near = entangled(engine, agent.left[index], engine.node("n0").memories[index])
        assert rule.condition(near) is None
    far = entangled(engine, agent.right[0], engine.node("n2").memories[0])
    assert rule.condition(far) == (agent.left[first], far)


def test_a_pair_that_has_waited_and_gone_is_not_joined() -> None:
    """What waits is looked at again when its turn comes; a pair that comes anew waits behind the others."""
    engine = alive(chain(2, swapping="asap", count=4, traffic=[request("n0", "n2", memories=2)]))
    engine.run_until(4 * MS + 1)
    stack = engine.stack("n1")
    (agent,) = stack.agents.values()
    for memory in (*agent.left, *agent.right):
        stack.give_up(memory)
    (rule,) = (rule for rule in agent._rules if rule.name == "swap")
    gone, kept = (entangled(engine, agent.left[index], engine.node("n0").memories[index]) for index in (0, 1))
    assert rule.condition(gone) is None
    assert rule.condition(kept) is None
    stack.give_up(gone)
    far = entangled(engine, agent.right[0], engine.node("n2").memories[0])
    assert rule.condition(far) == (kept, far)
    again = entangled(engine, gone, engine.node("n0").memories[0])
    assert rule.condition(again) is None
    assert rule.condition(far) == (kept, far)


def entangled(engine: Any, memory: Memory, partner: Memory) -> Memory:
    """Make a memory believe that it shares a pair."""
    memory.hold(engine.context.next_id(), partner, None)
    return memory


@pytest.mark.parametrize(
    ("kind", "links", "expected"), [("nested", 4, 4.5), ("sequential", 4, 6.5), ("asap", 4, 4.5)]
)
def test_time_of_the_first_pair(kind: str, links: int, expected: float) -> None:
    """Links of 1 ms know of their pairs after 1.5 ms.

    Nested: the outer nodes swap at once, the middle one hears 1 ms later, and the ends 2 ms after that.
    Sequential: each of the three nodes hears 1 ms after the one before; the far node's result needs 3 ms.
    As soon as possible: all swap at once, and the result that the farthest sends is passed on by the others,
    3 ms in all.
    """
    engine = alive(chain(links, swapping=kind, traffic=[request("n0", f"n{links}", start="20 ms")]))
    assert first_pair(engine) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("delays", "consent", "ends"), [((1.0, 3.0), False, (1, 3)), ((1.0, 3.0), True, (7, 9))]
)
def test_each_end_learns_when_its_news_comes(
    delays: tuple[float, float], consent: bool, ends: tuple[int, int]
) -> None:
    """The swap is at 4.5 ms, when the longer link is ready; asking takes the longer round trip more."""
    document = chain(delays, swapping={"kind": "nested", "consent": consent}, generation=clocked(0.5e-3))
    engine = alive({**document, "traffic": [request("n0", "n2", start="20 ms", pairs=1)]})
    heard: dict[str, float] = {}
    (runner,) = engine.apps
    use = runner.use

    def noted(flow: Any, memory: Memory, valid: bool) -> None:
        heard.setdefault(memory.node.name, (engine.sim.now - 20 * MS) / MS)
        use(flow, memory, valid)

    runner.use = noted
    engine.run_until(40 * MS)
    assert heard == {"n0": pytest.approx(4.5 + ends[0]), "n2": pytest.approx(4.5 + ends[1])}


def test_the_swapping_node_is_free_at_once_and_the_ends_know_each_other_later() -> None:
    engine = alive(chain(2, traffic=[request("n0", "n2", start="20 ms")]))
    engine.run_until(round(21.5 * MS) + 1)
    n0, n1, n2 = (engine.node(name).memories for name in ("n0", "n1", "n2"))
    assert [memory.state for memory in n1] == [MemoryState.GENERATING] * 2
    assert n0[0].pair is n2[0].pair
    assert n0[0].pair.intact
    assert [n0[0].partner, n2[0].partner] == [n1[0], n1[1]]
    assert n0[0].pair.confirmed_at == round(22.5 * MS)
    engine.run_until(round(22.5 * MS) + 1)
    assert engine.apps[0].flow.pairs == 1


@dataclass(frozen=True)
class Outcome:
    """What happened to a chain whose swaps may fail."""

    swaps: int
    successes: int
    pairs: int
    engine: Any


def swapped(kind: str, probability: float, duration: float = 1.0, **fields: Any) -> Outcome:
    sink = MemorySink()
    policy = {"kind": kind, "success_probability": probability, **fields}
    document = chain(2, swapping=policy, traffic=[request("n0", "n2")], run={"duration": duration})
    engine = alive(document, trace=sink)
    (row,) = engine.run().flows
    swaps = [fields["success"] for _, event, _, fields in sink.events if event == "pair_swapped"]
    return Outcome(len(swaps), sum(swaps), row.pairs, engine)


@pytest.mark.parametrize("kind", ["nested", "sequential", "asap"])
def test_a_swap_that_never_succeeds_loses_both_pairs_and_the_links_go_on(kind: str) -> None:
    outcome = swapped(kind, 0.0)
    assert outcome.swaps > 200
    assert (outcome.successes, outcome.pairs) == (0, 0)
    heralds = [link.heralds for link in outcome.engine.links]
    assert all(outcome.swaps <= made <= outcome.swaps + 2 for made in heralds)
    assert outcome.engine.recorder.stalls == []


@pytest.mark.parametrize("consent", [False, True])
def test_the_share_of_successes_is_the_probability(consent: bool) -> None:
    outcome = swapped("nested", 0.5, duration=8.0, consent=consent)
    assert outcome.swaps > 1000
    assert share_of(outcome.successes, outcome.swaps, 0.5).sigmas(0.5) < ROOM
    assert outcome.successes - 1 <= outcome.pairs <= outcome.successes


def test_a_sure_swap_always_succeeds() -> None:
    outcome = swapped("nested", 1.0)
    assert outcome.swaps == outcome.successes > 200


def test_the_ends_of_a_failed_swap_go_on_when_they_hear_of_it() -> None:
    engine = alive(
        chain((1.0, 3.0), swapping={"kind": "nested", "success_probability": 0.0}, generation=clocked(0.5e-3))
    )
    stream = engine.request("n0", "n2", start="20 ms")
    del stream
    engine.run_until(round(24.5 * MS) + 1)
    near, far = engine.node("n0").memories[0], engine.node("n2").memories[0]
    assert near.state is far.state is MemoryState.ENTANGLED
    assert not near.pair.intact
    engine.run_until(round(25.5 * MS) + 1)
    assert (near.state, far.state) == (MemoryState.GENERATING, MemoryState.ENTANGLED)
    engine.run_until(round(27.5 * MS) + 1)
    assert far.state is MemoryState.GENERATING


def test_a_swapped_pair_is_given_up_at_the_earlier_of_two_deadlines() -> None:
    """The links are ready at different times; both ends take the deadline of the older pair."""
    document = chain((1.0, 3.0), cutoff="50 ms", generation=clocked(0.5e-3))
    engine = alive(document)
    engine.request("n0", "n2", start="20 ms")
    engine.run_until(round(22 * MS))
    older = engine.node("n0").memories[0].deadline
    engine.run_until(round(28 * MS))
    held = [engine.node(name).memories[0] for name in ("n0", "n2")]
    assert [memory.state for memory in held] == [MemoryState.HELD] * 2
    assert {memory.deadline for memory in held} == {older}


def test_degradation_is_for_scalar_fidelity_alone() -> None:
    fidelities = {}
    for formalism in ("scalar-fidelity", "bell-diagonal"):
        policy = {"kind": "nested", "degradation": 0.95}
        document = chain(
            2, swapping=policy, generation=clocked(fidelity=0.9), traffic=[request("n0", "n2", pairs=5)]
        )
        document["run"]["formalism"] = formalism
        (row,) = alive(document).run().flows
        fidelities[formalism] = row.fidelity_mean
    assert fidelities["scalar-fidelity"] == pytest.approx(0.9 * 0.9 * 0.95)
    assert fidelities["bell-diagonal"] == pytest.approx(0.81 + 0.01 / 3)


@pytest.mark.parametrize("kind", ["nested", "sequential", "asap"])
@pytest.mark.parametrize("consent", [False, True])
def test_many_memories_keep_a_long_chain_busy(kind: str, consent: bool) -> None:
    """Every policy, with and without consent, goes on and on over five links of different lengths."""
    document = chain(
        (0.1, 0.2, 0.1, 0.3, 0.1),
        swapping={"kind": kind, "consent": consent},
        generation=clocked(1e-4, 0.5),
        cutoff="20 ms",
        count=4,
        traffic=[request("n0", "n5", memories=2)],
    )
    engine = alive(document)
    quarters = []
    for end in (250, 500, 750, 1000):
        engine.run_until(end * MS)
        quarters.append(engine.apps[0].flow.pairs)
    assert quarters[0] > 50
    assert all(later - earlier > 50 for earlier, later in pairwise(quarters))


def test_two_that_ask_each_other_do_not_deny_each_other_for_ever() -> None:
    """Neighbours of an asap chain become ready at one instant; each wants to swap the pair between them."""
    document = chain(3, swapping={"kind": "asap", "consent": True}, traffic=[request("n0", "n3")])
    (row,) = alive(document).run().flows
    assert row.pairs > 50


def test_a_policy_of_a_users_own_decides_the_order(joined: list[Joined]) -> None:
    class InwardSwapping(Swapping):
        """From both ends towards the middle."""

        def ranks(self, nodes: int) -> list[int]:
            return [nodes, *(min(place, nodes - 1 - place) for place in range(1, nodes - 1)), nodes]

    registry.register("swapping", "inward")(InwardSwapping)
    try:
        engine = alive(chain(4, swapping="inward", traffic=[request("n0", "n4")]))
        first_pair(engine)
    finally:
        registry.unregister("swapping", "inward")
    assert sorted(joined[:3]) == [(1, 0, 2), (2, 0, 4), (3, 2, 4)]


def test_ranks_of_the_other_policies() -> None:
    assert SequentialSwapping().ranks(5) == [5, 1, 2, 3, 5]
    assert AsapSwapping().ranks(5) == [1, 0, 0, 0, 1]
    assert AsapSwapping.concurrent
    assert not NestedSwapping.concurrent


def test_a_policy_gives_every_node_of_the_path_a_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SequentialSwapping, "ranks", lambda _self, _nodes: [3, 1])
    engine = alive(chain(3, swapping="sequential", traffic=[request("n0", "n3")]))
    with pytest.raises(ParameterError, match=r"order \[3, 1\] must have 4 ranks, one for each node"):
        engine.run()
