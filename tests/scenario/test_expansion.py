from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest

from qsim import registry
from qsim.network.topologies import Topology
from qsim.parameters import Declared, Param
from qsim.scenario import Scenario, from_document

Load = Callable[..., Scenario]
Document = dict[str, Any]


@pytest.fixture
def given(scenario: Load) -> Load:
    """A scenario of some sections, with a run put in."""
    return lambda **sections: scenario({"run": {"duration": 1}, **sections})


def lengths(scenario: Scenario) -> dict[tuple[str, str], float]:
    return {link.between: link.length for link in scenario.links}


def test_defaults_reach_every_node_and_what_a_node_says_stands_above(given: Load) -> None:
    made = given(
        defaults={
            "memory": {"kind": "atomic", "count": 50, "efficiency": 0.75},
            "node": {"kind": "end-node"},
        },
        nodes={"A": None, "B": {"memory": {"count": 25}}, "C": {"memory": "atomic", "kind": "router"}},
    )
    assert [(n.name, n.memory.count, n.memory.efficiency, registry.name_of(type(n))) for n in made.nodes] == [
        ("A", 50, 0.75, "end-node"),
        ("B", 25, 0.75, "end-node"),
        ("C", 50, 0.75, "router"),
    ]


def test_defaults_reach_every_link(given: Load) -> None:
    made = given(
        defaults={
            "fibre": {"attenuation": "0.3 dB/km"},
            "detector": {"efficiency": 0.8, "dark_count_rate": "10 Hz"},
            "link_model": {"kind": "barrett-kok", "handshake": "negotiated", "visibility": 0.9},
            "link": {"midpoint": 0.25, "length": "1 km"},
        },
        nodes=["A", "B", "C", "D"],
        links=[
            {"between": ["A", "B"]},
            {"between": ["B", "C"], "length": "2 km", "detector": {"efficiency": 0.9}, "midpoint": 0.5},
            {"between": ["C", "D"], "link_model": "single-click"},
        ],
    )
    first, second, third = made.links
    assert (first.length, first.midpoint, first.fibre.attenuation) == (1000, 0.25, 0.3e-3)
    assert (second.length, second.midpoint) == (2000, 0.5)
    assert (second.detector.efficiency, second.detector.dark_count_rate) == (0.9, 10)
    assert registry.name_of(type(second.link_model.handshake)) == "negotiated"
    assert second.link_model.visibility == 0.9
    assert registry.name_of(type(third.link_model)) == "single-click"
    assert registry.name_of(type(third.link_model.handshake)) == "continuous"


def test_a_station_may_have_two_detectors(given: Load) -> None:
    made = given(
        defaults={"detector": {"efficiency": 0.5}},
        nodes=["A", "B", "C"],
        links=[
            {"between": ["A", "B"], "length": 1},
            {"between": ["B", "C"], "length": 1, "second_detector": "number-resolving"},
        ],
    )
    alike, unlike = (link.detectors for link in made.links)
    assert alike[0] is alike[1]
    assert [registry.name_of(type(detector)) for detector in unlike] == ["threshold", "number-resolving"]
    assert [detector.efficiency for detector in unlike] == [0.5, 0.9]


def test_what_is_left_out_has_the_documented_defaults(given: Load) -> None:
    made = given(nodes=["A", "B"], links=[{"between": ["A", "B"], "length": 1}])
    link = made.links[0]
    objects = (made.nodes[0].memory, link.fibre, link.detector, link.link_model)
    protocols = (made.protocols.swapping, made.protocols.purification, made.protocols.routing)
    assert [registry.name_of(type(thing)) for thing in (*objects, *protocols)] == [
        "atomic", "single-mode", "threshold", "barrett-kok", "nested", "bbpssw", "shortest-path"
    ]  # fmt: skip


def test_nodes_without_settings_share_their_memories(given: Load) -> None:
    made = given(topology={"kind": "line", "nodes": 4, "length": 1}, nodes={"n2": {"memory": {"count": 3}}})
    first, second, third, fourth = (node.memory for node in made.nodes)
    assert first is second is fourth
    assert third is not first
    assert made.links[0].fibre is made.links[1].fibre


def test_sections_that_are_empty_say_nothing(given: Load) -> None:
    empty = dict.fromkeys(("defaults", "links", "classical", "protocols", "traffic", "topology", "name"))
    assert given(nodes=["A"], **empty) == given(nodes=["A"])


def test_an_app_without_kind_is_a_request(given: Load) -> None:
    made = given(
        nodes=["A", "B"],
        links=[{"between": ["A", "B"], "length": 1}],
        traffic=[{"initiator": "A", "responder": "B", "pairs": 1e3}],
    )
    assert registry.name_of(type(made.traffic[0])) == "request"
    assert made.traffic[0].pairs == 1000


def test_topology_makes_nodes_and_links_in_its_order(given: Load) -> None:
    made = given(topology={"kind": "ring", "nodes": 3, "length": "5 km"})
    assert [node.name for node in made.nodes] == ["n0", "n1", "n2"]
    assert set(lengths(made).values()) == {5000}
    assert len(made.links) == 3


