"""What an outage does at once: to attempts, halves, promises and messages."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.memory import MemoryState
from protocols.runtime.stall import StallWatch
from qsim.scenario import from_document
from qsim.trace.sinks import MemorySink
from tests.protocols.faults.rings import MS, engine, flows, ring
from tests.protocols.scenes import alive, chain


def held(network: Any, node: str) -> list[MemoryState]:
    """The states of the memories of a node that are not free."""
    return [memory.state for memory in network.nodes[node].memories if memory.state]


def heralds(network: Any, link: str) -> int:
    """How many pairs a link has made."""
    (found,) = (one for one in network.links if one.name == link)
    return int(found.heralds)


@pytest.mark.parametrize("detail", ["attempt", "photon"])
@pytest.mark.parametrize("handshake", ["continuous", "negotiated"])
def test_no_pair_is_made_over_a_link_that_is_down_and_many_are_afterwards(
    detail: str, handshake: str
) -> None:
    network = engine(
        {"link": "a-b", "down": "20 ms", "up": "50 ms"},
        run={"duration": "100 ms", "detail": detail},
        defaults={"link_model": {"kind": "barrett-kok", "handshake": handshake}},
        traffic=[{"initiator": "a", "responder": "b", "memories": 4}],
        faults={"detection": "1 s"},
    )
    counts = []
    for time in (20, 50, 80):
        network.run_until(time * MS + 1)
        counts.append(heralds(network, "a-b"))
    before, during, after = counts
    assert before > 5
    assert during == before
    assert after > during + 5
    assert set(held(network, "a")) <= set(MemoryState)


def test_a_link_that_is_down_when_a_window_opens_makes_pairs_once_it_is_up() -> None:
    network = engine(
        {"link": "a-b", "down": "5 ms", "up": "15 ms"},
        traffic=[{"initiator": "a", "responder": "b", "start": "10 ms"}],
        faults={"detection": "1 s"},
    )
    network.run_until(15 * MS)
    assert heralds(network, "a-b") == 0
    assert held(network, "a") == []
    network.run_until(40 * MS)
    assert heralds(network, "a-b") > 5


def test_a_bank_that_goes_down_loses_its_halves_and_tells_their_other_ends() -> None:
    network = engine({"node": "b", "bank": "memory", "down": "50 ms", "up": "52 ms"})
    network.run_until(50 * MS + 1)
    assert held(network, "b") == []
    network.run_until(51 * MS)
    # The news have come: at the ends there is nothing but attempts, and none of them can succeed.
    assert {*held(network, "a"), *held(network, "c")} <= {MemoryState.GENERATING}
    made = heralds(network, "a-b")
    network.run_until(60 * MS)
    assert heralds(network, "a-b") > made
    assert flows(network.run()) == [("abc", "completed")]


def test_a_node_that_goes_down_forgets_everything_at_once() -> None:
    network = engine({"node": "b", "down": "50 ms", "up": "52 ms"})
    network.run_until(50 * MS + 1)
    node = network.nodes["b"]
    assert held(network, "b") == []
    assert network.stacks[node].agents == {}
    assert network.reservations[node].calendar.flows == ()
    # The ends do not know yet.
    assert network.stacks[network.nodes["a"]].agents
    assert network.stacks[network.nodes["c"]].agents
    network.run_until(53 * MS)
    assert [network.stacks[network.nodes[name]].agents for name in "ac"] == [{}, {}]


def test_a_node_that_goes_down_loses_halves_that_no_flow_has() -> None:
    network = engine({"node": "d", "down": "50 ms", "up": "52 ms"})
    network.run_until(49 * MS)
    memory, partner = network.nodes["d"].memories[0], network.nodes["c"].memories[3]
    assert network.stacks[memory.node].agents == {}
    memory.move(MemoryState.GENERATING)
    memory.hold(network.context.next_id(), partner, None)
    network.run_until(50 * MS + 1)
    assert held(network, "d") == []


def test_pairs_of_which_a_half_was_lost_are_never_counted() -> None:
    blips = [
        {"node": "b", "bank": "memory", "down": f"{20 + 10 * blip} ms", "up": f"{21 + 10 * blip} ms"}
        for blip in range(20)
    ]
    network = engine(*blips, run={"duration": "300 ms", "record_pairs": True})
    network.check_invariants()
    result = network.run()
    assert len(result.pairs) > 100
    assert {pair.fidelity for pair in result.pairs} == {1.0}


def test_what_goes_down_is_in_the_trace() -> None:
    trace = MemorySink()
    outages = [{"link": "a-b", "down": "500 ms", "up": "800 ms"}]
    from_document(ring(outages, run={"duration": "1 s"})).run(trace=trace)
    wanted = ("element_down", "element_up", "flow_broken")
    told = [(time // MS, event, entity) for time, event, entity, _ in trace.events if event in wanted]
    assert told == [
        (500, "element_down", "a-b"),
        (510, "flow_broken", "a"),
        (800, "element_up", "a-b"),
    ]


def test_the_stall_watch_sees_a_node_that_serves_a_flow_no_more() -> None:
    network = engine(traffic=[{"initiator": "a", "responder": "c"}])
    network.run_until(100 * MS)
    # Nothing tells the others, as where a protocol of one's own forgets it.
    agents = network.stacks[network.nodes["b"]].agents
    agents.popitem()[1].stop()
    result = network.run()
    (stall,) = result.stalls
    assert stall.cause.startswith("b serves it no more, and its initiator has not heard of that")
    assert [flow.status for flow in (*result.flows, *result.unfinished)] == ["stalled"]
    assert isinstance(network.watch, StallWatch)


def test_a_flow_that_waits_for_a_repair_is_not_stalled() -> None:
    result = engine({"channel": ["a", "c"], "down": "500 ms", "up": "1.5 s"}).run()
    assert result.stalls == ()
    assert flows(result) == [("abc", "completed")]
    assert result.flows[0].down_s == pytest.approx(1.0)
    for_good = engine({"channel": ["a", "c"], "down": "500 ms"}).run()
    assert for_good.flows[0].down_s == pytest.approx(1.5)


@pytest.mark.parametrize(("control", "before"), [("distributed", 0), ("continuous", 1)])
def test_a_half_that_was_lost_before_the_other_end_heard_of_its_pair_counts_for_nothing(
    control: str, before: int
) -> None:
    """n0 is told by n1 of a pair that n2 hears of 4 ms later, holds its half for a script, and goes down."""
    outage = {"node": "n0", "down": "30 ms"}
    document = chain(
        (1.0, 5.0), swapping="asap", protocols={"control": control}, faults={"outages": [outage]}
    )
    network = alive(document)
    stream = network.request("n0", "n2", start="20 ms")
    network.run_until(30 * MS)
    assert MemoryState.HELD in held(network, "n0")
    assert stream.flow.pairs == before
    network.run_until(100 * MS)
    assert stream.flow.pairs == before
    assert held(network, "n2").count(MemoryState.HELD) <= before
