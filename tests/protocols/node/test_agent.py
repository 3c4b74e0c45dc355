"""The part of a flow at a node: which memories face which way, what is delivered and what is given up."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.memory import MemoryState
from tests.protocols.scenes import MS, alive, chain, clocked, request


def agents(engine: Any) -> list[Any]:
    """The agents of the only flow, in the order of the nodes."""
    return [next(iter(engine.stacks[node].agents.values())) for node in engine.nodes.values()]


def test_memories_face_the_initiator_and_the_responder() -> None:
    engine = alive(chain(2, count=4, traffic=[request("n0", "n2", memories=2)]))
    engine.run_until(5 * MS)
    first, middle, last = agents(engine)
    assert (first.left, [memory.index for memory in first.right]) == (None, [0, 1])
    assert [memory.index for memory in middle.left] == [0, 1]
    assert [memory.index for memory in middle.right] == [2, 3]
    assert ([memory.index for memory in last.left], last.right) == ([0, 1], None)
    assert [agent.position for agent in (first, middle, last)] == [0, 1, 2]


def test_a_flow_against_the_order_of_the_nodes_faces_its_own_initiator() -> None:
    engine = alive(chain(2, traffic=[request("n2", "n0")]))
    engine.run_until(5 * MS)
    last, middle, first = agents(engine)
    assert first.left is None
    assert last.right is None
    assert middle.position == 1
    session = middle.stack.session(middle.flow, 0)
    assert (session.upstream.name, session.downstream.name) == ("n2", "n1")


def test_both_nodes_of_a_link_share_one_session() -> None:
    engine = alive(chain(2, traffic=[request("n0", "n2")]))
    engine.run_until(5 * MS)
    first, middle, last = agents(engine)
    assert first._right_session is middle._left_session
    assert middle._right_session is last._left_session
    assert first._right_session is not last._left_session


def test_an_agent_finds_its_memories_and_no_others() -> None:
    engine = alive(chain(1, count=3, traffic=[request("n0", "n1", memories=2)]))
    stack = engine.stack("n0")
    engine.run_until(1)
    assert [stack.agent_of(memory) for memory in stack.node.memories] == [None, None, None]
    engine.run_until(5 * MS)
    (agent,) = stack.agents.values()
    assert [stack.agent_of(memory) for memory in stack.node.memories] == [agent, agent, None]


def test_time_served_counts_for_flows_under_way() -> None:
    engine = alive(chain(1, traffic=[request("n0", "n1", start="20 ms", duration="10 ms")]))
    engine.run_until(25 * MS)
    (agent,) = engine.stack("n0").agents.values()
    assert agent.reserved_so_far() == 5 * MS
    assert engine.node("n0").reserved_ps == 0
    engine.run_until(40 * MS)
    assert engine.node("n0").reserved_ps == 10 * MS
    assert agent.reserved_so_far() == 0


def test_without_a_target_any_pair_is_delivered() -> None:
    document = chain(2, generation=clocked(fidelity=0.6), traffic=[request("n0", "n2")])
    result = alive(document).run()
    (row,) = result.flows
    assert row.pairs > 100
    assert row.fidelity_mean == pytest.approx(0.6**2 + 0.4**2 / 3)


def test_a_swapped_pair_below_the_target_is_given_up_at_both_ends() -> None:
    """The target is set on the live network: the check of the scenario would refuse it."""
    document = chain(2, generation=clocked(fidelity=0.9), traffic=[request("n0", "n2")])
    engine = alive(document)
    engine.run_until(4 * MS + 1)
    for agent in agents(engine):
        agent.target = 0.85
    engine.run_until(100 * MS)
    (flow,) = engine.recorder.flows
    assert flow.pairs == 0
    assert engine.recorder.stalls == []
    assert engine.links[0].heralds > 10
    held = [m for node in engine.nodes.values() for m in node.memories if m.state is MemoryState.ENTANGLED]
    assert all(memory.since > 90 * MS for memory in held)


def test_a_satisfied_flow_frees_its_memories_at_once_and_makes_no_more() -> None:
    """The initiator at that instant, the others as the release passes."""
    engine = alive(chain(2, count=4, traffic=[request("n0", "n2", memories=2, pairs=3)]))
    (runner,) = engine.apps
    while runner.flow is None or runner.flow.closed is None:
        assert engine.sim.step()
    closed, heralds = engine.sim.now, [link.heralds for link in engine.links]
    assert runner.flow.pairs == 3
    states = {name: {memory.state for memory in node.memories} for name, node in engine.nodes.items()}
    assert states["n0"] == {MemoryState.FREE}
    assert states["n1"] != {MemoryState.FREE}
    engine.run_until(closed + MS + 1)
    assert {memory.state for memory in engine.node("n1").memories} == {MemoryState.FREE}
    engine.run_until(closed + 2 * MS + 1)
    assert {memory.state for memory in engine.node("n2").memories} == {MemoryState.FREE}
    assert engine.stack("n2").agents == {}
    under_way = [link.heralds for link in engine.links]
    assert all(late - early <= 4 for late, early in zip(under_way, heralds, strict=True))
    result = engine.run()
    assert [link.heralds for link in engine.links] == under_way
    (row,) = result.flows
    assert (row.pairs, row.status, row.end_s) == (3, "completed", closed / 1e12)


def test_a_flow_of_one_pair_is_over_with_it() -> None:
    engine = alive(chain(1, traffic=[request("n0", "n1", pairs=1)]))
    (row,) = engine.run().flows
    assert (row.pairs, row.start_s, row.end_s) == (1, 2e-3, pytest.approx(3.5e-3))
    assert engine.links[0].heralds == 1


def test_a_flow_that_is_over_lets_go_of_its_sessions() -> None:
    engine = alive(chain(2, traffic=[request("n0", "n2", duration="100 ms")]))
    engine.run_until(50 * MS)
    (flow,) = engine.recorder.flows
    assert sorted(flow.sessions) == [0, 1]
    engine.run()
    assert flow.sessions == {}
