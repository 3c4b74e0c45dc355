"""Every benchmark runs at its smallest setting and has something to report; speed is no matter of tests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = sorted(path for path in BENCHMARKS.glob("[!_]*.py") if path.stem != "run_all")
#: A row of a table with a number in it.
ROW = re.compile(r"^\| .*\d.* \|$", re.MULTILINE)


def printed(script: Path, *arguments: str) -> str:
    """What a script prints; it must not fail or complain."""
    done = subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_runs_and_prints_a_row(script: Path) -> None:
    report = printed(script, "--quick")
    assert report.startswith("## ")
    assert ROW.search(report)
    assert not re.search(r"\bnan\b", report)


def test_report_as_json() -> None:
    report = json.loads(printed(BENCHMARKS / "kernel.py", "--quick", "--json"))
    (goal,) = report["goals"]
    assert goal["bound"] == 700_000
    assert any(ROW.search(block) for block in report["blocks"])


def test_all_in_one_report(tmp_path: Path) -> None:
    file = tmp_path / "REPORT.md"
    command = [
        sys.executable,
        str(BENCHMARKS / "run_all.py"),
        "--quick",
        "--only",
        "kernel",
        "--markdown",
        str(file),
    ]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    report = file.read_text(encoding="utf-8")
    assert report.startswith("# Benchmark report\n")
    headlines = [line for line in report.splitlines() if line.startswith("## ")]
    assert headlines == ["## Goals", "## Kernel: no-op events per second"]
    assert "`python benchmarks/kernel.py --quick`" in report
    assert report.count("events per CPU second with 1,000 pending") == 2


def test_an_unknown_name_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "run_all.py"), "--quick", "--only", "nothing"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "none of these: nothing" in done.stderr
