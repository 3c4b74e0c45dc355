"""GraphML, GML and configuration files, good and bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qsim.errors import NetworkError, ScenarioError
from qsim.network.importers import convert_file, recognises
from qsim.network.importers.graph_formats import LIMIT, read_bytes, read_gml, read_graphml, read_text
from qsim.network.loss_report import Effect, LossReport
from qsim.network.topologies import GmlFile, GraphmlFile

GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="Latitude" attr.type="double" for="node" id="d29" />
  <key attr.name="Longitude" attr.type="double" for="node" id="d32" />
  <key attr.name="label" attr.type="string" for="node" id="d33" />
  <key attr.name="Country" attr.type="string" for="node" id="d30" />
  <key attr.name="LinkLabel" attr.type="string" for="edge" id="d40" />
  <key attr.name="Network" attr.type="string" for="graph" id="d1" />
  <graph edgedefault="undirected">
    <data key="d1">Testnet</data>
    <node id="0"><data key="d29">48.2</data><data key="d32">16.4</data><data key="d33">Vienna</data>
      <data key="d30">Austria</data></node>
    <node id="1"><data key="d29">47.1</data><data key="d32">15.4</data><data key="d33">Graz</data></node>
    <node id="2"><data key="d33">Graz</data></node>
    <edge source="0" target="1"><data key="d40">OC3</data></edge>
    <edge source="0" target="1" />
    <edge source="1" target="2" />
  </graph>
</graphml>
"""

SPACE = 'xmlns="http://graphml.graphdrawing.org/xmlns"'

GML = """graph [
  DateObtained "22/10/10"
  label "Testnet"
  node [ id 0 label "Vienna" Latitude 48.2 Longitude 16.4 ]
  node [ id 1 label "Graz" Latitude 47.1 Longitude 15.4 ]
  node [ id 2 label "Graz" ]
  edge [ source 0 target 1 LinkLabel "OC3" ]
  edge [ source 0 target 1 ]
  edge [ source 1 target 2 ]
]
"""


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(("name", "text"), [("zoo.graphml", GRAPHML), ("zoo.gml", GML)])
def test_topology_zoo_files(tmp_path: Path, name: str, text: str) -> None:
    conversion = convert_file(write(tmp_path, name, text))
    assert conversion.document["name"] == "zoo"
    assert list(conversion.document["nodes"]) == ["Vienna", "Graz 1", "Graz 2"]
    first, second = conversion.document["links"]
    assert first["between"] == ["Vienna", "Graz 1"]
    assert first["length"] == pytest.approx(143e3, rel=0.01)
    assert second == {"between": ["Graz 1", "Graz 2"], "length": 10_000.0}
    found = {(entry.path, entry.effect) for entry in conversion.report}
    assert found >= {
        ("nodes[1].label", Effect.CHANGED),
        ("nodes[2].label", Effect.CHANGED),
        ("nodes[Graz 2]", Effect.HARMLESS),
        ("edges[Vienna, Graz 1]", Effect.DROPPED),
        ("edges[Graz 1, Graz 2].length", Effect.ASSUMED),
        ("edges[*].LinkLabel", Effect.HARMLESS),
        ("run.duration", Effect.ASSUMED),
    }


@pytest.mark.parametrize(
    ("kind", "name", "text"), [(GraphmlFile, "zoo.graphml", GRAPHML), (GmlFile, "zoo.gml", GML)]
)
def test_files_are_topologies(tmp_path: Path, kind: Any, name: str, text: str) -> None:
    write(tmp_path, name, text)
    topology = kind(path=name, length="7 km").expand(tmp_path)
    assert list(topology.nodes) == ["Vienna", "Graz 1", "Graz 2"]
    assert topology.links[1]["length"] == 7000.0
    assert topology.report.losses
    with pytest.raises(NetworkError, match="1 of 2 links have no length"):
        kind(path=name).expand(tmp_path)


