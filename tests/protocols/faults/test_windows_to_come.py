"""Flows whose window is still to come when something on their path goes down, or has come up again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from qsim.scenario import from_document
from tests.protocols.faults.rings import MS, engine

ELEMENTS: dict[str, dict[str, Any]] = {
    "link": {"link": "n2-n3"},
    "node": {"node": "n2"},
    "bank": {"node": "n2", "bank": "memory"},
    "channel": {"channel": ["n2", "n3"]},
}
CONTROLS: dict[str, Any] = {
    "distributed": "distributed",
    "central": {"kind": "central", "node": "n1"},
    "continuous": "continuous",
}
ROUTINGS: dict[str, Any] = {
    "shortest-path": "shortest-path",
    "k-shortest": "k-shortest",
    "load-aware": "load-aware",
    "multipath": "multipath",
    "link-state": {"kind": "link-state", "hello": "5 ms", "dead": "15 ms"},
}


def chain(outage: dict[str, Any], *, start: str = "80 ms", **fields: Any) -> Any:
    """Five nodes in a row, and one request between the ends for 20 ms, made at the beginning of the run."""
    names = [f"n{place}" for place in range(5)]
    request = {"initiator": "n0", "responder": "n4", "start": start, "duration": "20 ms"}
    return from_document(
        {
            "run": {"duration": "150 ms"},
            "defaults": {"memory": {"count": 4, "efficiency": 0.5, "frequency": "1 MHz"}},
            "nodes": names,
            "links": [{"between": [one, other], "length": "5 km"} for one, other in pairwise(names)],
            "traffic": fields.pop("traffic", [request]),
            "protocols": {
                "swapping": "asap",
                "purification": "none",
                "control": CONTROLS[fields.pop("control", "distributed")],
                "routing": ROUTINGS[fields.pop("routing", "shortest-path")],
            },
            "faults": {"outages": [outage], "timeout": "20 ms", "retry": "10 ms", **fields},
        }
    ).engine()


@pytest.mark.parametrize("detection", ["1 ms", "10 ms"])
@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("what", ELEMENTS)
def test_a_flow_that_begins_after_the_repair_is_served(what: str, control: str, detection: str) -> None:
    """Such an outage ends nothing but what a node has forgotten, which is asked for again."""
    network = chain({**ELEMENTS[what], "down": "35 ms", "up": "55 ms"}, control=control, detection=detection)
    *before, last = network.run().flows
    assert [row.status for row in before] == (["failed"] if what == "node" else [])
    # Lost before its window began: there was none.
    assert all(row.start_s == row.end_s and row.throughput_hz == 0 for row in before)
    assert (last.status, last.fault, last.pairs > 10) == ("completed", None, True)
    assert last.start_s == pytest.approx(0.08)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_whatever_the_routing(routing: str) -> None:
    result = chain({"link": "n2-n3", "down": "35 ms", "up": "55 ms"}, routing=routing).run()
    (flow,) = result.flows
    assert (flow.status, flow.fault, flow.pairs > 10) == ("completed", None, True)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("what", ELEMENTS)
def test_a_request_made_after_the_repair_is_served(what: str, control: str) -> None:
    network = chain({**ELEMENTS[what], "down": "35 ms", "up": "55 ms"}, control=control, traffic=[])
    # By then the first word of whatever has come up again has reached everybody.
    network.run_until(60 * MS)
    stream = network.request("n0", "n4", duration="20 ms")
    (flow,) = network.run().flows
    assert (flow.status, flow.fault, stream.rejected) == ("completed", None, None)


@pytest.mark.parametrize("ends", [("n0", "n4"), ("n4", "n0")])
@pytest.mark.parametrize("asked", [0, 12, 25])
@pytest.mark.parametrize("control", ["distributed", "central"])
@pytest.mark.parametrize("what", ELEMENTS)
def test_a_request_made_during_an_outage_is_kept_for_a_window_after_it(
    what: str, control: str, asked: int, ends: tuple[str, str]
) -> None:
    """When the outage ends is known, so it is made again then, although nothing is made again otherwise.

    It is made as the outage begins, before it is noticed, and after that.
    """
    outage = {**ELEMENTS[what], "down": "10 ms", "up": "55 ms"}
    network = chain(outage, control=control, detection="5 ms", timeout="10 ms", traffic=[])
    network.run_until((10 + asked) * MS)
    stream = network.request(*ends, memories=2, start="80 ms", duration="20 ms")
    *before, flow = network.run().flows
    # What the controller has granted is over when the far nodes say nothing, and is asked for anew.
    assert {row.status for row in before} <= {"failed"}
    assert not before or control == "central"
    assert (flow.status, flow.fault, stream.rejected) == ("completed", None, None)
    assert flow.start_s == pytest.approx(0.08)
    assert flow.pairs == 2, "the script takes none of them"
    assert not any(len(calendar.flows) for calendar in network.view.calendars.values())


@pytest.mark.parametrize("routing", ROUTINGS)
def test_it_is_kept_whatever_the_routing(routing: str) -> None:
    """Under link-state routing no path is known meanwhile, and nobody knows for how long."""
    outage = {"link": "n2-n3", "down": "10 ms", "up": "55 ms"}
    network = chain(outage, routing=routing, detection="5 ms", traffic=[])
    network.run_until(40 * MS)
    network.request("n0", "n4", start="80 ms", duration="20 ms")
    (flow,) = network.run().flows
    assert (flow.status, flow.start_s) == ("completed", pytest.approx(0.08))


@pytest.mark.parametrize("lasting", ["b-c", "d-c"])
@pytest.mark.parametrize("routing", ["k-shortest", "multipath"])
@pytest.mark.parametrize("control", ["distributed", {"kind": "central", "node": "a"}])
def test_of_several_paths_one_that_may_be_free_is_enough(control: Any, routing: str, lasting: str) -> None:
    """The other is at fault for nobody knows how long, be it the first one or the second."""
    repaired = {"b-c": "d-c", "d-c": "b-c"}[lasting]
    outages = {"link": lasting, "down": "0 s"}, {"link": repaired, "down": "0 s", "up": "0.5 s"}
    network = engine(*outages, traffic=[], protocols={"control": control, "routing": routing})
    network.run_until(300 * MS)
    network.request("a", "c", start="1 s", duration="100 ms")
    (flow,) = network.run().flows
    assert (flow.status, flow.start_s) == ("completed", pytest.approx(1))
    assert "-".join(flow.path[1:]) == repaired


@pytest.mark.parametrize("control", ["distributed", "central"])
@pytest.mark.parametrize(
    ("times", "why"),
    [
        ({"down": "10 ms", "up": "90 ms"}, "link n2-n3 is at fault until 0.09 s"),
        ({"down": "10 ms"}, "link n2-n3 is at fault, and nobody knows until when"),
        ({"mean_up": "1 ps", "mean_down": "1e6 s"}, "link n2-n3 is at fault, and nobody knows until when"),
    ],
)
def test_a_request_for_a_window_that_may_not_be_free_of_the_outage_is_refused(
    times: dict[str, str], why: str, control: str
) -> None:
    network = chain({"link": "n2-n3", **times}, control=control, detection="5 ms", traffic=[])
    network.run_until(30 * MS)
    stream = network.request("n0", "n4", start="80 ms", duration="20 ms")
    result = network.run()
    assert (result.flows, stream.rejected is not None) == ((), True)
    assert any(why in note for note in result.notes), result.notes


def test_an_outage_that_another_prolongs_is_waited_for_anew() -> None:
    """The end that was known at first passes; what is known by then counts."""
    network = chain({"link": "n2-n3", "down": "10 ms", "up": "40 ms"}, detection="5 ms", traffic=[])
    network.fault(link="n2-n3", down="30 ms", up="60 ms")
    network.run_until(20 * MS)
    network.request("n0", "n4", start="80 ms", duration="20 ms")
    result = network.run()
    (flow,) = result.flows
    assert (flow.status, flow.start_s) == ("completed", pytest.approx(0.08))
    assert result.rejected == 2


@pytest.mark.parametrize("policy", ["fail", "retry"])
@pytest.mark.parametrize("what", ["link", "bank", "channel"])
def test_what_is_still_down_as_the_window_begins_ends_the_flow_then(what: str, policy: str) -> None:
    network = chain({**ELEMENTS[what], "down": "35 ms"}, on_fault=policy)
    network.run_until(79 * MS)
    (flow,) = network.recorder.flows
    assert flow.closed is None
    result = network.run()
    (row,) = result.flows
    assert (row.status, row.pairs) == ("failed", 0)
    assert row.end_s == pytest.approx(0.08, abs=1e-4)
    assert row.down_s == pytest.approx(row.end_s - 0.08, abs=1e-9)
    assert not network.faults.recovery.under_way
    assert not any(len(calendar.flows) for calendar in network.view.calendars.values())


@pytest.mark.parametrize("policy", ["fail", "retry"])
def test_what_a_node_has_forgotten_is_asked_for_until_its_window_begins_or_ends(policy: str) -> None:
    """It comes back, and goes down again for good before the initiator has asked anew."""
    network = chain({"node": "n2", "down": "35 ms", "up": "52 ms"}, retry="20 ms", on_fault=policy)
    network.fault(node="n2", down="53 ms")
    network.run_until(79 * MS)
    assert network.faults.recovery.under_way
    network.run_until(82 * MS)
    assert network.faults.recovery.under_way == (policy == "retry")
    result = network.run()
    assert {row.status for row in (*result.flows, *result.unfinished)} == {"failed"}
    assert not network.faults.recovery.under_way
