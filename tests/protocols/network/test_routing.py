"""Routing: what is minimised, what is passed through, and what is said when there is no way."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest

from qsim.errors import NoRouteError, ScenarioError
from tests.protocols.scenes import Document, alive

Links = dict[tuple[str, str], float]


def network(links: Links, routing: Any = "shortest-path", ends: tuple[str, ...] = (), **fields: Any) -> Any:
    """A network of links with lengths in km; `ends` are end nodes."""
    names = dict.fromkeys(name for link in links for name in link)
    document: Document = {
        "run": {"duration": 1.0},
        "nodes": {name: {"type": "end-node" if name in ends else "router"} for name in names},
        "links": [
            {"between": list(link), "length": 1e3 * length, **fields.get("-".join(link), {})}
            for link, length in links.items()
        ],
        "protocols": {"routing": routing},
    }
    return alive(document)


def path(engine: Any, source: str, target: str) -> list[str]:
    return list(engine.path(source, target))


#: Two ways from a to d: three short links by the south, two long ones by the north.
WAYS: Links = {("a", "n"): 30, ("n", "d"): 30, ("a", "s"): 15, ("s", "t"): 15, ("t", "d"): 15}


def test_length_takes_the_least_fibre() -> None:
    assert path(network(WAYS), "a", "d") == ["a", "s", "t", "d"]


def test_hops_takes_the_fewest_links() -> None:
    engine = network(WAYS, {"kind": "shortest-path", "weight": "hops"})
    assert path(engine, "a", "d") == ["a", "n", "d"]


def test_rate_takes_the_least_summed_waiting_time() -> None:
    engine = network(WAYS, {"kind": "shortest-path", "weight": "rate"})
    waits = {link.name: link.expected_wait_s() for link in engine.links}
    assert waits["a-n"] + waits["n-d"] > waits["a-s"] + waits["s-t"] + waits["t-d"]
    assert path(engine, "a", "d") == ["a", "s", "t", "d"]


def test_rate_shuns_a_short_link_that_seldom_succeeds() -> None:
    poor = {"a-s": {"detector": {"efficiency": 0.05}}}
    by_rate = network(WAYS, {"kind": "shortest-path", "weight": "rate"}, **poor)
    assert path(by_rate, "a", "d") == ["a", "n", "d"]
    assert path(network(WAYS, **poor), "a", "d") == ["a", "s", "t", "d"]


def test_rate_does_without_a_link_that_never_succeeds() -> None:
    dead = {"a-s": {"detector": {"efficiency": 0.0}}}
    engine = network(WAYS, {"kind": "shortest-path", "weight": "rate"}, **dead)
    assert path(engine, "a", "d") == ["a", "n", "d"]


def test_end_nodes_are_never_passed_through() -> None:
    engine = network(WAYS, ends=("s",))
    assert path(engine, "a", "d") == ["a", "n", "d"]
    assert path(engine, "a", "s") == ["a", "s"]
    assert path(engine, "s", "d") == ["s", "t", "d"]


def test_behind_an_end_node_there_is_no_way() -> None:
    engine = network({("a", "b"): 1, ("b", "c"): 1}, ends=("b",))
    with pytest.raises(NoRouteError, match="no path from 'a' to 'c'"):
        path(engine, "a", "c")
    assert path(engine, "a", "b") == ["a", "b"]


def test_unconnected_nodes_have_no_way() -> None:
    engine = network({("a", "b"): 1, ("c", "d"): 1})
    with pytest.raises(NoRouteError, match="no path from 'a' to 'd'"):
        path(engine, "a", "d")


def test_ties_are_decided_alike_by_all_nodes_on_the_way() -> None:
    """In a grid of equal links every next hop lies on the path of the hop before."""
    grid = nx.grid_2d_graph(4, 4)
    links = {(f"{a}", f"{b}"): 1.0 for a, b in grid.edges}
    engine = network(links)
    for source in engine.nodes:
        for target in engine.nodes:
            way = path(engine, source, target)
            assert len(way) - 1 == abs(int(source[1]) - int(target[1])) + abs(int(source[4]) - int(target[4]))
            for place, name in enumerate(way):
                assert path(engine, name, target) == way[place:]


@pytest.mark.parametrize("weight", ["length", "hops", "rate"])
def test_paths_are_as_cheap_as_those_of_a_plain_search(weight: str) -> None:
    graph = nx.gnm_random_graph(9, 16, seed=3)
    links = {(f"v{a}", f"v{b}"): 1.0 + (7 * a + 3 * b) % 11 for a, b in graph.edges}
    engine = network(links, {"kind": "shortest-path", "weight": weight})
    cost = {
        "length": lambda link: link.length,
        "hops": lambda _: 1,
        "rate": lambda link: link.expected_wait_s(),
    }
    plain = nx.Graph()
    for link in engine.links:
        plain.add_edge(link.first.name, link.second.name, cost=cost[weight](link))
    for source in engine.nodes:
        best = nx.single_source_dijkstra_path_length(plain, source, weight="cost")
        for target, least in best.items():
            assert nx.path_weight(plain, path(engine, source, target), "cost") == pytest.approx(least)


def test_static_paths_hold_in_both_directions_and_from_every_node_on_them() -> None:
    engine = network(WAYS, {"kind": "static", "paths": [["a", "n", "d"]]})
    assert path(engine, "a", "d") == ["a", "n", "d"]
    assert path(engine, "d", "a") == ["d", "n", "a"]
    assert path(engine, "n", "d") == ["n", "d"]


@pytest.mark.parametrize(
    ("way", "fault"),
    [
        (["a", "x"], r"paths\[0\]\[1\]: unknown node 'x'"),
        (["a", "d"], r"paths\[0\]\[1\]: there is no link from 'a' to 'd'"),
        (["a", "n", "a", "s"], r"paths\[0\]\[2\]: a path comes to each node once, got 'a' again"),
        (["a", "s", "t"], r"paths\[0\]\[1\]: 's' is an end node"),
    ],
)
def test_a_static_path_that_the_network_does_not_have_is_refused(way: list[str], fault: str) -> None:
    with pytest.raises(ScenarioError, match=fault):
        network(WAYS, {"kind": "static", "paths": [way]}, ends=("s",))


def test_a_path_tells_how_a_request_really_goes() -> None:
    # The shortest path from `far` leads to a node with a static path of its own.
    long: Links = {**WAYS, ("n", "far"): 1}
    engine = network(long, {"kind": "static", "paths": [["n", "a", "s", "t", "d"]]})
    assert path(engine, "far", "d") == ["far", "n", "a", "s", "t", "d"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_static_path_is_kept_to_whatever_others_pass_its_ends(order: int) -> None:
    """Each of two paths leads over the first node of the other."""
    links: Links = {**WAYS, ("a", "t"): 1}
    paths = [["s", "a", "n", "d"], ["a", "s", "t", "d"]][::order]
    engine = network(links, {"kind": "static", "paths": paths})
    assert path(engine, "s", "d") == ["s", "a", "n", "d"]
    assert path(engine, "a", "d") == ["a", "s", "t", "d"]
    assert path(engine, "d", "a") == ["d", "t", "s", "a"]
    assert path(engine, "n", "d") == ["n", "d"]
    assert path(engine, "t", "d") == ["t", "d"]


def test_pairs_without_a_static_path_take_the_shortest() -> None:
    engine = network(WAYS, {"kind": "static", "paths": [["a", "n", "d"]]})
    assert path(engine, "s", "d") == ["s", "t", "d"]


def test_of_two_static_paths_the_first_given_wins() -> None:
    paths = [["a", "n", "d"], ["a", "s", "t", "d"]]
    assert path(network(WAYS, {"kind": "static", "paths": paths}), "a", "d") == ["a", "n", "d"]
    assert path(network(WAYS, {"kind": "static", "paths": paths[::-1]}), "a", "d") == ["a", "s", "t", "d"]
