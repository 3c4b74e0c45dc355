"""``qsim sweep`` from the outside: options, what is shown, what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qsim.sweeps import SweepResult
from tests.cli.conftest import SCENARIO, Cli

SHORT = SCENARIO.replace("10 s", "20 ms").replace(", pairs: 5", "")
VARY = ("--vary", "links[0].length=5 km, 20 km", "--vary", "defaults.memory.count=[1,2]")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(SHORT)
    return path


def test_options_say_what_varies(cli: Cli, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = cli("sweep", file, "--out", out, *VARY, "--replicates", 2, "--workers", 1, "--seed", 9)
    assert done.code == 0, done.err
    study = SweepResult.load(out)
    assert [run.seed for run in study.runs] == [9, 10] * 4
    assert [parameter.path for parameter in study.parameters] == ["links[0].length", "defaults.memory.count"]
    lines = done.out.splitlines()
    assert lines[0] == "Two nodes"
    assert re.match(r"length \(m\)  count  runs  throughput_hz \(Hz\)", lines[1])
    assert re.match(r" +5000 +1 +2 +\d[\d ]* ± \d", lines[2])
    # One line a point; columns without room are named below.
    assert len([line for line in lines if not line.startswith("(a wider page has ")]) == 6
    assert f"8 of 8 runs are in {out}" in done.err


def test_the_same_as_one_json_object(cli: Cli, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = cli("sweep", file, "--out", out, *VARY, "--workers", 1, "--json", "-q")
    said = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert {key: said[key] for key in ("name", "planned", "finished", "failed", "interrupted")} == {
        "name": "Two nodes",
        "planned": 4,
        "finished": 4,
        "failed": 0,
        "interrupted": False,
    }
    assert said["fingerprint"] == SweepResult.load(out).fingerprint
    rates = [row for row in said["summary"] if row["metric"] == "throughput_hz"]
    assert [row["links[0].length"] for row in rates] == [5000.0, 5000.0, 20000.0, 20000.0]
    assert all(row["unit"] == "Hz" and row["n"] == 1 and row["low"] is None for row in rates)


def test_the_metrics_that_are_shown_are_chosen(cli: Cli, file: Path, tmp_path: Path) -> None:
    fixed = ("sweep", file, "--out", tmp_path / "out", "--workers", 1)
    done = cli(*fixed, "--metric", "fidelity_mean", "--metric", "pairs")
    assert done.code == 0, done.err
    assert done.out.splitlines()[1].split() == ["runs", "fidelity_mean", "pairs"]
    said = json.loads(cli(*fixed, "--metric", "pairs", "--json").out)
    assert [row["metric"] for row in said["summary"]] == ["pairs"]


def test_a_metric_that_no_run_has_is_refused_before_anything_runs(
    cli: Cli, file: Path, tmp_path: Path
) -> None:
    done = cli("sweep", file, "--out", tmp_path / "out", "--metric", "paris")
    assert (done.code, "did you mean 'pairs'?" in done.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_metric_that_turns_out_to_be_of_no_run_costs_none(cli: Cli, file: Path, tmp_path: Path) -> None:
    done = cli("sweep", file, "--out", tmp_path / "out", "--workers", 1, "--metric", "load: offered")
    assert done.code == 0
    assert "the runs are stored, and not summarised here" in done.err
    assert "load: offered" in done.err


def test_a_rule_and_shares(cli: Cli, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    fixed = ("sweep", file, "--out", out, *VARY, "--workers", 1, "--until", "throughput_hz=1e9", "--json")
    first = cli(*fixed, "--shard", "1/2")
    assert (first.code, json.loads(first.out)["finished"]) == (0, 10)
    assert "10 are in other shares, 1 of 2 is done" in first.err
    assert json.loads(cli(*fixed, "--shard", "2/2").out)["finished"] == 20


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--shard", "3/2"), "Invalid value for '--shard': a shard is written i/n"),
        (("--until", "throughput_hz"), "is written METRIC=WIDTH, as in throughput_hz=5"),
        (("--until", "thrughput_hz=1"), "(did you mean 'throughput_hz'?)"),
        (("--vary", "links[0].length"), "values are written key.path=value,value,..."),
        (("--vary", "links[0].length=1", "--vary", "links[0].length=2"), "names 'links[0].length' twice"),
        (("--replicates", "3", "--until", "pairs=1"), "<options>: sweep: `replicates` and `until` both say"),
        (("--vary", "links[0].lenght=1 km"), "unknown key (did you mean 'length'?)"),
        (("--vary", "links[0].length=-1 km, 1 kg"), "the scenario has 2 faults"),
        (("--workers", "0"), "Invalid value for '--workers'"),
        (("--plugin", "no_such_module"), "no module of that name is installed"),
    ],
)
def test_wrong_usage_runs_nothing(
    cli: Cli, file: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = cli("sweep", file, "--out", tmp_path / "out", *options)
    assert (done.code, said in " ".join(done.err.split())) == (2, True), done.err
    assert not (tmp_path / "out").exists()


def test_a_place_for_the_runs_must_be_given(cli: Cli, file: Path) -> None:
    done = cli("sweep", file)
    assert (done.code, "Missing option '--out'" in done.err) == (2, True)


def test_a_directory_of_other_things_is_refused(cli: Cli, file: Path, tmp_path: Path) -> None:
    done = cli("sweep", file, "--out", tmp_path)
    assert (done.code, "the directory holds other things" in done.err) == (2, True)
    assert cli("sweep", file, "--out", tmp_path, "--force", "--workers", 1).code == 0


def test_a_check_plans_the_sweep(cli: Cli, file: Path) -> None:
    file.write_text(SHORT + "sweep: {grid: {'links[0].length': [5 km, 20 km]}, replicates: 3}\n")
    assert "sweep: 2 points over links[0].length; 6 runs" in cli("check", file).out
    said = json.loads(cli("check", file, "--json").out)
    assert said["sweep"] == {"parameters": ["links[0].length"], "points": 2, "runs": 6, "at_most": False}
    file.write_text(SHORT + "sweep: {grid: {'links[0].length': [-5 km]}}\n")
    done = cli("check", file)
    assert (done.code, "sweep links[0].length=-5 km: must be in [0, inf) m" in done.err) == (2, True)
