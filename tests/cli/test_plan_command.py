"""``qsim plan``: what it prints, keeps and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SCENARIO = """\
qsim: 2
run: {duration: 15 s}
defaults:
  link_model: {kind: midpoint-source, pair_probability: 1e-12}
nodes: [a, b]
links: [{between: [a, b], length: 1 m}]
traffic:
  - kind: poisson-requests
    rate: 3 /s
    duration: 1 s
    demand: {kind: matrix, nodes: [a, b], table: [[0, 1], [0, 0]]}
"""
SEARCH = ("--choose", "defaults.memory.count=1..8", "--workers", "1", "--at-most", "10")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "city.yaml"
    file.write_text(SCENARIO)
    return file


def test_it_says_what_is_enough_and_keeps_the_runs(cli: Cli, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    done = cli("plan", file, *SEARCH, "--meet", "poisson-requests: blocked share<=0.3", "--out", out)
    assert done.code == 0
    assert "meets poisson-requests: blocked share <= 0.3" in done.out
    assert "defaults.memory.count = 8:" in done.err
    said = json.loads(
        cli(
            "plan", file, *SEARCH, "--meet", "poisson-requests: blocked share<=0.3", "--out", out, "--json"
        ).out
    )
    assert 2 < said["least"] <= 7
    assert [each["value"] for each in said["looked"]] == sorted(each["value"] for each in said["looked"])


def test_it_refuses_when_nothing_is_enough(cli: Cli, file: Path, tmp_path: Path) -> None:
    meet = ("--meet", "poisson-requests: blocked share<=0.1")
    done = cli(
        "plan",
        file,
        "--choose",
        "defaults.memory.count=1,2",
        *meet,
        "--workers",
        "1",
        "--out",
        tmp_path / "o",
    )
    assert done.code == 4
    assert "no value of defaults.memory.count meets" in done.out


@pytest.mark.parametrize(
    ("choose", "meet", "words"),
    [
        ("defaults.memory.count=9..2", "events>=1", "from the least to the greatest"),
        ("defaults.memory.count", "events>=1", "written key.path=value"),
        ("defaults.memory.count=1..2", "events", "a demand is written"),
        ("defaults.memory.cuont=1..2", "events>=1", "unknown key"),
    ],
)
def test_what_cannot_be_read_is_told(
    cli: Cli, file: Path, tmp_path: Path, choose: str, meet: str, words: str
) -> None:
    done = cli("plan", file, "--choose", choose, "--meet", meet, "--out", tmp_path / "o")
    assert done.code in (1, 2)
    assert words in " ".join(done.err.split())
