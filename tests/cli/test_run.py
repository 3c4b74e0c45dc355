from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from qsim.errors import SimulationError
from qsim.model.rows import Stall
from qsim.results import Result
from qsim.results.result_files import MANIFEST
from tests.cli.conftest import Cli, Stage

pytestmark = pytest.mark.usefixtures("stage")

KEYS = {
    "name", "seed", "simulated_s", "wall_s", "events", "flows", "completed", "rejected", "unfinished",
    "links", "memories", "stalls", "interrupted", "fingerprint", "versions",
}  # fmt: skip
FLOW_KEYS = {
    "initiator", "responder", "path", "start_s", "end_s", "memories", "target_fidelity", "wait_s", "pairs",
    "throughput_hz", "fidelity_mean", "status",
}  # fmt: skip


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def one_object(text: str) -> dict[str, Any]:
    """The one JSON object that a text is."""
    value = json.loads(text, parse_constant=refuse)
    assert isinstance(value, dict)
    return value


def test_the_result_is_shown_on_standard_output_and_nothing_else(
    cli: Cli, stage: Stage, scenario: Path
) -> None:
    done = cli("run", scenario)
    assert done.code == 0
    assert done.out.startswith("Two nodes\nseed 3: 10 s simulated")
    assert "Finished flows" in done.out
    assert done.err == ""
    assert stage.runs == 1


def test_json_is_one_object_with_every_figure(cli: Cli, stage: Stage, scenario: Path) -> None:
    stage.outcome = {"wall_s": float("nan")}
    done = cli("run", scenario, "--json")
    assert done.code == 0
    value = one_object(done.out)
    assert set(value) >= KEYS
    assert all(set(flow) >= FLOW_KEYS for flow in value["flows"] + value["unfinished"])
    assert (value["name"], value["seed"], value["simulated_s"], value["wall_s"]) == (
        "Two nodes",
        3,
        10.0,
        None,
    )


def test_options_reach_the_scenario(cli: Cli, stage: Stage, scenario: Path) -> None:
    done = cli("run", scenario, "--json", "--seed", 11, "--detail", "photon", "--set", "run.duration=2 s")
    assert done.code == 0
    assert (one_object(done.out)["seed"], one_object(done.out)["simulated_s"]) == (11, 2.0)
    assert stage.engines[0].scenario.run_spec.detail == "photon"


