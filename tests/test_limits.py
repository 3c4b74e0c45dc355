"""Limits: strangers' scenarios are refused cheaply, and only who runs them raises the limits."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path
from typing import Any

import pytest

import qsim
from qsim import limits
from qsim.errors import LimitError, ScenarioError, nearest
from qsim.scenario.loading import from_document

GML = "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 length 10 ] ]"
PAIR: dict[str, Any] = {
    "run": {"duration": 1},
    "nodes": ["a", "b"],
    "links": [{"between": ["a", "b"], "length": 1}],
}


def refused(document: dict[str, Any], base: Path | None = None) -> str:
    begun = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        from_document(document, base=base)
    assert time.process_time() - begun < 3.0
    return str(caught.value)


def test_memories_are_counted_before_anything_is_built() -> None:
    names = [f"n{index}" for index in range(1000)]
    links = [{"between": [a, b], "length": 1} for a, b in itertools.pairwise(names)]
    document = {
        "run": {"duration": 1},
        "defaults": {"memory": {"count": 100_000}},
        "nodes": names,
        "links": links,
    }
    assert "100,000,000 memories are more than 5,000,000" in refused(document)


def test_nodes_links_and_runs_are_counted() -> None:
    with limits.using(nodes=1):
        assert "2 nodes are more than 1, the most that are taken; --limit nodes=2 raises that" in refused(
            PAIR
        )
    with limits.using(links=0):
        assert "1 links are more than 0" in refused(PAIR)
    from_document(PAIR)
    grid = {key: list(range(1, 2001)) for key in ("links[0].length", "run.duration")}
    sweep = {**PAIR, "sweep": {"grid": grid}}
    with pytest.raises(ScenarioError, match="4,000,000 runs are more than 1,000,000"):
        qsim.sweep(sweep, workers=1)


def test_a_swept_run_meets_the_limits_of_who_planned_it() -> None:
    with limits.using(nodes=10**9):
        sweep = {**PAIR, "sweep": {"replicates": 2}}
        assert len(qsim.sweep(sweep, workers=1).runs) == 2


def test_many_misspelt_names_are_answered_at_once() -> None:
    names = {f"node{index:05}": None for index in range(20_000)}
    begun = time.process_time()
    for index in range(3000):
        assert nearest(f"ndoe{index:05}", names) == f" (did you mean 'node{index:05}'?)"
    assert nearest("x", names) == " (20000 are known)"
    assert time.process_time() - begun < 6.0


def test_many_faults_are_counted_not_listed() -> None:
    links = [{"between": ["a", f"x{index}"], "length": 1} for index in range(5000)]
    with pytest.raises(ScenarioError) as caught:
        from_document({**PAIR, "links": links})
    assert (len(caught.value.faults), caught.value.more) == (100, 4900)
    assert str(caught.value).endswith("\n... and 4900 more")


@pytest.mark.parametrize("reach", ["absolute", "above", "link"])
def test_files_outside_the_folder_are_not_read(reach: str, tmp_path: Path) -> None:
    folder = tmp_path / "scenario"
    folder.mkdir()
    (tmp_path / "net.gml").write_text(GML)
    (folder / "link.gml").symlink_to(tmp_path / "net.gml")
    path = {"absolute": str(tmp_path / "net.gml"), "above": "../net.gml", "link": "link.gml"}[reach]
    document = {"run": {"duration": 1}, "topology": {"kind": "gml", "path": path}}
    assert "lies outside the scenario's folder; --allow-path" in refused(document, folder)
    with limits.using(folders=(tmp_path,)):
        assert len(from_document(document, base=folder).nodes) == 2


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    document = {"run": {"duration": 1}, "topology": {"kind": "gml", "path": "fifo"}}
    assert "fifo: cannot be read: it is no regular file" in refused(document, tmp_path)
    document["topology"] = {"kind": "graphml", "path": "/dev/zero"}
    with limits.using(folders=(Path("/dev"),)):
        assert "it is no regular file" in refused(document, tmp_path)


@pytest.mark.parametrize("kind", ["gml", "graphml"])
def test_the_contents_of_a_file_that_is_no_map_are_not_told(kind: str, tmp_path: Path) -> None:
    for text in ("secret: 7", "&secret;", "<secret/>", "graph [ node [ id secret"):
        (tmp_path / "f").write_text(text)
        said = refused({"run": {"duration": 1}, "topology": {"kind": kind, "path": "f"}}, tmp_path)
        assert "secret" not in said.replace(str(tmp_path), "")


def test_a_limit_is_an_error_of_ours() -> None:
    with pytest.raises(LimitError):
        limits.Limits().check(memories=10**9)
