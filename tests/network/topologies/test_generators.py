"""Generated topologies: counts, names, lengths, determinism."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import networkx as nx
import pytest

from qsim import registry
from qsim.errors import NetworkError, ParameterError
from qsim.network.topologies import Grid, Line, Ring, Star, Topology, Tree, Waxman


def graph_of(topology: Topology) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(topology.nodes)
    graph.add_edges_from(link["between"] for link in topology.links)
    assert graph.number_of_edges() == len(topology.links)
    return graph


def degrees(topology: Topology) -> Counter[int]:
    return Counter(dict(graph_of(topology).degree).values())


@pytest.mark.parametrize(
    ("made", "nodes", "expected"),
    [
        (Line(nodes=5, length=1e3), 5, {1: 2, 2: 3}),
        (Ring(nodes=6, length=1e3), 6, {2: 6}),
        (Star(nodes=7, length=1e3), 7, {6: 1, 1: 6}),
        (Grid(rows=3, columns=4, length=1e3), 12, {2: 4, 3: 6, 4: 2}),
        (Grid(rows=1, columns=3, length=1e3), 3, {1: 2, 2: 1}),
        (Tree(branching=2, height=3, length=1e3), 15, {2: 1, 3: 6, 1: 8}),
    ],
)
def test_shape(made: Any, nodes: int, expected: dict[int, int]) -> None:
    topology = made.expand(None)
    assert len(topology.nodes) == nodes
    assert degrees(topology) == expected
    assert nx.is_connected(graph_of(topology))
    assert {link["length"] for link in topology.links} == {1e3}


def test_line_links_neighbours_in_order() -> None:
    topology = Line(nodes=4, length="5 km", prefix="r").expand(None)
    assert list(topology.nodes) == ["r0", "r1", "r2", "r3"]
    assert [link["between"] for link in topology.links] == [["r0", "r1"], ["r1", "r2"], ["r2", "r3"]]
    assert topology.links[0]["length"] == 5000.0


def test_star_has_its_hub_first() -> None:
    assert all(link["between"][0] == "n0" for link in Star(nodes=4, length=1.0).expand(None).links)


def test_grid_is_named_by_place() -> None:
    topology = Grid(rows=2, columns=3, length=1.0).expand(None)
    assert list(topology.nodes) == ["r0c0", "r0c1", "r0c2", "r1c0", "r1c1", "r1c2"]
    assert ["r0c1", "r1c1"] in [link["between"] for link in topology.links]


def test_waxman_lengths_are_distances_between_positions() -> None:
    topology = Waxman(nodes=12, size="100 km", alpha=0.5, beta=0.9, seed=3).expand(None)
    for link in topology.links:
        (x1, y1), (x2, y2) = (topology.nodes[end]["position"] for end in link["between"])
        assert link["length"] == pytest.approx(((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5, rel=1e-12)
    assert all(0 <= value <= 1e5 for node in topology.nodes.values() for value in node["position"])


@pytest.mark.parametrize("seed", range(8))
def test_waxman_is_connected_even_where_links_are_rare(seed: int) -> None:
    topology = Waxman(nodes=25, size=1e5, alpha=0.03, beta=0.1, seed=seed).expand(None)
    assert nx.is_connected(graph_of(topology))


def test_waxman_joins_pieces_by_the_shortest_links() -> None:
    parameters: dict[str, Any] = {"nodes": 10, "size": 1e5, "alpha": 1e-3, "beta": 1e-3, "seed": 5}
    topology = Waxman(**parameters).expand(None)
    # With next to no links drawn, what remains is the minimum spanning tree over all nodes.
    complete = nx.Graph()
    places = {name: node["position"] for name, node in topology.nodes.items()}
    for a in places:
        for b in places:
            if a < b:
                complete.add_edge(
                    a, b, weight=sum((p - q) ** 2 for p, q in zip(places[a], places[b], strict=True))
                )
    tree = nx.minimum_spanning_tree(complete)
    assert {frozenset(edge) for edge in tree.edges} == {frozenset(link["between"]) for link in topology.links}


def test_waxman_repeats_itself_and_follows_its_seed() -> None:
    parameters: dict[str, Any] = {"nodes": 15, "size": 1e5, "alpha": 0.4, "beta": 0.6}
    assert Waxman(**parameters, seed=1).expand(None) == Waxman(**parameters, seed=1).expand(None)
    assert Waxman(**parameters, seed=1).expand(None) != Waxman(**parameters, seed=2).expand(None)


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        (Line, {"nodes": 1, "length": 1.0}, r"`Line.nodes` must be in \[2, inf\), got 1"),
        (Ring, {"nodes": 2, "length": 1.0}, r"`Ring.nodes`"),
        (Line, {"nodes": 3, "length": -1.0}, r"`Line.length` must be in \[0, inf\) m, got -1.0"),
        (Line, {"nodes": 3, "length": "3 s"}, r"`Line.length`: '3 s' is in s"),
        (Waxman, {"nodes": 3, "size": 0.0}, r"`Waxman.size`"),
        (Waxman, {"nodes": 3, "size": 1.0, "beta": 1.5}, r"`Waxman.beta`"),
        (Tree, {"branching": 1, "height": 2, "length": 1.0}, r"`Tree.branching`"),
    ],
)
def test_parameters_are_bounded(kind: type, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        kind(**parameters)


def test_topologies_are_registered() -> None:
    assert {"line", "ring", "star", "grid", "tree", "waxman", "graphml", "gml"} <= set(
        registry.names("topology")
    )


def test_registration_does_not_import_networkx() -> None:
    program = (
        "import sys, qsim.network.topologies as t; "
        "t.Line(nodes=3, length=1.0).expand(None); "
        "print('networkx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_tree_as_large_as_it_may_be_is_made() -> None:
    assert len(Tree(branching=2, height=15, length=1).expand(None).nodes) == 2**16 - 1
    with pytest.raises(NetworkError, match="more than 100000 nodes"):
        Tree(branching=2, height=16, length=1).expand(None)
