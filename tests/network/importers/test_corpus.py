"""Every map of the corpus is read as it is meant, and reports what it must; published maps are all read."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from qsim.errors import NetworkError
from qsim.network.importers import convert_file, recognises
from qsim.scenario import from_document
from tests.conftest import Sized
from tests.network.importers.corpus import MAPS, Map


def _write(case: Map, folder: Path) -> Path:
    path = folder / case.name
    contents = case.contents
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return path


def _told(report: Any) -> tuple[str, ...]:
    entries = [f"{entry.effect} {re.sub(r'byte .*', 'byte', entry.path)}" for entry in report]
    return tuple(entry for entry in entries if entry != "assumed run.duration")


def test_the_corpus_is_large_and_its_files_differ() -> None:
    assert len(MAPS) >= 60
    assert len({case.name for case in MAPS}) == len(MAPS)


@pytest.mark.parametrize("case", [case for case in MAPS if not case.refused], ids=lambda case: case.name)
def test_a_map_is_read_whole_and_told(case: Map, tmp_path: Path) -> None:
    path = _write(case, tmp_path)
    assert recognises(path)
    conversion = convert_file(path, least_length=case.least)
    document, nodes = conversion.document, conversion.document["nodes"]
    assert list(nodes) == case.nodes.split("|" if "|" in case.nodes else None)
    assert tuple(float(f"{link['length'] / 1e3:.5g}") for link in document["links"]) == case.lengths
    assert _told(conversion.report) == case.told
    first = next(iter(nodes.values()))
    found = first.get("coordinates", first.get("position"))
    assert found is None or not case.nowhere
    assert case.places is None or tuple(found) == case.places
    assert {
        name: node["memory"]["count"] for name, node in nodes.items() if "memory" in node
    } == case.memories
    channels = document.get("classical", {}).get("channels", ())
    assert tuple(float(f"{channel['delay'] * 1e3:.5g}") for channel in channels) == case.delays
    if case.losses is not None:
        assert document["links"][0]["fibre"]["attenuation"] * 1e3 == pytest.approx(case.losses)
    assert len(from_document(document).links) == len(case.lengths)


@pytest.mark.parametrize("case", [case for case in MAPS if case.refused], ids=lambda case: case.name)
def test_a_map_that_is_wrong_is_refused_with_its_name(case: Map, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=f"{re.escape(case.name)}: .*{case.refused}"):
        convert_file(_write(case, tmp_path))


def _topohub(*groups: str) -> list[Path]:
    """The maps of some groups of the package TopoHub, if it is there."""
    found = importlib.util.find_spec("topohub")
    if found is None or found.origin is None:
        pytest.skip("the package topohub is not installed")
    data = Path(found.origin).parent / "data"
    return sorted(path for group in groups for path in (data / group).rglob("*.json"))


def _read_topohub(path: Path) -> bool:
    """Read one map, which gives kilometres as `dist`; whether it has a link of no length."""
    source = json.loads(path.read_text(encoding="utf-8"))
    conversion = convert_file(path)
    assert len(conversion.document["nodes"]) == len(source["nodes"])
    dists = {
        frozenset((str(edge["source"]), str(edge["target"]))): edge["dist"]
        for edge in source["edges"]
        if edge["source"] != edge["target"]
    }
    lengths = sorted(link["length"] / 1e3 for link in conversion.document["links"])
    assert lengths == pytest.approx(sorted(dists.values()))
    told = sum(entry.effect == "remark" and entry.value == "0 m" for entry in conversion.report)
    assert told == sum(dist == 0 for dist in dists.values())
    return told > 0


def test_maps_of_the_topology_zoo_in_topohub_are_all_read_and_coinciding_places_told() -> None:
    without_way = [_read_topohub(path) for path in _topohub("topozoo")]
    assert len(without_way) >= 200
    assert sum(without_way) >= 70


@pytest.mark.slow
def test_maps_of_topohub_are_all_read(sized: Sized) -> None:
    """Every one at full size, and every fiftieth otherwise."""
    paths = _topohub("sndlib", "backbone", "gabriel", "caida")
    assert len(paths) >= 500
    for path in paths[:: sized(50, 1)]:
        _read_topohub(path)


def test_files_of_the_topology_zoo_are_all_read_and_coinciding_places_told() -> None:
    """276 maps in the archive of the Zoo, 91 of them with links between nodes that share a place."""
    folder = Path(os.environ.get("QSIM_REFERENCE_DATA", "/nonexistent")) / "topology-zoo"
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".gml", ".graphml"))
    if not paths:
        pytest.skip("QSIM_REFERENCE_DATA names no folder with a topology-zoo")
    remarked = 0
    for path in paths:
        report = convert_file(path).report
        remarked += any(entry.effect == "remark" and entry.value == "0 m" for entry in report)
    if len(paths) == 276:
        assert remarked == 91
