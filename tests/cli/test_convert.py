from __future__ import annotations

import json
from pathlib import Path

import pytest

from qsim import scenario
from tests.cli.conftest import Cli, Stage

GRAPH = """\
graph [
  node [ id 0 label "Paris" Longitude 2.35 Latitude 48.86 ]
  node [ id 1 label "Lyon" Longitude 4.83 Latitude 45.76 ]
  edge [ source 0 target 1 colour "red" ]
]
"""


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "france.gml"
    path.write_text(GRAPH)
    return path


def test_a_graph_becomes_a_scenario_that_loads(cli: Cli, graph: Path, tmp_path: Path) -> None:
    done = cli("convert", graph)
    assert done.code == 0
    converted = tmp_path / "france.yaml"
    converted.write_text(done.out)
    loaded = scenario.load(converted, overrides=["run.duration=1"])
    assert [node.name for node in loaded.nodes] == ["Paris", "Lyon"]
    assert loaded.links[0].length == pytest.approx(392e3, rel=0.01)


def test_the_scenario_goes_to_a_file_and_the_losses_to_standard_error(
    cli: Cli, graph: Path, tmp_path: Path
) -> None:
    done = cli("convert", graph, "-o", tmp_path / "out.yaml")
    assert (done.code, done.out) == (0, "")
    assert "colour" in done.err
    assert "Paris" in (tmp_path / "out.yaml").read_text()


def test_the_report_as_json(cli: Cli, graph: Path, tmp_path: Path) -> None:
    assert cli("convert", graph, "--report", tmp_path / "report.json", "-q").err == ""
    report = json.loads((tmp_path / "report.json").read_text())
    assert any("colour" in entry["path"] for entry in report["entries"])


def test_strict_writes_nothing_when_something_is_lost(cli: Cli, graph: Path, tmp_path: Path) -> None:
    graph.write_text(GRAPH.replace("edge", "edge [ source 0 target 0 ]\n  edge", 1))
    done = cli(
        "convert", graph, "--strict", "-o", tmp_path / "out.yaml", "--report", tmp_path / "report.json"
    )
    assert (done.code, done.out) == (2, "")
    assert "would be lost" in done.err
    assert not (tmp_path / "out.yaml").exists()
    assert json.loads((tmp_path / "report.json").read_text())["lost"] >= 1


def test_strict_converts_what_loses_nothing(cli: Cli, graph: Path) -> None:
    graph.write_text(GRAPH.replace(' colour "red"', ""))
    done = cli("convert", graph, "--strict")
    assert done.code == 0
    assert "Lyon" in done.out


def test_a_graph_is_checked_as_it_is(cli: Cli, stage: Stage, graph: Path) -> None:
    done = cli("check", graph, "--set", "run.duration=1 s")
    assert done.code == 0
    assert "is converted as it is read" in done.err
    assert [node.name for node in stage.engines[0].scenario.nodes] == ["Paris", "Lyon"]


@pytest.mark.parametrize("name", ["missing.gml", "notes.txt", "broken.json"])
def test_a_file_that_cannot_be_converted_is_one_message(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no network")
    (tmp_path / "broken.json").write_text("{")
    done = cli("convert", tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert name in done.err
    assert "Traceback" not in done.err


def test_links_of_no_length_get_one_on_request(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "halls.gml"
    path.write_text(
        'graph [ node [ id 0 label "Hall A" Latitude 50.0 Longitude 8.0 ] '
        'node [ id 1 label "Hall B" Latitude 50.0 Longitude 8.0 ] edge [ source 0 target 1 ] ]'
    )
    told = cli("convert", path)
    assert "remark: edges[Hall A, Hall B].length = 0 m" in told.err
    assert "length: 0.0" in told.out
    mended = cli("convert", path, "--least-length", "0.2 km")
    assert "changed: edges[Hall A, Hall B].length = 0 m: shorter than the least length asked for; 200 m" in (
        mended.err
    )
    assert "length: 200.0" in mended.out
    assert cli("convert", path, "--least-length", "-1 km").code == 2
    assert "unknown unit 'kg'" in cli("convert", path, "--least-length", "1 kg").err


def test_a_conversion_has_limits(cli: Cli, graph: Path) -> None:
    done = cli("convert", graph, "--limit", "nodes=1")
    assert done.code == 2
    assert "2 nodes are more than 1" in done.err
    assert not done.out
    assert cli("convert", graph, "--limit", "nodes=2", "--max-seconds", "60").code == 0
