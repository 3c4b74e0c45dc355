"""What a central controller forgets as its node goes down, and finds out as it, or another one, comes up."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.control.control_messages import Restarted
from tests.protocols.faults.rings import MS, engine, flows

CENTRAL = {"control": {"kind": "central", "node": "d"}}


def booked(network: Any) -> dict[int, str]:
    """The nodes, as initials in their order, whose places the controller has promised to each flow."""
    names: dict[int, str] = {}
    for node, calendar in network.view.calendars.items():
        for number in calendar.flows:
            names[number] = names.get(number, "") + node.name
    return names


def known(network: Any) -> dict[str, set[str]]:
    """What each node has told the controller to be at fault."""
    return {node.name: {thing.name for thing in things} for node, things in network.control._faults.items()}


def test_requests_that_wait_for_a_round_are_forgotten_with_the_controller() -> None:
    """One of before its outage gets no answer, one of after it is decided in the same round."""
    policy = {"control": {**CENTRAL["control"], "interval": "100 ms"}}
    network = engine({"node": "d", "down": 0.04, "up": 0.05}, protocols=policy, traffic=[])
    network.run_until(20 * MS)
    lost = network.request("a", "c")
    network.run_until(60 * MS)
    late = network.request("a", "c")
    network.run_until(110 * MS)
    assert (lost.done, late.flow is None) == (False, False)
    assert booked(network) == {late.flow.id: "abc"}
    network.run_until(400 * MS)
    assert lost.rejected is not None
    assert any("no answer from the controller at d" in note for note in network.result().notes)


def test_flows_whose_nodes_have_answered_a_controller_that_was_down_go_on() -> None:
    """All it has said reaches them; what they say to it waits until it is up, long after the time for it."""
    network = engine({"node": "d", "down": 0.11021, "up": 0.6}, protocols=CENTRAL, traffic=[])
    network.run_until(110 * MS)
    stream = network.request("a", "c")
    network.run_until(590 * MS)
    assert stream.flow.fault is None
    network.run_until(700 * MS)
    assert stream.flow.fault is None
    assert booked(network) == {stream.flow.id: "abc"}


def test_a_flow_of_which_a_node_says_nothing_to_a_controller_that_is_up_again_is_ended() -> None:
    """The channel from b to d is cut while d is down: b serves the flow, and d cannot hear of that."""
    outages = {"node": "d", "down": 0.3, "up": 0.8}, {"channel": ["b", "d"], "down": 0.4}
    network = engine(*outages, protocols=CENTRAL)
    network.run_until(290 * MS)
    (flow,) = network.recorder.flows
    silence = 2 * (network.outages.patience + network.node("b").delay_to(network.node("d")))
    network.run_until(800 * MS + silence - MS)
    assert booked(network) == {flow.id: "abc"}
    network.run_until(800 * MS + silence + MS)
    assert (str(flow.fault), booked(network)) == ("no answer from b", {})


def test_what_a_node_knows_no_more_as_the_controller_comes_up_is_ended_at_all() -> None:
    """Of two flows b has forgotten one while the controller was down, without a word to anybody."""
    traffic = [{"initiator": "a", "responder": "c", "memories": 1}] * 2
    network = engine({"node": "d", "down": 0.3, "up": 0.8}, protocols=CENTRAL, traffic=traffic)
    network.run_until(500 * MS)
    gone, kept = network.recorder.flows
    b = network.reservations[network.node("b")]
    b._end(gone)
    network.run_until(799 * MS)
    assert booked(network) == {gone.id: "abc", kept.id: "abc"}
    network.run_until(810 * MS)
    assert booked(network) == {kept.id: "abc"}
    assert list(network.control.booked) == [kept.id]
    assert (str(gone.fault), kept.fault) == ("node d", None)
    assert gone.fault.avoid == {network.node("d")}
    assert 800 * MS < gone.closed < 801 * MS
    assert not any(gone.id in network.stack(name).agents for name in "abc")


def test_nodes_are_told_to_end_what_the_controller_has_never_booked() -> None:
    network = engine({"node": "d", "down": 0.3, "up": 0.8}, protocols=CENTRAL)
    network.run_until(500 * MS)
    (flow,) = network.recorder.flows
    network.control._forget(flow)
    assert all(flow.id in network.stack(name).agents for name in "abc")
    network.run_until(810 * MS)
    assert not any(flow.id in network.stack(name).agents for name in "abc")
    assert flow.closed is not None


def test_the_controller_hears_as_it_comes_up_of_what_is_down_by_now_and_of_what_is_not() -> None:
    """a-b goes down and b-c comes up while it is down itself."""
    cut = {"link": "b-c", "down": 0.1, "up": 0.5}, {"link": "a-b", "down": 0.4}
    network = engine({"node": "d", "down": 0.3, "up": 0.8}, *cut, protocols=CENTRAL, traffic=[])
    network.run_until(200 * MS)
    assert known(network) == {"b": {"b-c"}, "c": {"b-c"}}
    network.run_until(1000 * MS)
    assert known(network) == {"a": {"a-b"}, "b": {"a-b"}}


@pytest.mark.parametrize(("what", "link", "other"), [("b", "a-b", "a"), ("d", "a-d", "a")])
def test_what_a_node_took_to_be_at_fault_is_forgotten_with_it(what: str, link: str, other: str) -> None:
    """The link is repaired while the node is down, which would else hold against it what it said before."""
    outages = {"link": link, "down": 0.1, "up": 0.4}, {"node": what, "down": 0.3, "up": 0.5}
    network = engine(*outages, protocols=CENTRAL, traffic=[])
    network.run_until(290 * MS)
    assert known(network) == {what: {link}, other: {link}}
    network.run_until(1000 * MS)
    assert known(network) == {}


@pytest.mark.parametrize("what", ["b", "d"])
def test_a_node_that_is_up_again_before_anybody_misses_it_says_that_it_has_forgotten_its_flows(
    what: str,
) -> None:
    """Detection takes 10 ms, the outage 5 ms. The second flow leads through the controller's node."""
    outage = {"node": what, "down": 0.5, "up": 0.505}
    traffic = [{"initiator": "a", "responder": "c", "memories": 4}] * 2
    policies = {**CENTRAL, "routing": "k-shortest"}
    network = engine(outage, protocols=policies, traffic=traffic, defaults={"memory": {"count": 8}})
    network.run_until(490 * MS)
    ways = dict(zip(("b", "d"), network.recorder.flows, strict=True))
    assert {name: flow.path[1].name for name, flow in ways.items()} == {"b": "b", "d": "d"}
    network.run_until(509 * MS)
    hit, spared = ways.pop(what), *ways.values()
    assert (str(hit.fault), spared.fault) == (f"node {what}", None)
    assert hit.fault.avoid == {network.node(what)}
    assert 505 * MS <= hit.closed < 506 * MS
    assert list(network.control.booked) == [spared.id]


