"""The live network: looking things up, running in pieces, stopping, and what it is built from."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.node_kinds import EndNode, Router
from qsim.errors import NetworkError, NoRouteError, ParameterError
from qsim.trace.sinks import FingerprintSink
from tests.protocols.scenes import MS, Document, alive, chain, request


def test_nodes_are_found_by_name_and_unknown_ones_named() -> None:
    engine = alive(chain(2))
    assert engine.node("n1") is engine.nodes["n1"]
    assert engine.stack("n1") is engine.stacks[engine.node("n1")]
    with pytest.raises(NetworkError, match=r"unknown node 'n11' \(did you mean 'n1'\?\)"):
        engine.node("n11")
    with pytest.raises(NetworkError, match="unknown node 'x'"):
        engine.stack("x")


def test_nodes_are_what_the_scenario_says() -> None:
    document = chain(1, nodes={"n1": {"type": "end-node", "memory": {"count": 5}}})
    engine = alive(document)
    assert type(engine.node("n0").spec) is Router
    assert type(engine.node("n1").spec) is EndNode
    assert [len(node.memories) for node in engine.nodes.values()] == [2, 5]
    assert [node.index for node in engine.nodes.values()] == [0, 1]
    (link,) = engine.links
    assert (link.first, link.second) == (engine.node("n0"), engine.node("n1"))
    assert list(engine.view.between(engine.node("n1"), engine.node("n0"))) == [link]


def fingerprint(pieces: list[float], document: Document) -> str:
    """Run to the end in pieces, given as times in ms."""
    sink = FingerprintSink()
    engine = alive(document, seed=5, trace=sink)
    for until in pieces:
        engine.run_until(round(until * MS))
    engine.run()
    return sink.fingerprint


def test_a_run_in_pieces_is_the_run_in_one_piece() -> None:
    document = chain(3, traffic=[request("n0", "n3")], swapping="asap")
    whole = fingerprint([], document)
    assert fingerprint([0, 4, 4.5, 4.5, 333.3, 999.9], document) == whole


def test_a_stop_ends_the_run_after_the_event_in_hand_and_it_may_go_on() -> None:
    document = chain(2, traffic=[request("n0", "n2")])
    engine = alive(document)
    engine.sim.post_at(500 * MS, engine.stop)
    part = engine.run()
    assert part.interrupted
    assert part.simulated_s == pytest.approx(0.5)
    assert part.unfinished[0].pairs > 0
    full = engine.run()
    assert not full.interrupted
    assert full.flows[0].pairs == alive(document).run().flows[0].pairs


def test_the_earliest_start_is_the_confirmation_of_the_whole_path() -> None:
    engine = alive(chain([1, 2.5, 4]))
    engine.run_until(10 * MS)
    assert engine.earliest_start(engine.node("n0"), engine.node("n3")) == 25 * MS
    assert engine.earliest_start(engine.node("n2"), engine.node("n1")) == 15 * MS


def test_a_script_may_not_ask_for_the_unreachable() -> None:
    document = chain(1)
    document["nodes"]["lonely"] = None
    with pytest.raises(NoRouteError, match="no path from 'n0' to 'lonely'"):
        alive(document).request("n0", "lonely")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"memories": 0}, r"memories` must be in \[1, inf\), got 0"),
        ({"memories": -1}, "memories` must be"),
        ({"memories": 1.5}, "memories` must be a whole number"),
        ({"fidelity": float("nan")}, "fidelity`: expected a finite number"),
        ({"fidelity": 1.5}, r"fidelity` must be in \[0, 1\], got 1.5"),
        ({"duration": 0}, "duration` must be"),
        ({"duration": "-1 ms"}, "duration` must be"),
        ({"start": -1}, "start` must be"),
    ],
)
def test_a_script_may_not_ask_for_the_absurd(fields: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ParameterError, match=complaint):
        alive(chain(1)).request("n0", "n1", **fields)


def test_a_script_may_not_ask_one_node_or_for_a_time_after_the_run() -> None:
    engine = alive(chain(1))
    with pytest.raises(NetworkError, match="needs two nodes, got 'n0' for both"):
        engine.request("n0", "n0")
    with pytest.raises(NetworkError, match="cannot begin before 3 s, and the run ends at 1 s"):
        engine.request("n0", "n1", start="3 s")


def test_a_run_that_stops_when_done_waits_for_the_requests_of_scripts() -> None:
    document = chain(1, count=4, traffic=[request("n0", "n1", pairs=2)], run={"stop_when_done": True})
    engine = alive(document)
    engine.request("n0", "n1", duration="200 ms")
    engine.request("n0", "n1", duration="500 ms")
    engine.request("n0", "n1", memories=3)  # refused at once
    assert engine.run().simulated_s == pytest.approx(0.502)


def test_times_of_a_script_take_units() -> None:
    engine = alive(chain(1))
    stream = engine.request("n0", "n1", start="40 ms", duration=0.02)
    engine.run_until(100 * MS)
    assert (stream.flow.request.start, stream.flow.request.end) == (40 * MS, 60 * MS)
    late = engine.request("n0", "n1", start="40 ms")
    engine.run_until(110 * MS)
    assert (late.flow.request.start, late.flow.request.end) == (102 * MS, 1000 * MS)


def test_given_delays_go_before_those_of_the_fibre() -> None:
    tables: Any = {
        "round_trip": {
            "nodes": ["n0", "n1", "n2"],
            "table": [[0, 2e-3, 8e-3], [4e-3, 0, 6e-3], [8e-3, 6e-3, 0]],
        },
        "channels": [{"between": ["n2", "n0"], "delay": 9e-3}],
    }
    engine = alive(chain(2, classical=tables))
    n0, n1, n2 = engine.nodes.values()
    assert n0.delay_to(n1) == n1.delay_to(n0) == round(1.5 * MS)
    assert n1.delay_to(n2) == 3 * MS
    assert n0.delay_to(n2) == n2.delay_to(n0) == 9 * MS


def test_delays_without_a_table_follow_the_shortest_fibre() -> None:
    document = chain([1, 2, 4])
    document["links"].append({"between": ["n0", "n3"], "length": 1e6})
    engine = alive(document)
    names = [("n0", "n3", 5), ("n1", "n3", 6), ("n0", "n2", 3)]
    for one, other, expected in names:
        assert engine.node(one).delay_to(engine.node(other)) == expected * MS


@pytest.mark.parametrize(
    ("station", "midpoint", "expected"), [("fibre", 0.25, (0.5, 1.5)), ("half", 0.25, (1.0, 1.0))]
)
def test_stations_are_as_far_as_their_fibre_or_half_way(
    station: str, midpoint: float, expected: tuple[float, float]
) -> None:
    document = chain([2.0], classical={"station": station})
    document["links"][0]["midpoint"] = midpoint
    engine = alive(document)
    (link,) = engine.links
    delays = tuple(link.station.delay_to(node) / MS for node in engine.nodes.values())
    assert delays == expected
    assert link.station.name == "n0|n1"


def test_a_station_delay_of_a_link_goes_before_the_rule() -> None:
    document = chain([2.0])
    document["links"][0]["station_delay"] = "7 ms"
    engine = alive(document)
    assert engine.node("n0").delay_to(engine.links[0].station) == 7 * MS
