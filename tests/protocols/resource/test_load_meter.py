"""The offered load: whose memories, when, how often; and how it gets to the controller."""

from __future__ import annotations

import pytest

from protocols.resource.adaptive import Smoothed
from qsim.scenario import from_document
from tests.protocols.faults.rings import ring
from tests.protocols.scenes import chain

EVEN = {"kind": "even", "epoch": 10}


def trace(**columns):
    """Requests from a trace of so many columns."""
    return {"kind": "trace-requests", "trace": columns}


def offered(traffic, *, allocation=EVEN, count=8, duration=40.0, **sections):
    """The offered load of each node of a chain of three, by the beginning of the epoch."""
    document = chain(
        2,
        count=count,
        traffic=[traffic],
        run={"duration": duration, "record_pairs": False},
        **sections,
    )
    document["defaults"]["detector"]["efficiency"] = 0.0
    document["defaults"]["generation"] = {"kind": "barrett-kok"}
    document["protocols"] = {**document["protocols"], "allocation": allocation}
    result = from_document(document).run()
    loads = {}
    for row in result.table("allocation"):
        loads.setdefault(row.node, {})[row.start_s] = row.offered
    return loads, result


def one(initiator, responder, time=5.0, duration=10.0, memories=3, **more):
    return trace(
        time=[time], initiator=[initiator], responder=[responder], memories=[memories], duration=[duration]
    ) | {"memories": 1, **more}


def test_memory_seconds_stand_in_the_epochs_of_the_window():
    loads, _ = offered(one("n0", "n1", time=5.0, duration=10.0, memories=3))
    # The window opens when the path has confirmed, after a round trip of 2 ms.
    assert loads["n0"][0.0] == pytest.approx(3 * (5 - 2e-3) / 10, abs=1e-9)
    assert loads["n0"][10.0] == pytest.approx(3 * (5 + 2e-3) / 10, abs=1e-9)
    assert loads["n1"] == loads["n0"]
    assert set(loads["n2"].values()) == {0.0}
    assert loads["n0"][20.0] == 0.0


def test_a_node_on_the_way_is_asked_for_twice_as_much():
    loads, _ = offered(one("n0", "n2", memories=2))
    assert sum(loads["n1"].values()) == pytest.approx(2 * sum(loads["n0"].values()))
    assert loads["n2"] == loads["n0"]


@pytest.mark.parametrize("initiator", ["n0", "n2"])
def test_what_is_refused_counts_at_every_node_of_the_path(initiator):
    """Of 8 memories in the middle 12 are wanted: refused there, or at once, and counted at both ends."""
    far = "n2" if initiator == "n0" else "n0"
    loads, result = offered(one(initiator, far, memories=6))
    assert result.completed == 0
    assert result.rejected == 1
    assert sum(loads[far].values()) == pytest.approx(6 * 10 / 10)
    assert sum(loads["n1"].values()) == pytest.approx(12 * 10 / 10)


@pytest.mark.parametrize("time", [5.0, 35.0])
@pytest.mark.parametrize("initiator", ["n0", "n2"])
@pytest.mark.parametrize("control", [{"kind": "central", "node": "n0"}, {"kind": "central", "node": "n1"}])
def test_what_a_controller_decides_on_counts_as_if_the_nodes_did(control, initiator, time):
    """The initiator knows the path on which it would set out, not that which the controller will take."""
    far = "n2" if initiator == "n0" else "n0"
    traffic = [one(initiator, far, time=time, memories=memories) for memories in (2, 6)]
    for request in traffic:
        central, result = offered(request, protocols={"control": control})
        alone, by_themselves = offered(request)
        assert result.rejected == by_themselves.rejected
        assert {node: sum(series.values()) for node, series in central.items()} == pytest.approx(
            {node: sum(series.values()) for node, series in alone.items()}, abs=1e-2
        )
        assert sum(central["n1"].values()) > 0


@pytest.mark.parametrize("control", ["distributed", {"kind": "central", "node": "a"}])
def test_a_request_over_several_paths_counts_on_each_of_them(control):
    document = ring(
        traffic=[one("a", "c", memories=3)],
        run={"duration": 20.0},
        defaults={"memory": {"count": 12, "efficiency": 0}},
        protocols={"allocation": EVEN, "routing": "multipath", "control": control},
    )
    loads = {}
    for row in from_document(document).run().table("allocation"):
        loads[row.node] = loads.get(row.node, 0) + row.offered
    # Three on each of two ways at the ends, and on one way to either side in the middle.
    assert loads == pytest.approx(dict.fromkeys("abcd", 6.0), rel=1e-3)