def test_flows_of_a_node_that_says_that_it_has_forgotten_everything_are_ended_and_no_others() -> None:
    """Said by b alone: as it truly comes up, those beside it end them too."""
    traffic = [{"initiator": "a", "responder": "c", "memories": 4}] * 2
    policies = {**CENTRAL, "routing": "k-shortest"}
    network = engine(protocols=policies, traffic=traffic, defaults={"memory": {"count": 8}})
    network.run_until(490 * MS)
    over, other = network.recorder.flows
    network.node("b").send(network.node("d"), Restarted())
    network.run_until(490 * MS + 150 * MS // 1000)
    # The word is on its way from d to a, from 0.125 to 0.2 ms.
    assert (over.fault, list(network.view.flows)) == (None, [other.id])
    network.run_until(500 * MS)
    assert (str(over.fault), other.fault) == ("node b", None)
    assert over.fault.avoid == {network.node("b")}
    assert booked(network) == {other.id: "acd"}
    assert not any(over.id in network.stack(name).agents for name in "abc")


def test_one_request_alone_is_decided_in_the_next_round_and_one_of_a_later_round_in_that() -> None:
    policy = {"control": {**CENTRAL["control"], "interval": "100 ms"}}
    network = engine(protocols=policy, traffic=[], faults={"outages": []})
    for begun in (30, 230):
        network.run_until(begun * MS)
        stream = network.request("a", "c")
        network.run_until((begun + 69) * MS)
        assert stream.flow is None
        network.run_until((begun + 71) * MS)
        assert stream.flow is not None
    assert flows(network.result()) == [("abc", "open")] * 2
