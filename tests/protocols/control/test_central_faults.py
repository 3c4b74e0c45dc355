"""A central controller where things go down: who hears of it, what is given back, how requests end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.protocols.faults.rings import MS, engine, flows

CENTRAL = {"control": {"kind": "central", "node": "d"}}


def booked_at(network: Any) -> set[str]:
    """The nodes of which the controller has promised anything."""
    return {node.name for node, calendar in network.view.calendars.items() if calendar.flows}


@pytest.mark.parametrize(
    "what", [{"link": "a-b"}, {"link": "b-c"}, {"node": "b"}, {"node": "b", "bank": "memory"}]
)
def test_what_a_fault_ends_is_given_back_and_asked_for_again(what: dict[str, Any]) -> None:
    """The detour leads through the node of the controller, which has heard of the outage from its nodes."""
    network = engine({**what, "down": 0.5}, protocols=CENTRAL, faults={"on_fault": "reroute"})
    network.run_until(490 * MS)
    assert booked_at(network) == {"a", "b", "c"}
    result = network.run()
    assert flows(result) == [("abc", "failed"), ("adc", "completed")]
    assert min(flow.pairs for flow in result.flows) > 0
    assert not any(agent.running for agent in network.stack("b").agents.values())


def test_nothing_is_booked_along_what_the_controller_has_heard_to_be_down() -> None:
    """b notices the cut; a request from c, whose own links are whole, is declined by d in the name of b."""
    network = engine({"link": "a-b", "down": 0.1, "up": 0.5}, protocols=CENTRAL, traffic=[])
    network.run_until(200 * MS)
    stream = network.request("c", "a")
    network.run_until(300 * MS)
    assert stream.rejected.name == "b"
    (note,) = (note for note in network.result().notes if "refused" in note)
    assert "link a-b is at fault" in note
    assert booked_at(network) == set()
    network.run_until(600 * MS)
    after = network.request("c", "a")
    network.run()
    assert after.rejected is None
    assert booked_at(network) == {"a", "b", "c"}


def test_a_request_that_no_controller_answers_is_refused_and_tried_again_by_policy() -> None:
    """Messages to a node that is down wait for it; the initiator waits for two time-outs."""
    network = engine({"node": "d", "down": 0.1, "up": 0.9}, protocols=CENTRAL, traffic=[])
    network.run_until(200 * MS)
    stream = network.request("a", "c")
    network.run_until(500 * MS)
    assert stream.rejected is not None
    assert any("no answer from the controller at d" in note for note in network.result().notes)
    network.run()
    assert booked_at(network) == set(), "what was answered too late is given back"
    again = {"on_fault": "retry"}
    network = engine({"node": "d", "down": 0.1, "up": 0.9}, protocols=CENTRAL, traffic=[], faults=again)
    network.run_until(200 * MS)
    network.request("a", "c")
    (flow,) = network.run().flows
    assert flow.status == "completed"
    assert 0.9 < flow.start_s < 1.2


def test_a_node_that_the_controller_does_not_reach_ends_the_flow_and_later_ones_keep_away_from_it() -> None:
    """What it was told is lost; it is next to nothing that is down, and nobody else misses it."""
    outage = {"channel": ["b", "d"], "down": 0.1}
    network = engine(outage, protocols=CENTRAL, traffic=[], faults={"on_fault": "reroute"})
    network.run_until(110 * MS)
    network.request("a", "c")
    network.run_until(500 * MS)
    (first,) = (flow for flow in network.recorder.flows if flow.closed is not None)
    # There, two time-outs and twice the 25 km to the farthest node, and back, at 5 us/km.
    assert first.closed == pytest.approx((110 + 0.075 + 200 + 0.25 + 0.075) * MS, abs=0.01 * MS)
    assert str(first.fault) == "no answer from b"
    network.request("a", "c")
    result = network.run()
    assert flows(result) == [("abc", "failed"), ("adc", "completed"), ("adc", "completed")]
    assert not result.stalls


def test_flows_go_on_without_the_controller_which_compares_its_calendar_as_it_comes_up() -> None:
    """The link breaks the flow while the controller is down: it ends, and is freed when d is there again."""
    outages = {"node": "d", "down": 0.3, "up": 0.8}, {"link": "a-b", "down": 0.5}
    network = engine(*outages, protocols=CENTRAL)
    network.run_until(490 * MS)
    assert network.recorder.flows[0].closed is None
    before = network.recorder.flows[0].pairs
    network.run_until(700 * MS)
    assert network.recorder.flows[0].pairs > before > 0
    assert network.recorder.flows[0].closed == pytest.approx(510 * MS, abs=MS)
    assert booked_at(network) == {"a", "b", "c"}, "nobody has told the controller yet"
    network.run()
    assert booked_at(network) == set()


def test_what_all_nodes_still_know_goes_on_when_the_controller_is_back() -> None:
    """And once it is over, the controller has it no more."""
    wanted = {"initiator": "a", "responder": "c", "memories": 2, "duration": "1500 ms"}
    network = engine({"node": "d", "down": 0.3, "up": 0.8}, protocols=CENTRAL, traffic=[wanted])
    network.run_until(1000 * MS)
    assert booked_at(network) == {"a", "b", "c"}
    assert len(network.control.booked) == 1
    assert flows(network.run()) == [("abc", "completed")]
    assert network.recorder.flows[0].closed == pytest.approx(1500 * MS, abs=MS)
    assert network.control.booked == {}


def test_it_routes_by_what_its_own_node_knows() -> None:
    """Under link-state routing the initiator may know nothing; what counts is what the controller knows."""
    link_state = {**CENTRAL, "routing": "link-state"}
    network = engine(protocols=link_state)
    network.routing.routers["a"].database.clear()
    assert flows(network.run()) == [("abc", "completed")]
    network = engine(protocols=link_state, traffic=[])
    network.routing.routers["d"].database.clear()
    stream = network.request("a", "c")
    network.run_until(MS)
    assert stream.rejected.name == "d"
    (note,) = (note for note in network.result().notes if "refused" in note)
    assert "no path is known" in note
    assert "too few free memories" not in note