def test_what_the_initiator_refuses_counts_too():
    static = {"kind": "static", "budget": 20, "least": 1, "weights": {"n0": 1, "n1": 100, "n2": 100}}
    loads, result = offered(one("n0", "n1", memories=6), allocation=static, count=12)
    assert result.rejected == 1
    assert sum(loads["n1"].values()) == pytest.approx(6)


def test_a_request_that_is_repeated_counts_once():
    loads, result = offered(one("n0", "n2", memories=6, retry=1.0, patience=20.0))
    assert result.rejected > 10
    assert sum(loads["n1"].values()) == pytest.approx(12)


def test_nothing_asked_is_nothing_offered():
    loads, _ = offered(one("n0", "n1", time=39.9999, duration=1.0))
    assert {load for series in loads.values() for load in series.values()} == {0.0}


def test_a_window_longer_than_the_run_counts_until_its_end():
    loads, _ = offered(one("n0", "n1", time=0.0, duration=1000.0, memories=1), duration=35.0)
    assert loads["n0"][20.0] == 1.0
    assert loads["n0"][30.0] == 1.0


def test_reports_travel_and_are_not_lost_with_datagrams():
    """A controller 1 ms from each end; with losses reports are repeated, and late ones are left out."""
    follow = {"kind": "reactive", "budget": 12, "share": 1.0, "least": 1, "controller": "n1"}
    traffic = one("n0", "n1", time=1.0, duration=30.0, memories=2)
    _, clean = offered(traffic, allocation=follow, count=8)
    last = {row.node: row.limit for row in clean.table("allocation") if row.start_s == 30.0}
    assert last == {"n0": 6, "n1": 5, "n2": 1} or last == {"n0": 5, "n1": 6, "n2": 1}
    _, lossy = offered(traffic, allocation=follow, count=8, classical={"loss": 0.4, "retransmission": 0.01})
    assert all(
        sum(row.limit for row in lossy.table("allocation") if row.start_s == start) <= 12
        for start in (0.0, 10.0, 20.0, 30.0)
    )


def measured(monkeypatch, outages, duration=100.0):
    """What a controller at n2 goes by each epoch of 10 s at n1, where n0 wants two memories for so long."""
    seen = []

    def loads(_, measured):
        seen.append(round(measured[1], 3))

    monkeypatch.setattr(Smoothed, "loads", loads)
    follow = {"kind": "reactive", "budget": 12, "controller": "n2"}
    traffic = one("n0", "n1", time=0.0, duration=duration, memories=2)
    offered(traffic, allocation=follow, duration=80.0, faults={"outages": outages, "timeout": 1.0})
    return seen


@pytest.mark.parametrize("late", [0.5, 12.0])
def test_a_report_that_is_late_is_no_load_of_nothing(monkeypatch, late):
    """Without it the controller goes by the one before; when it comes there is a newer one."""
    outage = {"channel": ["n0", "n2"], "down": 29.999, "up": 30.0 + late}
    assert measured(monkeypatch, [outage]) == [2.0] * 7


def test_a_first_report_that_is_late_is_not_known_before(monkeypatch):
    outage = {"channel": ["n0", "n2"], "down": 9.999, "up": 10.5}
    assert measured(monkeypatch, [outage]) == [0.0] + [2.0] * 6


@pytest.mark.parametrize(
    "outages", [[], [{"channel": ["n0", "n2"], "down": 5.0, "up": 6.0}]], ids=["never faulty", "faulty"]
)
def test_a_load_that_has_gone_is_told(monkeypatch, outages):
    assert measured(monkeypatch, outages, duration=25.0) == [2.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_that_a_load_has_gone_is_told_again_to_who_was_down(monkeypatch):
    """The controller decides on nothing at 40 s, and has never heard of the report of that time."""
    outage = {"node": "n2", "down": 39.999, "up": 40.5}
    assert measured(monkeypatch, [outage], duration=25.0) == [2.0, 2.0, 1.0, 0.0, 0.0, 0.0]