def test_the_stored_result_is_the_one_shown(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    place = tmp_path / "results" / "one"
    done = cli("run", scenario, "--json", "--out", place, "--seed", 5)
    assert done.code == 0
    assert done.err == f"stored in {place}\n"
    assert Result.load(place).to_dict() == one_object(done.out)
    manifest = json.loads((place / MANIFEST.file).read_text())
    assert manifest["overrides"] == ["run.seed=5"]
    assert manifest["document"]["run"]["seed"] == 5


def test_a_foreign_folder_is_refused_before_anything_runs(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path
) -> None:
    done = cli("run", scenario, "--out", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "the directory holds other things" in done.err
    assert stage.engines == []
    assert list(tmp_path.iterdir()) == [scenario]


def test_force_stores_into_a_foreign_folder(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    assert cli("run", scenario, "--out", tmp_path, "--force", "-q").code == 0
    assert scenario.exists()
    assert Result.load(tmp_path).name == "Two nodes"


def test_a_result_that_cannot_be_stored_is_shown_all_the_same(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path
) -> None:
    place = tmp_path / "late"
    stage.during = lambda: place.write_text("somebody was faster")
    done = cli("run", scenario, "--json", "--out", place)
    assert done.code == 1
    assert one_object(done.out)["completed"] == 2
    assert "it is a file, not a directory" in done.err


def test_the_trace_fingerprint_tells_runs_apart(cli: Cli, stage: Stage, scenario: Path) -> None:
    first, again = (one_object(cli("run", scenario, "--json", "--fingerprint").out) for _ in range(2))
    longer = one_object(cli("run", scenario, "--json", "--fingerprint", "--set", "run.duration=11").out)
    assert first["trace_fingerprint"] == again["trace_fingerprint"] != longer["trace_fingerprint"]
    assert len(first["trace_fingerprint"]) == 32
    assert stage.engines[-1].sim.trace is not None
    assert one_object(cli("run", scenario, "--json").out)["trace_fingerprint"] is None
    assert stage.engines[-1].sim.trace is None


def test_a_stalled_run_is_shown_and_stored_and_ends_with_1(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path
) -> None:
    stage.outcome = {"stalls": (Stall(4.0, "alice", "bob", "both memories hold halves of other pairs"),)}
    done = cli("run", scenario, "--json", "--out", tmp_path / "out")
    assert done.code == 1
    assert one_object(done.out)["stalls"][0]["cause"] == "both memories hold halves of other pairs"
    assert "alice → bob: both memories hold halves of other pairs" in done.err
    assert len(Result.load(tmp_path / "out").stalls) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_shows_and_stores_what_it_has(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path, number: signal.Signals
) -> None:
    stage.during = lambda: os.kill(os.getpid(), number)
    before = signal.getsignal(number)
    done = cli("run", scenario, "--json", "--out", tmp_path / "out")
    assert done.code == 130
    assert one_object(done.out)["interrupted"] is True
    assert one_object(done.out)["simulated_s"] == 5.0
    assert "stopping after the event in hand" in done.err
    assert Result.load(tmp_path / "out").interrupted
    assert signal.getsignal(number) is before


def test_an_interrupted_run_with_stalls_counts_as_interrupted(cli: Cli, stage: Stage, scenario: Path) -> None:
    stage.outcome = {"stalls": (Stall(4.0, "alice", "bob", "no memory"),)}
    stage.during = lambda: os.kill(os.getpid(), signal.SIGINT)
    assert cli("run", scenario, "-q").code == 130


def test_a_second_interruption_quits_at_once(cli: Cli, stage: Stage, scenario: Path, tmp_path: Path) -> None:
    def twice() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    stage.during = twice
    before = signal.getsignal(signal.SIGINT)
    done = cli("run", scenario, "--json", "--out", tmp_path / "out")
    assert (done.code, done.out) == (130, "")
    assert not (tmp_path / "out").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_in_the_run_is_one_message_with_time_and_place(
    cli: Cli, stage: Stage, scenario: Path
) -> None:
    def fail() -> None:
        raise SimulationError("a memory was asked to hold two pairs")

    stage.during = fail
    done = cli("run", scenario)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: a memory was asked to hold two pairs\nwhile running")
    assert "t = 5000000000000 ps (5 s)" in done.err
    assert "Traceback" not in done.err


def test_an_error_in_code_from_outside_is_told_with_its_file_and_line(
    cli: Cli, stage: Stage, scenario: Path
) -> None:
    def fail() -> None:
        raise KeyError("pair 7")

    stage.during = fail
    done = cli("run", scenario)
    assert done.code == 1
    assert "error: KeyError: 'pair 7'" in done.err
    assert f"raised in {__file__}, line " in done.err
    assert ", in fail" in done.err
    assert "qsim doctor" not in done.err
    assert "Traceback" not in done.err


def test_a_defect_of_our_own_is_one_message_and_a_request_to_report(
    cli: Cli, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qsim.results import result_files

    monkeypatch.setattr(result_files, "check_destination", None)
    done = cli("run", scenario, "--out", scenario.parent / "out")
    assert done.code == 1
    assert "error: unexpected TypeError" in done.err
    assert "qsim doctor" in done.err


def test_verbose_shows_the_traceback(cli: Cli, stage: Stage, scenario: Path) -> None:
    def fail() -> None:
        raise SimulationError("a memory was asked to hold two pairs")

    stage.during = fail
    assert "Traceback (most recent call last)" in cli("run", scenario, "-v").err


def test_verbose_says_how_long_things_took(cli: Cli, scenario: Path) -> None:
    assert "set-up took" in cli("run", scenario, "-v").err


def test_a_broken_scenario_is_refused_with_all_its_faults(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("run: {duration: -1 s}\nnodes: [a, b]\nlinks:\n  - {between: [a, c], lenght: 2 km}\n")
    done = cli("run", path, "--out", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    faults = [line for line in done.err.splitlines() if line.startswith(f"{path}:")]
    assert len(faults) >= 3
    assert any(line.startswith(f"{path}:1:17: run.duration") for line in faults)
    assert f"the scenario has {len(faults)} faults" in done.err
    assert not (tmp_path / "out").exists()
    assert stage.engines == []


def test_a_wrong_override_is_a_fault_of_the_command_line(cli: Cli, stage: Stage, scenario: Path) -> None:
    done = cli("run", scenario, "--set", "run.durration=5")
    assert done.code == 2
    assert "--set run.durration=5" in done.err
    assert stage.engines == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "FILE"),
        (["run", "{scenario}", "--seed", "-1"], "--seed"),
        (["run", "{scenario}", "--seed", "two"], "--seed"),
        (["run", "{scenario}", "--detail", "atom"], "--detail"),
        (["run", "{scenario}", "--sede", "1"], "--sede"),
        (["run", "{scenario}", "and another"], "another"),
        (["rum"], "rum"),
    ],
)
def test_wrong_usage_ends_with_2_before_anything_runs(
    cli: Cli, stage: Stage, scenario: Path, arguments: list[str], said: str
) -> None:
    done = cli(*(argument.format(scenario=scenario) for argument in arguments))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert stage.engines == []


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_one_clear_error(cli: Cli, tmp_path: Path, name: str) -> None:
    done = cli("run", tmp_path / name)
    assert (done.code, done.out) == (2, "")
    assert str(tmp_path) in done.err
    assert "Traceback" not in done.err


def test_quiet_leaves_only_the_result(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    done = cli("run", scenario, "-q", "--out", tmp_path / "out")
    assert done.err == ""
    assert done.out.startswith("Two nodes")


def test_columns_without_room_are_named(cli: Cli, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = cli("run", scenario).out.splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("(a wider page has ") for line in lines)


def test_a_report_of_a_folder_that_is_not_there_says_what_makes_one(cli: Cli, tmp_path: Path) -> None:
    done = cli("report", tmp_path / "nowhere")
    assert done.code == 2
    assert "does not exist; name the folder that 'qsim run --out'" in " ".join(done.err.split())
    (tmp_path / "file").write_text("")
    assert "is a file" in cli("report", tmp_path / "file").err
