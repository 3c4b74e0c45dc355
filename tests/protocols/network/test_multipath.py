"""Several paths at once for one request: which they are, what they give together, how they begin and end."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.errors import NoRouteError, ScenarioError
from qsim.model.disjoint_paths import disjoint_paths, simple_paths
from tests.protocols.scenes import Document, alive, clocked, request
from tests.statistics import at_fixed_seed, mean_of, share_of


def ways(*lengths: int, routing: Any, traffic: list[Document], **generation: float) -> Document:
    """Disjoint chains of so many links of 1 ms between `s` and `t`."""
    links = []
    for number, length in enumerate(lengths):
        names = ["s", *(f"w{number}n{place}" for place in range(1, length)), "t"]
        links += list(pairwise(names))
    return {
        "run": {"duration": 1e4, "stop_when_done": True},
        "defaults": {
            "memory": {"count": 4, "frequency": 1e12},
            "fibre": {"attenuation": 0.0},
            "generation": clocked(**generation),
        },
        "nodes": dict.fromkeys(name for link in links for name in link),
        "links": [{"between": list(link), "length": 2e5} for link in links],
        "protocols": {"routing": routing, "swapping": {"kind": "asap"}, "purification": "none"},
        "traffic": traffic,
    }


BOTH = {"kind": "multipath", "paths": 2}


def slots(lengths: tuple[int, int], success: float, swap: float, count: int) -> list[int]:
    """Pairs of each of many requests over two paths whose windows have one attempt for every link."""
    traffic = [request("s", "t", start=0.1 * place + 0.095, duration=0.04) for place in range(count)]
    document = ways(*lengths, routing=BOTH, traffic=traffic, period=0.1, success=success)
    document["protocols"]["swapping"]["success_probability"] = swap
    result = alive(document, seed=5).run()
    assert len(result.flows) == count
    return [flow.pairs for flow in result.flows]


@pytest.mark.parametrize(
    ("lengths", "success", "swap", "rate"), [((2, 2), 0.6, 0.9, 0.648), ((4, 6), 0.9, 1.0, 1.187541)]
)
def test_in_one_slot_two_paths_give_the_sum_of_what_each_gives(
    lengths: tuple[int, int], success: float, swap: float, rate: float
) -> None:
    """A path of l links gives a pair with probability p^l q^(l - 1)."""
    pairs = slots(lengths, success, swap, 300)
    assert set(pairs) == {0, 1, 2}
    at_fixed_seed(mean_of(pairs).sigmas(rate))
    assert rate == pytest.approx(sum(success**length * swap ** (length - 1) for length in lengths))


def test_either_of_two_paths_will_do() -> None:
    """Two paths of 0.9 each: 0.99 for at least one."""
    pairs = slots((2, 2), sqrt(0.9), 1.0, 400)
    at_fixed_seed(share_of(sum(count > 0 for count in pairs), 400, 0.99).sigmas(0.99))


def test_pairs_of_all_paths_count_together_and_the_request_ends_with_the_last_one_wanted() -> None:
    wanted = [request("s", "t", pairs=101)]
    (one,) = alive(ways(2, 2, routing="shortest-path", traffic=wanted)).run().flows
    engine = alive({**ways(2, 2, routing=BOTH, traffic=wanted), "run": {"duration": 2.0}})
    (both,) = engine.run().flows
    assert one.pairs == both.pairs == 101
    assert both.throughput_hz > 1.8 * one.throughput_hz
    assert both.status == "completed"
    assert all(memory.state.name == "FREE" for node in engine.nodes.values() for memory in node.memories)
    assert all(not calendar.flows for calendar in engine.view.calendars.values())


def test_a_request_is_served_over_the_paths_that_have_memories_and_refused_without_any() -> None:
    taken = request("w0n1", "t", path=["w0n1", "t"], start="0 s", duration="1 s", memories=2)
    late = request("s", "t", start="100 ms", duration="100 ms", memories=2)
    document = ways(2, 2, routing=BOTH, traffic=[taken, late])
    result = alive(document).run()
    (row,) = (row for row in result.flows if row.initiator == "s")
    assert row.path == ("s", "w1n1", "t")
    assert row.pairs > 0
    assert result.rejected == 0
    also = request("w1n1", "t", path=["w1n1", "t"], start="0 s", duration="1 s", memories=1)
    document["traffic"].append(also)
    refused = alive(document).run()
    assert refused.rejected == 1
    assert not [row for row in refused.flows if row.initiator == "s"]
    assert any("refused the request s-t" in note for note in refused.notes)


def test_as_many_paths_as_there_are() -> None:
    document = ways(1, 2, 3, routing={"kind": "multipath", "paths": 7}, traffic=[request("s", "t", pairs=30)])
    engine = alive(document)
    (row,) = engine.run().flows
    assert row.pairs == 30
    assert sum(link.heralds > 0 for link in engine.links) == 6
    lone = alive(ways(2, routing=BOTH, traffic=[request("s", "t", pairs=3)]))
    assert lone.run().flows[0].pairs == 3


def test_paths_that_share_what_they_may() -> None:
    """A bow tie of two triangles has two ways between its ends that share the knot, and none that do not."""
    tie = [
        ("s", "a", 1.0),
        ("s", "k", 1.5),
        ("a", "k", 1.0),
        ("k", "b", 1.0),
        ("k", "t", 1.5),
        ("b", "t", 1.0),
    ]
    assert disjoint_paths(tie, (), "s", "t", 3) == [("s", "k", "t")]
    assert len(disjoint_paths(tie, (), "s", "t", 3, nodes=False)) == 2
    assert len(list(simple_paths(tie, (), "s", "t"))) == 4
    assert disjoint_paths(tie, {"k"}, "s", "t", 3) == []
    assert disjoint_paths(tie, {"a", "b"}, "s", "t", 3, nodes=False) == [("s", "k", "t")]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_disjoint_paths_are_as_many_as_menger_says_and_as_cheap_as_a_flow(seed: int, nodes: bool) -> None:
    graph = nx.gnm_random_graph(8, 13, seed=seed)
    edges = [(f"n{a}", f"n{b}", float(1 + (3 * a + 5 * b + seed) % 7)) for a, b in graph.edges]
    if (0, 7) in graph.edges or not nx.has_path(graph, 0, 7):
        assert disjoint_paths(edges, (), "n0", "n7", 8, nodes=nodes) or not nx.has_path(graph, 0, 7)
        return
    paths = disjoint_paths(edges, (), "n0", "n7", 8, nodes=nodes)
    count = nx.node_connectivity(graph, 0, 7) if nodes else nx.edge_connectivity(graph, 0, 7)
    assert len(paths) == count
    used = [frozenset(step) for path in paths for step in pairwise(path)]
    assert len(set(used)) == len(used)
    inner = [name for path in paths for name in path[1:-1]]
    assert not nodes or len(set(inner)) == len(inner)
    cost = {frozenset((one, other)): cost for one, other, cost in edges}
    assert sum(cost[step] for step in used) == _least_cost(edges, count, nodes)


def _least_cost(edges: list[tuple[str, str, float]], count: int, nodes: bool) -> float:
    """Cost of a flow of so many units, of which a link (and a node) passes one."""
    flow = nx.DiGraph()
    for one, other, cost in edges:
        for near, far in ((one, other), (other, one)):
            flow.add_edge(near + "+", far + "-", capacity=1, weight=int(cost))
    for name in {name for edge in edges for name in edge[:2]}:
        flow.add_edge(name + "-", name + "+", capacity=1 if nodes else 99, weight=0)
    flow.add_node("n0+", demand=-count)
    flow.add_node("n7-", demand=count)
    return float(nx.min_cost_flow_cost(flow))


def test_no_path_is_told_by_every_policy() -> None:
    for routing in (BOTH, "k-shortest", "load-aware", {"kind": "multipath", "disjoint": "nothing"}):
        document = ways(1, routing=routing, traffic=[])
        document["nodes"]["alone"] = None
        with pytest.raises(NoRouteError, match="no path from 's' to 'alone'"):
            alive(document).path("s", "alone")


def test_a_request_names_its_path_or_its_routing() -> None:
    traffic = [
        request("s", "t", pairs=2, path=["s", "w1n1", "w1n2", "t"]),
        request("t", "s", pairs=2),
        request("s", "t", pairs=2, routing={"kind": "static", "paths": [["s", "w1n1", "w1n2", "t"]]}),
    ]
    result = alive(ways(2, 3, routing="shortest-path", traffic=traffic)).run()
    assert sorted(row.path for row in result.flows) == [
        ("s", "w1n1", "w1n2", "t"),
        ("s", "w1n1", "w1n2", "t"),
        ("t", "w0n1", "s"),
    ]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"path": ["s", "nobody", "t"]}, r"path\[1\]: unknown node 'nobody'"),
        ({"path": ["s", "w0n1"]}, "must lead from 's' to 't'"),
        ({"path": ["s", "w1n2", "t"]}, r"path\[1\]: there is no link from 's' to 'w1n2'"),
        ({"path": ["s", "w0n1", "t"], "routing": "k-shortest"}, "not both"),
    ],
)
def test_a_path_that_is_none_is_refused_at_check(fields: Document, fault: str) -> None:
    with pytest.raises(ScenarioError, match=fault):
        alive(ways(2, 3, routing="shortest-path", traffic=[request("s", "t", **fields)]))


def test_k_shortest_goes_round_what_is_taken() -> None:
    first = request("s", "t", start="0 s", duration="1 s", memories=2, path=["s", "w0n1", "t"])
    second = request("s", "t", start="100 ms", duration="100 ms", memories=2)
    for routing, path in (("k-shortest", ("s", "w1n1", "w1n2", "t")), ("shortest-path", None)):
        rows = alive(ways(2, 3, routing=routing, traffic=[first, second])).run().flows
        assert ([row.path for row in rows if row.start_s > 0.05] or [None]) == [path]


def test_the_best_pairs_are_on_the_path_of_least_noise() -> None:
    document = ways(2, 3, routing={"kind": "shortest-path", "weight": "fidelity"}, traffic=[])
    assert alive(document).path("s", "t") == ("s", "w0n1", "t")
    document["links"][0]["generation"] = clocked(fidelity=0.9)
    assert alive(document).path("s", "t") == ("s", "w1n1", "w1n2", "t")