def test_nodes_and_links_beside_a_topology_change_and_extend_it(given: Load) -> None:
    made = given(
        topology={"kind": "line", "nodes": 3, "length": "1 km"},
        nodes={"hub": None, "n1": {"memory": {"count": 7}}},
        links=[{"between": ["hub", "n2"], "length": "4 km"}, {"between": ["n0", "n1"], "length": "2 km"}],
    )
    assert [(node.name, node.memory.count) for node in made.nodes] == [
        ("n0", 10), ("n1", 7), ("n2", 10), ("hub", 10)
    ]  # fmt: skip
    assert lengths(made) == {("n0", "n1"): 2000, ("n1", "n2"): 1000, ("hub", "n2"): 4000}


def test_a_link_may_be_named_from_its_other_end(given: Load) -> None:
    topology = {"kind": "line", "nodes": 2, "length": "1 km"}
    made = given(topology=topology, links=[{"between": ["n1", "n0"], "midpoint": 0.2}])
    assert [(link.between, link.midpoint, link.length) for link in made.links] == [(("n1", "n0"), 0.2, 1000)]


@dataclass(frozen=True)
class Crooked(Declared):
    """A topology with a station off centre, and faults on demand."""

    fault: Annotated[str, Param("what to do wrong")] = ""

    def expand(self, base: Path | None) -> Topology:
        """Make three nodes."""
        links = [
            {"between": ["a", "b"], "length": 10.0, "midpoint": 0.25},
            {"between": ["b", "c"], "length": 10.0},
        ]
        if self.fault == "twice":
            links.append({"between": ["b", "a"], "length": 5.0})
        if self.fault == "itself":
            links.append({"between": ["c", "c"], "length": 5.0})
        if self.fault == "count":
            return Topology({"a": {"memory": {"count": 0}}, "b": {}, "c": {}}, links)
        return Topology({"a": {}, "b": {}, "c": {}}, links, classical={"loss": 0.5, "speed": 1e8})


@pytest.fixture
def crooked() -> Iterator[None]:
    registry.register("topology", "crooked")(Crooked)
    yield
    registry.unregister("topology", "crooked")


@pytest.mark.usefixtures("crooked")
def test_turning_a_link_of_a_topology_turns_its_midpoint(given: Load) -> None:
    made = given(topology="crooked", links=[{"between": ["b", "a"], "length": 20}])
    assert (made.links[0].between, made.links[0].midpoint, made.links[0].length) == (("b", "a"), 0.75, 20)
    same_way = given(topology="crooked", links=[{"between": ["a", "b"], "length": 20}])
    assert (same_way.links[0].between, same_way.links[0].midpoint) == (("a", "b"), 0.25)


@pytest.mark.usefixtures("crooked")
def test_a_topology_may_bring_classical_delays(given: Load) -> None:
    made = given(topology="crooked", classical={"speed": "2e8 m/s"})
    assert (made.classical.loss, made.classical.speed) == (0.5, 2e8)


@pytest.mark.usefixtures("crooked")
@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            "twice",
            "topology.links[2].between: 'a' and 'b' are linked already; the first is {first}; "
            "a second link needs a `name`",
        ),
        ("itself", "topology.links[2].between: links 'c' to itself"),
        ("count", "topology.nodes.a.memory.count: must be in [1, 100000], got 0"),
    ],
)
def test_faults_in_what_a_topology_makes(
    faults: Callable[[Document], list[str]], fault: str, message: str
) -> None:
    document = {"run": {"duration": 1}, "topology": {"kind": "crooked", "fault": fault}}
    assert faults(document) == [f"<script>: {message.format(first='topology.links[0].between')}"]


def test_topology_files_are_relative_to_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "net.gml").write_text(
        'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ] edge [ source 0 target 1 length 500.0 ] ]'
    )
    document = {"run": {"duration": 1}, "topology": {"kind": "gml", "path": "net.gml"}}
    assert lengths(from_document(document, base=tmp_path)) == {("a", "b"): 500.0}


def test_what_a_topology_file_loses_is_noted(tmp_path: Path) -> None:
    (tmp_path / "net.gml").write_text(
        'graph [ node [ id 0 label "a" ] node [ id 1 label "b" ] '
        "edge [ source 0 target 1 length_m 500.0 ] edge [ source 1 target 1 length 5.0 ] ]"
    )
    made = from_document(
        {"run": {"duration": 1}, "topology": {"kind": "gml", "path": "net.gml"}}, base=tmp_path
    )
    assert len(made.notes) == 1
    assert made.notes[0].startswith(f"{tmp_path}/net.gml: dropped: ")


def test_lengths_from_positions_on_a_plane(given: Load) -> None:
    made = given(
        nodes={"A": {"position": [0, 0]}, "B": {"position": ["3 km", "4 km"]}},
        links=[{"between": ["A", "B"]}],
    )
    assert lengths(made) == {("A", "B"): 5000.0}


