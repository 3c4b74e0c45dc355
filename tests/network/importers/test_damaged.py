"""Damaged descriptions of networks: one sentence that names the file and the place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.network.importers import convert_file

PAIR: dict[str, Any] = {
    "nodes": [{"name": "r0", "type": "QuantumRouter"}, {"name": "r1", "type": "QuantumRouter"}],
    "qconnections": [{"node1": "r0", "node2": "r1", "distance": 1000, "attenuation": 0.0002}],
    "stop_time": 1e12,
}


def refused(path: Path, text: str) -> str:
    path.write_text(text)
    with pytest.raises(NetworkError) as caught:
        convert_file(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_nested_gml(tmp_path: Path) -> None:
    deep = "graph [\n" + "a [\n" * 3000 + "]\n" * 3000 + "]\n"
    assert refused(tmp_path / "a.gml", deep) == "not GML: it is nested too deeply"


def test_an_encoding_that_there_is_not(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="ut"?>\n<graphml><graph edgedefault="undirected"/></graphml>'
    assert refused(tmp_path / "a.graphml", text) == "not XML: LookupError unknown encoding: ut"


def test_a_length_beyond_doubles(tmp_path: Path) -> None:
    text = f"graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 length {10**330} ] ]"
    (tmp_path / "a.gml").write_text(text)
    report = convert_file(tmp_path / "a.gml").report.text()
    assert "too large to compute with" in report


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("templates", {"t": {}}, "nodes[0].template: expected the name of a template, got ['t']"),
        (
            "cconnections",
            [{"node1": "r0", "node2": "r1", "delay": 10**330}],
            "cconnections[0].delay: expected a number, got a number of more than 40 digits",
        ),
        (
            "cconnections_table",
            {"type": "RT", "labels": ["r0", "r1"], "table": [[0, 10**330], [1, 0]]},
            "cconnections_table.table: expected 2 rows of 2 times, one for each label",
        ),
        ("deep", json.loads("[" * 90 + "]" * 90), "nested too deeply, more than 64 levels"),
    ],
)
def test_damaged_configurations(key: str, value: object, said: str, tmp_path: Path) -> None:
    first = {**PAIR["nodes"][0], **({"template": ["t"]} if key == "templates" else {})}
    document = {**PAIR, "nodes": [first, PAIR["nodes"][1]], key: value}
    assert refused(tmp_path / "a.json", json.dumps(document)) == said
