from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import SCENARIO, Cli, Stage


def test_a_valid_scenario_is_summarised_and_nothing_runs(cli: Cli, stage: Stage, scenario: Path) -> None:
    done = cli("check", scenario)
    assert (done.code, done.err) == (0, "")
    assert "run 10 s, detail attempt, formalism bell-diagonal, seed 3" in done.out
    assert "swapping nested, purification bbpssw, routing shortest-path" in done.out
    assert "traffic: 1 request" in done.out
    assert "a - b     20 km        0.25    0.9900" in done.out
    assert done.out.endswith("The scenario is valid.\n")
    assert stage.runs == 0


def test_the_summary_as_json(cli: Cli, stage: Stage, scenario: Path) -> None:
    done = cli("check", scenario, "--json")
    assert done.code == 0
    summary = json.loads(done.out)
    assert summary["valid"] is True
    assert (summary["duration_s"], summary["seed"], summary["traffic"]) == (10.0, 3, {"request": 1})
    assert summary["links"][0] == {
        "link": "a--b",
        "a": "a",
        "b": "b",
        "length_m": 20_000.0,
        "success_probability": 0.25,
        "fidelity": 0.99,
    }
    assert stage.runs == 0


def test_all_faults_are_reported_at_once(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(
        SCENARIO.replace("10 s", "-10 s").replace("pairs: 5", "pears: 5").replace("alice, bob]", "a, a]", 1)
    )
    done = cli("check", path)
    assert (done.code, done.out) == (2, "")
    assert "run.duration" in done.err
    assert "pears" in done.err
    assert stage.engines == []


def test_faults_as_json(cli: Cli, scenario: Path) -> None:
    done = cli("check", scenario, "--json", "--set", "run.duration=-1 s")
    assert (done.code, done.err) == (2, "")
    answer = json.loads(done.out)
    assert answer["valid"] is False
    assert len(answer["faults"]) == 1
    assert "run.duration" in answer["faults"][0]


@pytest.mark.parametrize("width", [80, 120])
def test_the_summary_fits_its_page(
    cli: Cli, scenario: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert max(map(len, cli("check", scenario).out.splitlines())) <= width


def test_the_real_runtime_tells_the_mean_time_to_a_pair(cli: Cli, scenario: Path) -> None:
    done = cli("check", scenario, "--json")
    assert done.code == 0
    (link,) = json.loads(done.out)["links"]
    assert (link["a"], link["b"]) == ("alice", "bob")
    assert 0 < link["success_probability"] < 1
    assert link["expected_wait_s"] > 1e-4 / link["success_probability"]
    assert done.err == ""
    assert len(json.loads(done.out)["remarks"]) == 1
    done = cli("check", scenario, "-v")
    assert done.code == 0
    assert done.err.startswith("remark: no imperfection is described")
    assert len(done.err.splitlines()) == 1
    assert re.search(r"alice - bob +20 km +[\d.]+ +[\d.]+ [mµ]s +1\.0000\n", done.out)


def test_a_narrow_page_gives_up_columns_before_it_shortens_them(
    cli: Cli, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    done = cli("check", "-v", scenario)
    assert "p(attempt)" in done.out
    assert "…" not in done.out


def test_demands_that_cannot_be_met_and_odd_values_are_remarked_on(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "traps.yaml"
    path.write_text(
        "run: {duration: 1 s}\n"
        "nodes: {a: {coordinates: [47.38, 8.54]}, b: {coordinates: [46.95, 7.45]}}\n"
        "links: [{between: [a, b], length: 125, fibre: {attenuation: 0.2}}]\n"
        "classical: {channels: [{between: [a, b], delay: 0.6}]}\n"
        "traffic: [{kind: request, initiator: a, responder: b, start: 0, pairs: 10}]\n"
        "sweep: {replicates: 3}\n"
    )
    done = cli("check", path)
    assert done.code == 0
    for remark in (
        "link a-b, attenuation 200 dB/km: above 10 dB/km",
        "link a-b, 0.125 km: shorter than the places of its ends are apart",
        "classical channel a - b, 0.6 s for 0.125 km: over 100 times as long as light takes along the link",
        "remark: request a-b: it is to begin at 0 s, and cannot before 1.2 s, when its path has confirmed; "
        "the run ends at 1 s, before its path has confirmed",
        "remark: the sweep varies nothing: all of its runs are of one point",
    ):
        assert remark in done.err


def test_a_scenario_without_traffic_says_so(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "idle.yaml"
    path.write_text("run: {duration: 1 s}\nnodes: [a, b]\nlinks: [{between: [a, b], length: 1 km}]\n")
    assert "remark: there is no traffic" in cli("check", path).err
    assert "note: there is no traffic" in cli("run", path).out


def test_a_large_run_says_its_size_before_it_begins(cli: Cli, stage: Stage, scenario: Path) -> None:
    stage.expected = 123_456_789
    done = cli("run", scenario)
    assert "about 120,000,000 events are to be expected: 14 minutes or so" in done.err
    stage.expected = 4_999_999
    assert "events are to be expected" not in cli("run", scenario).err
