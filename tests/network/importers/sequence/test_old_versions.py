"""Configurations of versions 0.2, and of other things than networks of repeaters."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.network.importers import convert_file, recognises
from qsim.network.importers.sequence import convert
from qsim.network.loss_report import Effect
from qsim.scenario import from_document


def routers(*names: str, **more: Any) -> dict[str, Any]:
    nodes = [{"name": name, "type": "QuantumRouter", "memo_size": 4} for name in names]
    return {"nodes": nodes, "stop_time": 1e12, "formalism": "bell_diagonal", **more}


FIBRE = {"node1": "u", "node2": "v", "attenuation": 0.0002, "distance": 2000}


@pytest.mark.parametrize("name", ["cchannels_table", "cconnections_table"])
def test_a_table_of_round_trips_under_either_name(name: str) -> None:
    """A round trip of 1 ms is 500 us each way; the fibre of 2 km alone would take 10 us."""
    table = {"type": "RT", "labels": ["u", "v"], "table": [[0, 1e9], [1e9, 0]]}
    conversion = convert(routers("u", "v", qconnections=[FIBRE], **{name: table}))
    assert not conversion.report.losses
    engine: Any = from_document(conversion.document).engine()
    assert engine.node("u").delay_to(engine.node("v")) == 500_000_000


def test_fibres_whose_ends_are_called_node1_and_node2() -> None:
    document = routers("r1", "r2")
    document["nodes"].append({"name": "m", "type": "BSMNode", "other_nodes": ["r1", "r2"]})
    document["qchannels"] = [
        {"node1": "r1", "node2": "m", "attenuation": 1e-5, "distance": 1e3},
        {"node1": "m", "node2": "r2", "attenuation": 1e-5, "distance": 3e3},
    ]
    document["cchannels"] = [{"node1": "r1", "node2": "r2", "delay": 7e7}]
    conversion = convert(document)
    assert not conversion.report.losses
    (link,) = conversion.document["links"]
    assert link["between"] == ["r1", "r2"]
    assert link["length"] == 4000
    assert conversion.document["classical"]["channels"] == [{"between": ["r1", "r2"], "delay": 7e-5}]


def test_a_fibre_that_names_no_end_is_a_fault() -> None:
    with pytest.raises(NetworkError, match=r"qchannels\[0\].source: expected text, got nothing"):
        convert(routers("u", "v", qchannels=[{"distance": 1, "attenuation": 0}]))


def test_comments_and_trailing_commas(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    text = json.dumps(routers("u", "v", qconnections=[FIBRE]))
    path.write_text("// of a time when files were JSON5\n" + text.replace("}]", "},/* the last */ ]"))
    assert recognises(path)
    assert list(convert_file(path).document["nodes"]) == ["u", "v"]


@pytest.mark.parametrize("part", ["/*", '\\"', '"', "//", ",", ", ", "/* */", '"\\'])
def test_odd_texts_take_no_longer_than_others(tmp_path: Path, part: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text("[" + part * (400_000 // len(part)))
    began = time.process_time()
    with pytest.raises(NetworkError, match="not JSON"):
        convert_file(path)
    assert time.process_time() - began < 2


def test_a_damaged_file_with_comments_is_told_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('// one\n{"nodes": [1 2]}')
    with pytest.raises(NetworkError, match=r"old.json:2:14: not JSON"):
        convert_file(path)


def test_a_file_of_something_else_says_so_first() -> None:
    document = routers("u", "v", qconnections=[FIBRE])
    document["nodes"][0]["type"] = "QlanOrchestratorNode"
    report = convert(document).report
    assert report.entries[0].effect is Effect.DROPPED
    assert report.text().startswith("dropped: nodes: THIS IS A FILE OF A QUANTUM LOCAL AREA NETWORK")
