"""What becomes of a request whose path is at fault, and what its result says."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import NetworkError, ParameterError
from qsim.scenario import from_document
from tests.protocols.faults.rings import engine, flows, ring

LINK = {"link": "a-b", "down": "500 ms", "up": "800 ms"}
OUTAGES: dict[str, dict[str, Any]] = {
    "link": LINK,
    "router": {"node": "b", "down": "500 ms", "up": "800 ms"},
    "initiator": {"node": "a", "down": "500 ms", "up": "800 ms"},
    "responder": {"node": "c", "down": "500 ms", "up": "800 ms"},
    "bank": {"node": "b", "bank": "memory", "down": "500 ms", "up": "800 ms"},
    "channel": {"channel": ["a", "b"], "down": "500 ms", "up": "800 ms"},
}
#: When each is noticed at `a`, in ms: light stays away for 10 ms, a neighbour is silent for 100 ms beyond the
#: last message that comes from there; the news of `b` and `c` take 0.05 ms for each link.
NOTICED = {
    "link": 510.0,
    "router": 600.05,
    "initiator": 500.0,
    "responder": 600.1,
    "bank": 510.05,
    "channel": 600.05,
}


@pytest.mark.parametrize("what", OUTAGES)
def test_a_flow_fails_when_its_initiator_learns_of_the_fault(what: str) -> None:
    result = engine(OUTAGES[what]).run()
    assert flows(result) == [("abc", "failed")]
    (flow,) = result.flows
    assert flow.end_s * 1e3 == pytest.approx(NOTICED[what], abs=1e-9)
    assert result.completed == 0
    name = {"link": "link a-b", "bank": "bank b/memory", "channel": "channel a|b"}.get(what, "node ")
    assert (flow.fault or "").startswith(name)
    assert flow.hit_by == flow.fault
    assert flow.down_s * 1e3 == pytest.approx(NOTICED[what] - 500, abs=1e-6)


@pytest.mark.parametrize("what", OUTAGES)
def test_under_retry_the_same_path_serves_it_again_once_all_is_up(what: str) -> None:
    result = engine(OUTAGES[what], faults={"on_fault": "retry"}).run()
    assert flows(result) == [("abc", "failed"), ("abc", "completed")]
    later = result.flows[1]
    assert 0.8 <= later.start_s <= 0.91, "the next attempt after 800 ms, every 100 ms"
    assert later.pairs > 1000
    flow = next(row for row in result.table("availability") if row.kind == "flow")
    assert flow.element == "a → c"
    assert flow.down_s == pytest.approx(later.start_s - 0.5, abs=1e-3)
    assert flow.availability == pytest.approx(1 - flow.down_s / 2, abs=1e-3)


@pytest.mark.parametrize("what", ["link", "router", "bank", "channel"])
def test_under_reroute_the_other_path_serves_it_at_once(what: str) -> None:
    result = engine(OUTAGES[what], faults={"on_fault": "reroute"}).run()
    assert flows(result) == [("abc", "failed"), ("adc", "completed")]
    first, second = result.flows
    # From the failure on, as soon as the 30 km of the other path can have confirmed.
    assert (second.start_s - first.end_s) * 1e3 == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize("what", ["initiator", "responder"])
def test_no_way_leads_round_the_two_ends(what: str) -> None:
    result = engine(OUTAGES[what], faults={"on_fault": "reroute"}).run()
    assert flows(result) == [("abc", "failed"), ("abc", "completed")]


@pytest.mark.parametrize("what", ["link", "bank", "channel"])
@pytest.mark.parametrize("policy", ["fail", "reroute"])
def test_what_is_over_before_it_is_noticed_ends_nothing(what: str, policy: str) -> None:
    short = {**OUTAGES[what], "up": "505 ms"}
    result = engine(short, faults={"on_fault": policy}).run()
    assert flows(result) == [("abc", "completed")]
    (flow,) = result.flows
    assert (flow.fault, flow.down_s) == (None, pytest.approx(5e-3))
    undisturbed = engine().run().flows[0].pairs
    assert undisturbed * 0.98 < flow.pairs < undisturbed


def test_a_node_that_is_back_at_once_has_forgotten_its_flows() -> None:
    result = engine({**OUTAGES["router"], "up": "505 ms"}).run()
    (flow,) = result.flows
    assert (flow.status, flow.fault) == ("failed", "node b")
    assert flow.end_s * 1e3 == pytest.approx(505.05), "its first word says so"


def test_pairs_that_are_missing_are_asked_for_and_no_more() -> None:
    wanted = {"initiator": "a", "responder": "c", "memories": 2, "pairs": 1000}
    for policy in ("retry", "reroute"):
        result = engine(LINK, faults={"on_fault": policy}, traffic=[wanted]).run()
        assert sum(flow.pairs for flow in result.flows) == 1000
        assert [flow.status for flow in result.flows] == ["failed", "completed"]


def test_qubits_that_a_fault_has_caught_on_their_way_are_sent_again() -> None:
    wanted = {"kind": "teleportation", "initiator": "a", "responder": "c", "memories": 2, "pairs": 500}
    outage = {"node": "c", "down": "150 ms", "up": "200 ms"}
    result = engine(outage, faults={"on_fault": "retry"}, traffic=[wanted]).run()
    assert [flow.status for flow in result.flows] == ["failed", "completed"]
    arrived = {row.metric: row.n for row in result.metrics}
    assert arrived["fidelity"] >= 500 - arrived["lost qubits"]


def test_a_run_that_stops_when_done_waits_for_requests_that_are_made_again() -> None:
    wanted = {"initiator": "a", "responder": "c", "memories": 2, "pairs": 1000}
    done = {"duration": "2 s", "stop_when_done": True}
    result = engine(LINK, run=done, traffic=[wanted], faults={"on_fault": "retry"}).run()
    assert sum(flow.pairs for flow in result.flows) == 1000
    assert 0.8 < result.simulated_s < 1.9
    assert engine(LINK, run=done, traffic=[wanted]).run().simulated_s == pytest.approx(0.51)


def test_a_window_that_ends_in_an_outage_is_not_asked_for_again() -> None:
    wanted = {"initiator": "a", "responder": "c", "memories": 2, "duration": "700 ms", "pairs": 5000}
    result = engine(LINK, faults={"on_fault": "retry"}, traffic=[wanted]).run()
    assert flows(result) == [("abc", "failed")]
    assert not engine(LINK).faults.recovery.under_way


def test_short_is_what_got_fewer_pairs_than_wanted_and_an_outage_is_named_beside_it() -> None:
    wanted = {"initiator": "a", "responder": "c", "memories": 2, "pairs": 10**5}
    blip = {**LINK, "up": "505 ms"}
    window = [{**wanted, "duration": "1 s"}]
    hit, whole = engine(blip, traffic=window).run(), engine(traffic=window).run()
    assert flows(hit) == flows(whole) == [("abc", "short")]
    assert hit.flows[0].hit_by
    assert not whole.flows[0].hit_by


@pytest.mark.parametrize("what", OUTAGES)
def test_a_request_that_meets_a_fault_is_refused_with_its_name(what: str) -> None:
    late = {"initiator": "a", "responder": "c", "start": "10 ms", "retry": None}
    whole = {**OUTAGES[what], "down": 0.0, "up": None}
    result = engine(whole, traffic=[late]).run()
    if what in ("link", "bank"):
        # Nobody has noticed it yet when the path confirms.
        assert flows(result) == [("abc", "failed")]
        assert result.flows[0].pairs == 0
        return
    assert flows(result) == []
    assert result.rejected == 1
    (note,) = (note for note in result.notes if "it was not repeated" in note)
    assert "too few free memories" not in note
    assert "is at fault" in note


def test_requests_are_refused_at_once_where_the_outage_is_known() -> None:
    late = {"kind": "request", "initiator": "a", "responder": "c", "start": "1 s"}
    network: Any = from_document(ring([{"link": "b-c", "down": 0.0}], traffic=[])).engine()
    network.run_until(500 * 10**9)
    stream = network.request(late["initiator"], late["responder"])
    network.run_until(501 * 10**9)
    assert stream.rejected is network.nodes["b"]


def test_scripts_let_things_go_down() -> None:
    network = engine()
    network.fault(link="a-b", down="500 ms", up="800 ms")
    assert flows(network.run()) == [("abc", "failed")]
    network = engine()
    network.run_until(400 * 10**9)
    network.fault(node="b", down="500 ms")
    assert flows(network.run()) == [("abc", "failed")]


def test_what_scripts_get_wrong_is_told() -> None:
    network = engine()
    network.run_until(10**12)
    with pytest.raises(NetworkError, match=r"link a-b cannot go down at 0.5 s: that has passed"):
        network.fault(link="a-b", down="500 ms")
    with pytest.raises(NetworkError, match="unknown link 'a-x'"):
        network.fault(link="a-x", down="1.5 s")
    with pytest.raises(ParameterError, match="an outage has no `when`"):
        network.fault(link="a-b", when="1.5 s")
    with pytest.raises(ParameterError, match="an outage needs times"):
        network.fault(link="a-b")
    with pytest.raises(NetworkError, match="circle 0,0,5 hits nothing: no link is known to pass"):
        network.fault(circle={"position": (0.0, 0.0), "radius": 5.0}, down="1.5 s")


def test_a_declared_fault_that_never_comes_changes_no_pair() -> None:
    undisturbed = engine(run={"duration": "200 ms", "record_pairs": True}).run()
    never = engine({"link": "a-b", "down": "10 s"}, run={"duration": "200 ms", "record_pairs": True}).run()
    assert list(never.pairs) == list(undisturbed.pairs)
