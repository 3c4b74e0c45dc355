from __future__ import annotations

import gzip
import json
import os
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Stage
from tests.kernel.chrome_reader import read

pytestmark = pytest.mark.usefixtures("stage")


def times(text: str) -> list[float]:
    """Times of the events in JSON lines, in seconds."""
    return [json.loads(line)["t_ps"] / 1e12 for line in text.splitlines()]


def test_json_lines_go_to_standard_output(cli: Cli, scenario: Path) -> None:
    done = cli("trace", scenario, "--until", "2 s")
    assert (done.code, done.err) == (0, "")
    assert times(done.out) == [0.0, 0.5, 1.0, 1.5]


def test_what_happens_at_the_end_itself_is_left_out(cli: Cli, scenario: Path) -> None:
    assert times(cli("trace", scenario, "--until", "0.5").out) == [0.0]
    assert times(cli("trace", scenario, "--until", "500001 us").out) == [0.0, 0.5]


def test_a_trace_longer_than_the_run_ends_with_it(cli: Cli, scenario: Path) -> None:
    done = cli("trace", scenario, "--until", "1 h", "--set", "run.duration=1 s")
    assert done.code == 0
    assert "the run ends before 1 h: run.duration is 1 s" in done.err
    assert times(done.out) == [0.0, 0.5]


def test_a_perfetto_trace(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "trace.json"
    assert cli("trace", scenario, "--until", "1 s", "--out", out).code == 0
    picture = read(out.read_text())
    assert [each.begin for each in picture.slices] == [0, 500_000]
    assert picture.counters["alice", "requests", "served"] == [(0, 1), (500_000, 2)]


def test_compressed_traces(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    chrome, lines = tmp_path / "trace.json.gz", tmp_path / "trace.jsonl.gz"
    assert cli("trace", scenario, "--until", "1 s", "--out", chrome).code == 0
    assert cli("trace", scenario, "--until", "1 s", "--out", lines).code == 0
    assert len(read(gzip.decompress(chrome.read_bytes()).decode()).slices) == 2
    assert times(gzip.decompress(lines.read_bytes()).decode()) == [0.0, 0.5]


def test_one_run_makes_one_file_byte_for_byte(cli: Cli, scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "trace.json.gz"
    contents = []
    for _ in range(2):
        assert cli("trace", scenario, "--until", "1 s", "--out", out).code == 0
        contents.append(out.read_bytes())
    assert contents[0] == contents[1]


def test_the_seed_reaches_the_run(cli: Cli, stage: Stage, scenario: Path) -> None:
    cli("trace", scenario, "--until", "1 s", "--seed", 9)
    assert stage.engines[0].sim.seed == 9


@pytest.mark.parametrize("until", ["soon", "0 s", "-1 s", "5 km", "inf"])
def test_a_time_that_is_none_is_wrong_usage(cli: Cli, stage: Stage, scenario: Path, until: str) -> None:
    done = cli("trace", scenario, f"--until={until}")
    assert (done.code, done.out) == (2, "")
    assert "--until" in done.err
    assert stage.engines == []


@pytest.mark.parametrize("name", ["trace.txt", "missing/trace.json", "folder.json"])
def test_a_place_that_cannot_be_written_is_wrong_usage(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.json").mkdir()
    done = cli("trace", scenario, "--until", "1 s", "--out", tmp_path / name)
    assert done.code == 2
    assert "--out" in done.err
    assert stage.engines == []


def test_an_interrupted_trace_keeps_what_was_written(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path
) -> None:
    stage.during = lambda: os.kill(os.getpid(), signal.SIGINT)
    out = tmp_path / "trace.jsonl"
    assert cli("trace", scenario, "--until", "8 s", "--out", out).code == 130
    assert max(times(out.read_text())) == 4.5


def test_a_failed_trace_leaves_no_file(cli: Cli, stage: Stage, scenario: Path, tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError("a protocol lost its head")

    stage.during = fail
    done = cli("trace", scenario, "--until", "8 s", "--out", tmp_path / "trace.json")
    assert done.code == 1
    assert list(tmp_path.iterdir()) == [scenario]
