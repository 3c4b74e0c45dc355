"""Flows whose window is still to come when something on their path goes down, or has come up again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from qsim.scenario import from_document
from tests.protocols.faults.rings import MS

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
