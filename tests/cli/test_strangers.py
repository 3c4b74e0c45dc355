"""Scenarios from strangers: their names do nothing to the terminal, and they stay within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

ODD = "\x1b[31mRED\x1b]0;title\x07 \x9b31m"
SCENARIO = json.dumps(
    {
        "name": ODD,
        "description": ODD,
        "run": {"duration": 1},
        "nodes": ["a", "[bold red]B[/]"],
        "links": [{"between": ["a", "[bold red]B[/]"], "length": 1000}],
    }
)


def harmless(text: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in text)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "odd.json"
    path.write_text(SCENARIO)
    return path


def test_names_reach_the_terminal_as_escapes(cli: Cli, scenario: Path) -> None:
    done = cli("check", scenario)
    assert done.code == 0
    assert "\\x1b[31mRED\\x1b]0;title\\x07 \\x9b31m" in done.out
    assert "[bold red]B[/]" in done.out
    assert harmless(done.out + done.err)


def test_a_conversion_reaches_the_terminal_as_escapes(cli: Cli, tmp_path: Path) -> None:
    router = {"type": "QuantumRouter", "memo_size": 1}
    document = {
        "nodes": [{"name": "r0", **router, f"zz{ODD}": ODD}, {"name": "r1", **router}],
        "qconnections": [
            {"node1": "r0", "node2": "r1", "distance": 1, "attenuation": 0, "type": "meet_in_the_middle"}
        ],
    }
    path = tmp_path / "seq.json"
    path.write_text(json.dumps(document))
    done = cli("convert", path)
    assert done.code == 0
    assert "\\x1b[31mRED" in done.err
    assert harmless(done.out + done.err)


def test_limits_are_raised_on_the_command_line_alone(cli: Cli, scenario: Path) -> None:
    done = cli("check", scenario, "--limit", "nodes=1")
    assert done.code == 2
    assert "2 nodes are more than 1, the most that are taken; --limit nodes=2 raises that" in done.err
    assert cli("check", scenario, "--limit", "nodes=2").code == 0
    assert "is written NAME=N" in cli("check", scenario, "--limit", "noodles=2").err


def test_files_of_another_folder_are_allowed_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    graph = "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 length 9 ] ]"
    (tmp_path / "net.gml").write_text(graph)
    folder = tmp_path / "scenario"
    folder.mkdir()
    path = folder / "s.yaml"
    path.write_text("run: {duration: 1 s}\ntopology: {kind: gml, path: ../net.gml}\n")
    done = cli("check", path)
    assert done.code == 2
    assert f"s.yaml:2:11: topology: '{folder}/../net.gml' lies outside the scenario's folder" in done.err
    assert cli("check", path, "--allow-path", tmp_path).code == 0


def test_a_budget_of_time_ends_a_command(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("run: {duration: 1 s}\ntopology: {kind: grid, rows: 100, columns: 100, length: 1 km}\n")
    # In a process of its own: the signal may come in the midst of anything, of pytest's own callbacks too.
    command = [sys.executable, "-m", "qsim", "check", str(path), "--max-seconds", "0.2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "given up after 0.2 s, the most that --max-seconds allows" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound what a process allocates")
def test_a_budget_of_memory_ends_a_command(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("run: {duration: 1 s}\ntopology: {kind: grid, rows: 200, columns: 200, length: 1 km}\n")
    command = [sys.executable, "-m", "qsim", "check", str(path), "--max-memory", "120"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "it needs more memory than there is, or than --max-memory allows" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_run_of_too_many_events_is_refused_with_its_size(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "endless.yaml"
    path.write_text(
        "run: {duration: 1 h}\ntopology: {kind: line, nodes: 2, length: 0 m}\n"
        "traffic: [{kind: request, initiator: n0, responder: n1}]\n"
    )
    refused = cli("run", path)
    assert refused.code == 2
    assert "events are more than 2,000,000,000, the most that are taken; --limit events=" in refused.err
    told = cli("check", path)
    assert told.code == 0
    assert "the run itself is refused: about" in told.err
    # A short stretch is another matter, and may be made dearer or cheaper like the rest.
    assert cli("trace", path, "--until", "1 us").code == 0
    assert cli("trace", path, "--until", "1 us", "--limit", "events=10").code == 2


def test_a_list_of_faults_is_cut_short(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    links = "".join(f"  - {{between: [a, x{index}], length: 1 km}}\n" for index in range(300))
    path.write_text(f"run: {{duration: 1 s}}\nnodes: [a]\nlinks:\n{links}")
    done = cli("check", path)
    assert done.code == 2
    lines = done.err.splitlines()
    assert len(lines) == 102
    assert lines[-2:] == ["... and 200 more", "error: the scenario has 300 faults"]