def test_lengths_from_coordinates_on_the_globe(given: Load) -> None:
    made = given(
        nodes={"equator": {"coordinates": [0, 0]}, "pole": {"coordinates": [90, 0]}},
        links=[{"between": ["equator", "pole"]}],
    )
    assert lengths(made)[("equator", "pole")] == pytest.approx(3.141592653589793 / 2 * 6371008.8, rel=1e-12)


def test_a_length_that_is_given_stands_above_positions(given: Load) -> None:
    made = given(
        nodes={
            "A": {"position": [0, 0], "coordinates": [0, 0]},
            "B": {"position": [3, 4], "coordinates": [1, 1]},
        },
        links=[{"between": ["A", "B"], "length": 7}],
    )
    assert lengths(made) == {("A", "B"): 7.0}


def test_positions_stand_above_coordinates_and_both_ends_need_them(
    given: Load, faults: Callable[[Document], list[str]]
) -> None:
    nodes = {
        "A": {"position": [0, 0], "coordinates": [0, 0]},
        "B": {"position": [3, 4], "coordinates": [1, 1]},
    }
    links = [{"between": ["A", "B"]}]
    assert lengths(given(nodes=nodes, links=links)) == {("A", "B"): 5.0}
    mixed = {"A": {"position": [0, 0]}, "B": {"coordinates": [1, 1]}}
    assert faults({"run": {"duration": 1}, "nodes": mixed, "links": links}) == [
        "<script>: links[0].length: is missing: give it, or the position or the coordinates of 'A' and 'B'"
    ]


def test_a_fault_in_defaults_is_told_once(faults: Callable[[Document], list[str]]) -> None:
    document = {
        "run": {"duration": 1},
        "defaults": {"detector": {"efficiency": 2}},
        "topology": {"kind": "line", "nodes": 30, "length": 1},
    }
    assert faults(document) == ["<script>: defaults.detector.efficiency: must be in [0, 1], got 2"]


def test_overrides_reach_defaults_nodes_links_and_traffic(document: Document, scenario: Load) -> None:
    document["traffic"] = [{"kind": "request", "initiator": "A", "responder": "B", "pairs": 5}]
    made = scenario(
        document,
        "run.seed=5",
        "defaults.memory.count=20",
        "nodes.B.memory.count=25",
        'links[0].length="5 km"',
        "traffic[0].pairs=10",
        "protocols.swapping.success_probability=0.5",
    )
    assert made.run_spec.seed == 5
    assert [node.memory.count for node in made.nodes] == [20, 25]
    assert made.links[0].length == 5000
    assert made.traffic[0].pairs == 10
    assert made.protocols.swapping.success_probability == 0.5


def test_an_override_may_replace_all_nodes(document: Document, scenario: Load) -> None:
    made = scenario(document, "nodes=[A, B, C]")
    assert [node.name for node in made.nodes] == ["A", "B", "C"]


def test_an_override_may_change_a_node_of_a_topology(scenario: Load) -> None:
    document = {"run": {"duration": 1}, "topology": {"kind": "line", "nodes": 3, "length": 1}}
    assert [node.memory.count for node in scenario(document, "nodes.n1.memory.count=3").nodes] == [10, 3, 10]


def test_faulty_coordinates_are_told_with_everything_else(faults: Callable[[Document], list[str]]) -> None:
    nodes = {"A": {"coordinates": [91, 0]}, "B": {"coordinates": [0, 500]}}
    links = [{"between": ["A", "B"], "midpoint": 2}]
    assert faults({"run": {"duration": 1}, "nodes": nodes, "links": links}) == [
        "<script>: nodes.A.coordinates: a latitude must be in [-90, 90] degrees, got 91.0",
        "<script>: nodes.B.coordinates: a longitude must be in [-360, 360] degrees, got 500.0",
        "<script>: links[0].midpoint: must be in [0, 1], got 2",
    ]


def test_a_name_that_a_terminal_would_obey_is_refused(faults: Callable[[Document], list[str]]) -> None:
    assert faults({"run": {"duration": 1}, "nodes": ["A\x1b[31m", "Zürich", "New York"]}) == [
        "<script>: nodes[0]: the name of a node cannot hold control characters"
    ]


def test_what_a_short_form_lacks_is_named(faults: Callable[[Document], list[str]]) -> None:
    assert faults({"run": {"duration": 1}, "topology": "line"}) == [
        "<script>: topology.nodes: is missing (number of nodes)",
        "<script>: topology.length: is missing (length of every link, in metres)",
    ]


def test_a_generator_of_too_many_nodes_is_refused_before_it_begins(
    faults: Callable[[Document], list[str]],
) -> None:
    for topology in (
        {"kind": "line", "nodes": 10**12},
        {"kind": "grid", "rows": 10**6, "columns": 10**6},
        {"kind": "tree", "branching": 10, "height": 10**9},
        {"kind": "waxman", "nodes": 10**12, "size": 1},
    ):
        given = topology if topology["kind"] == "waxman" else {**topology, "length": 1}
        assert faults({"run": {"duration": 1}, "topology": given}) == [
            "<script>: topology: makes more than 100000 nodes, the most that a generator may make"
        ]
