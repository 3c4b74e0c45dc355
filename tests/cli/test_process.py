"""The command line as a process of its own, with the real runtime: exit codes, signals, pipes, terminals."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from qsim.results import Result
from tests.cli.conftest import SCENARIO

COMMAND = (sys.executable, "-m", "qsim")
#: A run that nobody waits for the end of.
ENDLESS = SCENARIO.replace("10 s", "100000 h").replace("pairs: 5", "pairs: 100000000")


def qsim(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [*COMMAND, *map(str, arguments)]
    surroundings = {**os.environ, "COLUMNS": "100", **environment}
    return subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=120, check=False)


def started(*arguments: object) -> subprocess.Popen[str]:
    """Start a verbose run, and wait until it is under way."""
    command = [*COMMAND, *map(str, arguments), "-v"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "the run begins" in line:
            return process
    raise AssertionError(f"the run did not begin: exit code {process.wait()}")


def test_the_version() -> None:
    done = qsim("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"qsim \d+\.\d+\.\d+\S*\n", done.stdout)


def test_no_command_is_wrong_usage_and_shows_help() -> None:
    done = qsim()
    assert done.returncode in (0, 2)
    assert "Usage: qsim" in done.stdout + done.stderr


def test_a_run_and_what_it_stores(scenario: Path, tmp_path: Path) -> None:
    done = qsim("run", scenario, "--json", "--out", tmp_path / "out", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    shown = json.loads(done.stdout)
    assert shown["flows"][0]["pairs"] == 5
    assert shown["flows"][0]["path"] == ["alice", "bob"]
    assert Result.load(tmp_path / "out").to_dict() == shown


def test_two_processes_agree_whatever_their_hash_seed(scenario: Path) -> None:
    runs = [
        json.loads(qsim("run", scenario, "--json", "--fingerprint", PYTHONHASHSEED=seed).stdout)
        for seed in ("1", "2")
    ]
    assert runs[0]["trace_fingerprint"] == runs[1]["trace_fingerprint"]
    assert runs[0]["fingerprint"] == runs[1]["fingerprint"]
    other = json.loads(qsim("run", scenario, "--json", "--seed", "4").stdout)
    assert other["fingerprint"] != runs[0]["fingerprint"]


def test_a_check_loads_no_table_library(scenario: Path) -> None:
    code = f"import sys; from qsim.cli import main; main(['check', {str(scenario)!r}]); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"pandas", "pyarrow", "scipy.stats", "qutip", "networkx"}.intersection(loaded) == set()


def test_a_broken_scenario_ends_with_2(scenario: Path, tmp_path: Path) -> None:
    done = qsim("run", scenario, "--set", "run.duration=never", "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.duration" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_in_order(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "endless.yaml"
    path.write_text(ENDLESS)
    process = started("run", path, "--json", "--out", tmp_path / "out")
    time.sleep(0.3)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    shown = json.loads(out)
    assert shown["interrupted"] is True
    assert shown["events"] > 0
    assert Result.load(tmp_path / "out").to_dict() == shown


def test_a_reader_that_leaves_early_is_no_error() -> None:
    process = subprocess.Popen([*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) in (0, 1)


def test_a_terminal_without_unicode_gets_escapes(scenario: Path) -> None:
    command = [*COMMAND, "run", str(scenario)]
    surroundings = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, env=surroundings, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"alice \\u2192 bob" in done.stdout


def test_a_perfetto_trace_of_a_real_run(scenario: Path, tmp_path: Path) -> None:
    done = qsim("trace", scenario, "--until", "5 ms", "--out", tmp_path / "trace.json")
    assert (done.returncode, done.stderr) == (0, "")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    processes = {event["args"]["name"] for event in events if event["name"] == "process_name"}
    assert {"alice", "bob"} <= processes
    arrows = {phase: [event["id"] for event in events if event["ph"] == phase] for phase in "sf"}
    assert arrows["f"]
    assert set(arrows["f"]) <= set(arrows["s"])
    assert all(
        event["dur"] >= 0 and event["ts"] + event["dur"] <= 5000 for event in events if event["ph"] == "X"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
class TestTerminal:
    """Standard error and output on a terminal."""

    def run(self, path: Path, environment: Mapping[str, str], sign: str) -> str:
        """Everything a run writes to its terminal; it is interrupted once a sign has appeared."""
        import pty

        master, slave = pty.openpty()
        command = [*COMMAND, "run", str(path), "-v"]
        surroundings = {**os.environ, "TERM": "xterm", **environment}
        surroundings.pop("COLUMNS", None)
        seen = ""
        with subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, env=surroundings) as process:
            os.close(slave)
            watchdog = threading.Timer(60, process.kill)
            watchdog.start()
            interrupted = False
            for chunk in self.chunks(master):
                seen += chunk
                if sign in seen and not interrupted:
                    time.sleep(0.6)
                    process.send_signal(signal.SIGINT)
                    interrupted = True
            watchdog.cancel()
            os.close(master)
            assert process.wait(timeout=60) == 130, seen
        return seen

    def chunks(self, terminal: int) -> Iterator[str]:
        """What appears on a terminal, until nobody writes to it any more."""
        while True:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                return
            if not chunk:
                return
            yield chunk.decode(errors="replace")

    @pytest.fixture
    def endless(self, tmp_path: Path) -> Path:
        path = tmp_path / "endless.yaml"
        path.write_text(ENDLESS)
        return path

    def test_a_bar_comes_and_goes_and_headings_are_styled(self, endless: Path) -> None:
        seen = self.run(endless, {}, sign=" left")
        assert "events/s" in seen
        assert seen.rfind("\x1b[2K") > seen.rfind(" left") > 0
        assert "\x1b[1m" in seen

    def test_no_color_is_honoured(self, endless: Path) -> None:
        seen = self.run(endless, {"NO_COLOR": "1"}, sign=" left")
        assert re.search(r"\x1b\[[\d;]*3\dm", seen) is None

    def test_a_dumb_terminal_gets_no_bar(self, endless: Path) -> None:
        seen = self.run(endless, {"TERM": "dumb"}, sign="the run begins")
        assert " left" not in seen
        assert "\x1b" not in seen


@pytest.mark.skipif(os.name != "posix", reason="closes streams in a POSIX shell")
@pytest.mark.parametrize("closing", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_from_the_start_is_no_defect(scenario: Path, closing: str) -> None:
    command = [*COMMAND, "run", str(scenario)]
    done = subprocess.run(
        f"{shlex.join(command)} {closing}",
        shell=True,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("fingerprint" in done.stdout) == (closing == "2>&-")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_one_message(scenario: Path, unbuffered: str) -> None:
    command = [*COMMAND, "run", str(scenario)]
    settings = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False, env=settings
        )
    assert (done.returncode, done.stderr) == (1, "error: cannot write: No space left on device\n")


def test_a_scenario_comes_from_standard_input() -> None:
    text = "run: {duration: 5 ms}\ntopology: {kind: line, nodes: 2, length: 5 km}\n"
    for command in (["run", "-"], ["check", "-"], ["run", "-", "--set", "run.seed=4"]):
        done = subprocess.run(
            [*COMMAND, *command], input=text, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "seed 4" in done.stdout
    broken = subprocess.run(
        [*COMMAND, "run", "-"],
        input="run: {duratoin: 1}",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert broken.returncode == 2
    assert broken.stderr.startswith("-:1:")


def test_no_column_is_lost_where_there_is_no_terminal(scenario: Path) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    done = subprocess.run(
        [*COMMAND, "run", str(scenario), "--set", "run.duration=50 ms"],
        capture_output=True, text=True, timeout=60, check=False, env=surroundings,
    )  # fmt: skip
    heads = next(line for line in done.stdout.splitlines() if line.startswith("from → to"))
    for head in ("hops", "window", "memories", "target F", "waited", "pairs", "pairs/s", "fidelity"):
        assert head in heads
