"""Networks from a script: the document they make, and what they refuse at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import qsim
from qsim.errors import NetworkError, ParameterError, RegistryError, ScenarioError, UnitError
from qsim.network.builder import Network
from qsim.network.topologies import Line
from qsim.scenario import Scenario, from_document, load
from qsim.units import km, ms


def pair() -> Network:
    return Network("Pair").add_nodes("a", "b").add_link("a", "b", "20 km")


def test_the_front_door_is_this_class() -> None:
    assert qsim.Network is Network


def test_a_script_collects_what_a_file_says() -> None:
    network = (
        Network("Metro", memory={"kind": "atomic", "count": 50}, fibre={"attenuation": "0.2 dB/km"})
        .set_defaults(link_model={"kind": "barrett-kok", "handshake": "negotiated"})
        .set_protocols(swapping={"kind": "nested", "success_probability": 0.64}, purification="bbpssw")
        .set_classical(station="half")
        .add_node("NU", memory={"count": 25})
        .add_nodes("SL", "PME", kind="router")
        .add_link("NU", "SL", 20 * km, detector={"efficiency": 0.9})
        .add_link("SL", "PME", "16 km", midpoint=0.4)
        .add_channel("NU", "SL", 0.4 * ms)
        .request("NU", "PME", pairs=100)
        .add_traffic("random-request", nodes="all")
    )
    assert network.document("1000 s", seed=3, detail="photon") == {
        "qsim": 2,
        "name": "Metro",
        "run": {"duration": "1000 s", "seed": 3, "detail": "photon"},
        "defaults": {
            "memory": {"kind": "atomic", "count": 50},
            "fibre": {"attenuation": "0.2 dB/km"},
            "link_model": {"kind": "barrett-kok", "handshake": "negotiated"},
        },
        "nodes": {"NU": {"memory": {"count": 25}}, "SL": {"kind": "router"}, "PME": {"kind": "router"}},
        "links": [
            {"between": ["NU", "SL"], "length": 20_000.0, "detector": {"efficiency": 0.9}},
            {"between": ["SL", "PME"], "length": "16 km", "midpoint": 0.4},
        ],
        "classical": {"station": "half", "channels": [{"between": ["NU", "SL"], "delay": 0.0004}]},
        "protocols": {"swapping": {"kind": "nested", "success_probability": 0.64}, "purification": "bbpssw"},
        "traffic": [
            {"kind": "request", "initiator": "NU", "responder": "PME", "pairs": 100},
            {"kind": "random-request", "nodes": "all"},
        ],
    }


def test_a_document_shares_nothing_with_the_network() -> None:
    network = pair()
    network.document(1)["links"][0]["length"] = 0
    assert network.document(1)["links"][0]["length"] == "20 km"


def test_a_bare_network_makes_a_short_document() -> None:
    assert Network().add_node("a").document(1.5) == {
        "qsim": 2,
        "run": {"duration": 1.5},
        "nodes": {"a": None},
    }


def test_objects_of_kinds_are_written_by_name() -> None:
    from qsim.registry import lookup

    memory = lookup("memory", "atomic")(count=4, t2="100 ms")
    network = Network(memory=memory, link_model=lookup("link-model", "barrett-kok")())
    network.add_node("a", memory=lookup("memory", "atomic")())
    made = network.document(1)
    assert made["defaults"] == {
        "memory": {"kind": "atomic", "count": 4, "t2": 0.1},
        "link_model": "barrett-kok",
    }
    assert made["nodes"] == {"a": {"memory": "atomic"}}
    with pytest.raises(NetworkError, match="expected an object of kind 'memory', got 'barrett-kok'"):
        network.set_defaults(memory=lookup("link-model", "barrett-kok")())


def test_a_topology_and_what_is_laid_over_it() -> None:
    network = Network().use_topology("line", nodes=3, length="20 km")
    network.add_node("n1", memory={"count": 9}).add_node("extra").add_link("extra", "n0", "1 km")
    network.add_link("n0", "n1", "5 km")
    assert network.document(1)["topology"] == {"kind": "line", "nodes": 3, "length": "20 km"}
    scenario = network.scenario(1)
    assert [node.name for node in scenario.nodes] == ["n0", "n1", "n2", "extra"]
    assert {link.between: link.length for link in scenario.links} == {
        ("n0", "n1"): 5e3,
        ("n1", "n2"): 20e3,
        ("extra", "n0"): 1e3,
    }
    assert [node.memory.count for node in scenario.nodes][:2] == [10, 9]


def test_a_topology_may_be_an_object() -> None:
    network = Network().use_topology(Line(nodes=2, length=1e3)).request("n0", "n1", pairs=1)
    assert network.document(1)["topology"] == {"kind": "line", "nodes": 2, "length": 1000.0}


def test_files_of_a_topology_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nx.write_gml(nx.path_graph(3), tmp_path / "net.gml")
    monkeypatch.chdir(tmp_path)
    network = Network().use_topology("gml", path="net.gml", length="2 km")
    monkeypatch.undo()
    network.save(tmp_path / "deep.yaml", "1 s")
    assert len(load(tmp_path / "deep.yaml").nodes) == 3


def test_a_script_and_a_file_make_the_same_scenario(tmp_path: Path) -> None:
    network = pair().request("a", "b", pairs=10)
    network.save(tmp_path / "pair.yaml", duration="10 s", seed=7)
    from_file, from_script = load(tmp_path / "pair.yaml"), network.scenario("10 s", seed=7)
    assert from_file.document == from_script.document
    assert from_file.nodes == from_script.nodes
    assert from_file.links == from_script.links
    assert from_file.traffic == from_script.traffic
    assert from_file.run_spec == from_script.run_spec


def test_a_script_and_a_file_give_the_same_results(tmp_path: Path) -> None:
    network = (
        Network("Chain", link_model={"handshake": "negotiated"})
        .use_topology("line", nodes=3, length="20 km")
        .request("n0", "n2", pairs=20)
    )
    network.save(tmp_path / "chain.yaml", duration="1 s", seed=7)
    from_script, from_file = network.run("1 s", seed=7), load(tmp_path / "chain.yaml").run()
    assert from_script.flows == from_file.flows
    assert from_script.flows[0].pairs == 20
    assert from_script.events == from_file.events


def test_a_network_can_go_on_from_a_file(tmp_path: Path) -> None:
    pair().save(tmp_path / "pair.yaml", duration="10 s", seed=7)
    network = Network.from_file(tmp_path / "pair.yaml").add_node("c").add_link("b", "c", "1 km")
    scenario = network.scenario(seed=8)
    assert scenario.name == "Pair"
    assert scenario.run_spec.duration == 10.0
    assert scenario.run_spec.seed == 8
    assert [node.name for node in scenario.nodes] == ["a", "b", "c"]


def test_a_network_from_a_graph() -> None:
    graph = nx.cycle_graph(4)
    nx.set_edge_attributes(graph, 1e-3, "delay")
    graph.nodes[0]["Country"] = "AT"
    network = Network.from_networkx(graph, "Ring", length="3 km")
    scenario = network.scenario(1)
    assert [link.length for link in scenario.links] == [3e3] * 4
    assert len(scenario.classical.channels) == 4
    assert "nodes[*].Country" in [entry.path for entry in network.report]
    with pytest.raises(NetworkError, match="4 of 4 links have no length"):
        Network.from_networkx(graph)


def test_a_network_from_an_imported_file_has_its_report(tmp_path: Path) -> None:
    nx.write_graphml(nx.path_graph(2), tmp_path / "net.graphml")
    network = Network.from_file(tmp_path / "net.graphml")
    assert network.report.entries
    assert network.scenario().run_spec.duration == 1.0
    assert repr(network).startswith("<Network 'net'>\n  2 nodes: 0, 1\n  1 link\n")


def test_documents_go_round() -> None:
    document = (
        pair()
        .set_classical(processing="1 us")
        .set_protocols(routing="shortest-path")
        .request("a", "b", pairs=1)
        .document(2, seed=1)
    )
    assert Network.from_document(document).document() == document
    assert Network.from_document({**document, "nodes": ["a", "b"]}).document() == document
    described = {"qsim": 2, "name": "pair", "description": "Two nodes.", **document}
    assert Network.from_document(described).document() == described
    chain = Network().use_topology("line", nodes=2, length=1.0).document(1)
    assert Network.from_document(chain).document() == chain


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda n: n.add_node("a"), "node 'a' is added twice"),
        (lambda n: n.add_node(""), "a node's name must be text, got ''"),
        (lambda n: n.add_node(3), "a node's name must be text, got 3"),
        (lambda n: n.add_link("a", "b", 1), "link 'a'-'b': these nodes are linked already"),
        (lambda n: n.add_link("b", "a", 1), "link 'b'-'a': these nodes are linked already"),
        (lambda n: n.add_link("a", "a", 1), "link 'a'-'a': a node cannot be linked to itself"),
        (lambda n: n.add_link("a", "zz", 1), r"link 'a'-'zz': no node 'zz' \(known: a, b\); add it first"),
        (lambda n: n.add_link("a", "bb", 1), r"no node 'bb' \(did you mean 'b'\?\); add it first"),
        (lambda n: n.add_node("c").add_link("a", "c", -1), r"length must be in \[0, inf\) m, got -1"),
        (
            lambda n: n.add_node("c").add_link("a", "c", 1, midpiont=0),
            r"unknown field 'midpiont' \(did you mean 'midpoint'",
        ),
        (lambda n: n.set_defaults(memry=1), r"defaults: unknown field 'memry' \(did you mean 'memory'\?\)"),
        (
            lambda n: n.set_protocols(swaping="x"),
            r"protocols: unknown field 'swaping' \(did you mean 'swapping'",
        ),
        (lambda n: n.set_classical(sped=1), r"classical: unknown field 'sped' \(did you mean 'speed'"),
        (lambda n: n.document(1, sed=1), r"run: unknown field 'sed' \(did you mean 'seed'"),
        (lambda n: n.document(), "a run needs a duration"),
        (lambda n: n.request("a", "z", pairs=1), r"request 'a'-'z': no node 'z'"),
        (lambda n: n.add_channel("a", "z", 1), r"channel 'a'-'z': no node 'z'"),
        (lambda n: n.add_channel("a", "b", -1), r"delay must be in \[0, inf\) s, got -1"),
        (lambda n: n.add_channel("a", "b", 1).add_channel("b", "a", 1), "these nodes have a channel already"),
        (
            lambda n: n.use_topology("line", nodes=2, length=1).use_topology("line", nodes=2, length=1),
            "one topology",
        ),
        (
            lambda n: n.use_topology("line", nods=3, length=1),
            r"topology 'line': unknown field 'nods' \(did you mean 'nodes'",
        ),
        (lambda n: n.use_topology(5), "a registered name or an object of one, got 5"),
        (lambda n: n.use_topology("line", nodes=3), r"topology 'line': .*'length'"),
        (lambda n: n.add_node("c", memory=object()), "node 'c', memory: expected text, a number"),
        (
            lambda n: n.add_traffic(Line(nodes=2, length=1.0)),
            r"traffic\[0\]: expected an object of kind 'app', got 'line'",
        ),
        (lambda n: n.add_traffic(Line(nodes=2, length=1.0), pairs=3), "give parameters with a name"),
        (
            lambda _: Network.from_document({"nodes": {"a": {"memmory": 1}}}),
            "node 'a': unknown field 'memmory'",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_once(wrong: Any, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        wrong(pair())


def test_other_errors_come_at_once_too() -> None:
    with pytest.raises(UnitError, match="is in s, which cannot be read"):
        pair().add_node("c").add_link("a", "c", "3 s")
    with pytest.raises(ParameterError, match=r"`Line.nodes` must be in \[2, inf\), got 1"):
        Network().use_topology("line", nodes=1, length=1)
    with pytest.raises(RegistryError, match=r"unknown topology 'lines' \(did you mean 'line'\?\)"):
        Network().use_topology("lines", nodes=1, length=1)
    with pytest.raises(RegistryError, match="unknown app 'requests'"):
        pair().add_traffic("requests")


def test_running_hands_over_trace_and_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def note(scenario: Scenario, **given: Any) -> str:
        seen.append((scenario.run_spec.seed, given))
        return "done"

    monkeypatch.setattr(Scenario, "run", note)
    monkeypatch.setattr(Scenario, "engine", note)
    sink: Any = object()
    assert pair().run("1 s", seed=4, trace=sink, progress=print) == "done"
    assert pair().engine("1 s", seed=5, trace=sink) == "done"
    assert seen == [(4, {"trace": sink, "progress": print}), (5, {"trace": sink})]


def test_what_only_shows_in_the_whole_is_a_scenario_error() -> None:
    with pytest.raises(ScenarioError, match=r"run.duration"):
        pair().scenario(-1)


def test_expanded_documents_can_be_built_upon() -> None:
    expanded = pair().scenario(1).document
    assert from_document(Network.from_document(expanded).document()).document == expanded