def test_text_beyond_ascii_is_read_from_gml(tmp_path: Path) -> None:
    path = write(tmp_path, "u.gml", 'graph [ node [ id 0 label "Zürich" ] node [ id 1 label "Genève" ] ]')
    assert list(convert_file(path).document["nodes"]) == ["Zürich", "Genève"]


def test_an_entity_in_graphml_is_refused(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa">]>' + GRAPHML.split("?>", 1)[1]
    with pytest.raises(NetworkError, match="an entity is not accepted"):
        read_graphml(write(tmp_path, "bomb.graphml", bomb), LossReport("f"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<graphml><node>", "not XML"),
        ("<svg/>", "expected GraphML with one graph, got XML of another kind"),
        ("<graphml/>", "got <graphml> with 0"),
        (f"<graphml {SPACE}><graph><node/></graph></graphml>", "a node has no id"),
        (
            f'<graphml {SPACE}><graph><edge source="a" target="b"/></graph></graphml>',
            "an edge names a node .*: a",
        ),
        (GRAPHML.replace("48.2", "north"), "cannot be read: could not convert"),
    ],
)
def test_broken_graphml(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(NetworkError, match=f"b.graphml: .*{message}"):
        read_graphml(write(tmp_path, "b.graphml", text), LossReport("f"))


@pytest.mark.parametrize(
    "text", ["graph [ node [ id 0 ]", "hello", "graph [ edge [ source 0 target 1 ] ]", "graph 3"]
)
def test_broken_gml(tmp_path: Path, text: str) -> None:
    with pytest.raises(NetworkError, match="not GML"):
        read_gml(write(tmp_path, "b.gml", text), LossReport("f"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no such file"):
        read_bytes(tmp_path / "missing.gml")
    with pytest.raises(NetworkError, match="is a directory"):
        read_bytes(tmp_path)
    with pytest.raises(NetworkError, match="is empty"):
        read_bytes(write(tmp_path, "empty.gml", " \n"))
    with pytest.raises(NetworkError, match=r"not UTF-8 text \(byte 2\)"):
        read_text(write(tmp_path, "latin.gml", b"ab\xff"))
    big = tmp_path / "big.gml"
    with big.open("wb") as file:
        file.truncate(LIMIT + 1)
    with pytest.raises(NetworkError, match="larger than 64 MiB"):
        read_bytes(big)


def test_what_is_recognised(tmp_path: Path) -> None:
    old = {
        "nodes": [{"name": "a", "type": "QuantumRouter", "seed": 0}],
        "qconnections": [],
        "cconnections": [],
    }
    assert recognises(write(tmp_path, "a.graphml", GRAPHML))
    assert recognises(write(tmp_path, "b.GML", GML))
    assert recognises(write(tmp_path, "c.json", json.dumps(old)))
    assert recognises(
        write(tmp_path, "d.yaml", "nodes: [{name: a, type: QuantumRouter, seed: 0}]\nqchannels: []\n")
    )
    assert not recognises(write(tmp_path, "e.yaml", "run: {duration: 1 s}\nnodes: [a, b]\n"))
    assert not recognises(write(tmp_path, "f.json", "[1, 2]"))
    assert not recognises(write(tmp_path, "g.txt", "text"))


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"unknown kind of file '.txt'"):
        convert_file(write(tmp_path, "a.txt", "text"))
    with pytest.raises(NetworkError, match=r"b.json:1:3: not JSON"):
        convert_file(write(tmp_path, "b.json", "[1"))
    with pytest.raises(NetworkError, match="not a SeQUeNCe configuration"):
        convert_file(write(tmp_path, "c.json", "{}"))
    with pytest.raises(NetworkError, match=r"e.json: nested too deeply"):
        convert_file(write(tmp_path, "e.json", "[" * 100_000))
    with pytest.raises(ScenarioError, match=r"d.yaml:\d+:\d+"):
        convert_file(write(tmp_path, "d.yaml", "a: [1\n"))


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ScenarioError, match="alias"):
        recognises(write(tmp_path, "bomb.yaml", "\n".join(lines)))
