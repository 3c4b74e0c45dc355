"""NetworkX graphs as scenario documents."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest

from qsim.errors import NetworkError
from qsim.model.distance import great_circle
from qsim.network.importers import graph as importer
from qsim.network.loss_report import Effect, LossReport
from qsim.network.topologies import Topology

CHICAGO, BATAVIA = (41.88, -87.63), (41.85, -88.31)


def read(graph: nx.Graph, length: float | str | None = None) -> Topology:
    return importer.fragments(graph, source="g", length=length)


def paths(report: LossReport, effect: Effect) -> list[str]:
    return [entry.path for entry in report if entry.effect is effect]


def pair(**attributes: Any) -> nx.Graph:
    graph = nx.Graph()
    graph.add_edge("a", "b", **attributes)
    return graph


def test_nodes_and_edges_keep_their_order() -> None:
    graph = nx.Graph()
    graph.add_nodes_from(["z", "a", "m"])
    graph.add_edge("z", "m", length="5 m")
    graph.add_edge("a", "m", length_m=7)
    topology = read(graph)
    assert list(topology.nodes) == ["z", "a", "m"]
    assert topology.links == [{"between": ["z", "m"], "length": 5.0}, {"between": ["a", "m"], "length": 7.0}]
    assert not topology.report.entries


@pytest.mark.parametrize(
    ("attributes", "length"),
    [
        ({"length": 20_000}, 20_000.0),
        ({"length": "20 km"}, 20_000.0),
        ({"length_km": 20.5}, 20_500.0),
        ({"Distance-km": "20.5"}, 20_500.0),
        ({"distance": np.int64(300)}, 300.0),
        ({"link length km": 1}, 1000.0),
        ({"length": 0}, 0.0),
    ],
)
def test_lengths_under_their_names(attributes: dict[str, Any], length: float) -> None:
    topology = read(pair(**attributes))
    assert topology.links[0]["length"] == length
    told = {name for name, value in attributes.items() if not isinstance(value, str) and "km" not in name}
    assert paths(topology.report, Effect.ASSUMED) == [f"edges[a, b].{name}" for name in told]
    assert not topology.report.losses


@pytest.mark.parametrize("name", ["LinkLength", "dist"])
def test_lengths_of_published_maps_are_kilometres_and_say_so(name: str) -> None:
    topology = read(pair(**{name: 12}))
    assert topology.links[0]["length"] == 12_000.0
    assert paths(topology.report, Effect.ASSUMED) == [f"edges[a, b].{name}"]


def test_length_follows_from_coordinates() -> None:
    graph = pair()
    graph.nodes["a"].update(Latitude=CHICAGO[0], Longitude=CHICAGO[1])
    graph.nodes["b"].update(lat=BATAVIA[0], lon=BATAVIA[1])
    topology = read(graph)
    assert topology.links[0]["length"] == great_circle(CHICAGO, BATAVIA)
    assert topology.nodes["a"] == {"coordinates": list(CHICAGO)}


@pytest.mark.parametrize(
    "place", [{"pos": (3000, 4000)}, {"x": "3 km", "y": 4000}, {"position": np.array([3e3, 4e3])}]
)
def test_length_follows_from_positions(place: dict[str, Any]) -> None:
    graph = pair()
    graph.nodes["a"].update(pos=[0, 0])
    graph.nodes["b"].update(place)
    topology = read(graph)
    assert topology.links[0]["length"] == 5000.0
    assert topology.nodes["b"]["position"] == [3000.0, 4000.0]


def test_a_given_length_stands_over_coordinates() -> None:
    graph = pair(length="70 km")
    for node, (latitude, longitude) in {"a": CHICAGO, "b": BATAVIA}.items():
        graph.nodes[node].update(Latitude=latitude, Longitude=longitude)
    assert read(graph).links[0]["length"] == 70_000.0


def test_unknown_lengths_are_an_error_unless_one_is_given() -> None:
    graph = nx.path_graph(3)
    graph.edges[0, 1]["length_m"] = 10
    with pytest.raises(NetworkError, match=r"^g: 1 of 2 links have no length, .*: 1-2; give `length`"):
        read(graph)
    topology = read(graph, length="3 km")
    assert [link["length"] for link in topology.links] == [10.0, 3000.0]
    assert paths(topology.report, Effect.ASSUMED) == ["edges[1, 2].length"]


def test_nodes_without_a_place_are_reported_where_others_have_one() -> None:
    graph = pair(length=5)
    graph.nodes["a"].update(Latitude=1.0, Longitude=2.0)
    report = read(graph).report
    assert paths(report, Effect.HARMLESS) == ["nodes[b]"]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ({"Latitude": 41.0}, "nodes[b].Latitude"),
        ({"Latitude": "north", "Longitude": 3.0}, "nodes[b].Latitude"),
        ({"Latitude": 95.0, "Longitude": 3.0}, "nodes[b].coordinates"),
        ({"pos": (1.0,)}, "nodes[b].pos"),
        ({"pos": ("x", "y")}, "nodes[b].pos"),
    ],
)
def test_places_that_cannot_be_read_are_reported(place: dict[str, Any], path: str) -> None:
    graph = pair(length=5)
    graph.nodes["b"].update(place)
    topology = read(graph)
    assert path in paths(topology.report, Effect.DROPPED)
    assert topology.nodes["b"] == {}


def test_a_third_coordinate_is_left_out_and_reported() -> None:
    graph = pair(length=5)
    graph.nodes["a"]["pos"] = "(1000, 2, 3)"
    topology = read(graph)
    assert topology.nodes["a"]["position"] == [1000.0, 2.0]
    assert paths(topology.report, Effect.CHANGED) == ["nodes[a].pos"]


@pytest.mark.parametrize(
    ("attributes", "memory"),
    [
        ({"memory": 5}, {"count": 5}),
        ({"memories": "12"}, {"count": 12}),
        ({"memo_size": 7.0}, {"count": 7}),
        ({"memory": "atomic"}, "atomic"),
        ({"memory": {"count": 3, "t2": "1 s"}}, {"count": 3, "t2": "1 s"}),
        ({"memory": np.int32(4)}, {"count": 4}),
    ],
)
def test_memories(attributes: dict[str, Any], memory: Any) -> None:
    graph = pair(length=5)
    graph.nodes["a"].update(attributes)
    assert read(graph).nodes["a"] == {"memory": memory}


@pytest.mark.parametrize("count", [0, -3, 2.5, "many kilos"])
def test_memory_counts_that_cannot_be(count: Any) -> None:
    graph = pair(length=5)
    graph.nodes["a"]["memories"] = count
    topology = read(graph)
    assert topology.nodes["a"] == {}
    assert paths(topology.report, Effect.DROPPED) == ["nodes[a].memories"]


def test_link_hardware_is_taken_over() -> None:
    link = read(
        pair(
            length=5,
            midpoint=0.3,
            detector={"efficiency": 0.5},
            link_model="single-click",
            attenuation_db_per_km=0.25,
        )
    ).links[0]
    assert link == {
        "between": ["a", "b"],
        "length": 5.0,
        "midpoint": 0.3,
        "detector": {"efficiency": 0.5},
        "link_model": "single-click",
        "fibre": {"attenuation": 0.00025},
    }


def test_attenuation_joins_the_fibre_that_is_named() -> None:
    assert read(pair(length=5, fibre="single-mode", attenuation="0.2 dB/km")).links[0]["fibre"] == {
        "kind": "single-mode",
        "attenuation": 0.0002,
    }


@pytest.mark.parametrize(
    "attributes", [{"length": -5}, {"length": "long"}, {"length": float("nan")}, {"length": True}]
)
def test_lengths_that_cannot_be_are_reported(attributes: dict[str, Any]) -> None:
    topology = read(pair(**attributes), length=1e3)
    assert topology.links[0]["length"] == 1e3
    assert paths(topology.report, Effect.DROPPED) == ["edges[a, b].length"]


def test_node_types() -> None:
    graph = pair(length=5)
    graph.nodes["a"]["type"] = "end-node"
    graph.nodes["b"]["type"] = "Large Circle"
    topology = read(graph)
    assert topology.nodes == {"a": {"kind": "end-node"}, "b": {}}
    assert paths(topology.report, Effect.HARMLESS) == ["nodes[*].type"]


def test_attributes_without_meaning_are_reported_once_each() -> None:
    graph = nx.path_graph(4)
    nx.set_node_attributes(graph, "US", "Country")
    nx.set_edge_attributes(graph, 5.0, "length_m")
    nx.set_edge_attributes(graph, "OC3", "LinkLabel")
    entries = list(read(graph).report)
    assert [(entry.path, entry.value) for entry in entries] == [
        ("nodes[*].Country", "US"),
        ("edges[*].LinkLabel", "OC3"),
    ]
    assert "4 times" in entries[0].why


def test_labels_name_nodes() -> None:
    graph = nx.Graph()
    graph.add_node(0, label="Vienna")
    graph.add_node(1, name="Graz")
    graph.add_node(2)
    graph.add_edge(0, 1, length="5 m")
    topology = read(graph)
    assert list(topology.nodes) == ["Vienna", "Graz", "2"]
    assert topology.links[0]["between"] == ["Vienna", "Graz"]
    assert not topology.report.entries


def test_repeated_labels_are_told_apart_and_reported() -> None:
    graph = nx.Graph()
    graph.add_node(0, label="Hub")
    graph.add_node(1, label="Hub")
    graph.add_edge(0, 1, length=5)
    topology = read(graph)
    assert list(topology.nodes) == ["Hub 0", "Hub 1"]
    assert paths(topology.report, Effect.CHANGED) == ["nodes[0].label", "nodes[1].label"]


def test_names_that_still_collide_are_refused() -> None:
    graph = nx.Graph()
    graph.add_node("b")
    graph.add_node(1, label="b")
    with pytest.raises(NetworkError, match="two nodes are named 'b'"):
        read(graph)


def test_self_loops_are_dropped_and_reported() -> None:
    graph = pair(length=5)
    graph.add_edge("a", "a", length=1)
    topology = read(graph)
    assert len(topology.links) == 1
    assert paths(topology.report, Effect.DROPPED) == ["edges[a, a]"]


def test_of_parallel_edges_the_shortest_stays() -> None:
    graph = nx.MultiGraph()
    for length in (30, 10, 20):
        graph.add_edge("a", "b", length=length)
    topology = read(graph)
    assert topology.links == [{"between": ["a", "b"], "length": 10.0}]
    assert [entry.value for entry in topology.report.losses] == [30.0, 20.0]


def test_both_directions_of_a_directed_graph_are_one_link() -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", length="5 m")
    graph.add_edge("b", "a", length="5 m", midpoint=0.5)
    topology = read(graph)
    assert topology.links == [{"between": ["a", "b"], "length": 5.0, "midpoint": 0.5}]
    assert not topology.report.entries


def test_directions_that_disagree_and_missing_directions_are_reported() -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", length_m=5)
    graph.add_edge("b", "a", length_m=6)
    graph.add_edge("b", "c", length_m=7)
    report = read(graph).report
    assert paths(report, Effect.CHANGED) == ["edges[b, a].length"]
    assert paths(report, Effect.ASSUMED) == ["edges[b, c]"]


def test_delays_become_channels() -> None:
    graph = nx.path_graph(3)
    graph.edges[0, 1].update(length=5, delay_ms=0.25)
    graph.edges[1, 2].update(length=5, latency="3 us")
    assert read(graph).classical == {
        "channels": [{"between": ["0", "1"], "delay": 0.00025}, {"between": ["1", "2"], "delay": 3e-6}]
    }


def test_delays_of_both_directions_become_a_table() -> None:
    graph = nx.DiGraph()
    graph.add_edge("a", "b", length=2e5, delay=2e-3)
    graph.add_edge("b", "a", length=2e5, delay=1e-3)
    graph.add_edge("b", "c", length=4e5)
    graph.add_edge("c", "b", length=4e5)
    # Where no delay is given, light in fibre takes 1 ms over 200 km.
    assert read(graph).classical == {
        "one_way": {
            "nodes": ["a", "b", "c"],
            "table": [[0.0, 2e-3, 3e-3], [1e-3, 0.0, 2e-3], [3e-3, 2e-3, 0.0]],
        }
    }


def test_conversion_is_a_whole_document() -> None:
    conversion = importer.convert(nx.path_graph(2), source="p", name="Pair")
    assert conversion.document == {
        "qsim": 2,
        "name": "Pair",
        "run": {"duration": 1.0},
        "nodes": {"0": {}, "1": {}},
        "links": [{"between": ["0", "1"], "length": 10_000.0}],
    }
    assert paths(conversion.report, Effect.ASSUMED) == ["edges[0, 1].length", "run.duration"]


def test_an_empty_graph_is_refused() -> None:
    with pytest.raises(NetworkError, match="g: the graph has no nodes"):
        read(nx.Graph())


@pytest.mark.parametrize("fibre", [3, [1], True])
def test_a_fibre_that_is_none_is_left_to_the_checks_of_the_scenario(fibre: object) -> None:
    (link,) = read(pair(length=5, fibre=fibre, attenuation="0.3 dB/km")).links
    assert link["fibre"] == fibre
