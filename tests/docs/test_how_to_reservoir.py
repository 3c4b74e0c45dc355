"""The how-to page on parts of a reservoir: its file runs as it stands, by itself and as a plug-in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from qml.comparison.score_table import BASELINES
from tests.docs.pages import DOCS, ROOT

FOLDER = ROOT / "examples" / "how_to"
SCRIPT, FILE = FOLDER / "own_reservoir.py", FOLDER / "own_reservoir.yaml"


def forecast(*options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qsim", "forecast", FILE, "--set", "seeds=1", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_file_runs_by_itself() -> None:
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True)
    scores = [float(score) for score in re.findall(r"R2.* (-?\d\.\d+)", done.stdout)]
    assert len(scores) == 3
    assert min(scores[:2]) > 0.9
    assert scores[2] > 0.5


def test_the_forecast_file_finds_the_parts_by_name() -> None:
    done = forecast("--plugin", SCRIPT, "--json", "--quiet", "--workers", "2")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (error,) = (s["mean"] for s in found["scores"] if (s["model"], s["metric"]) == ("mine", "nrmse"))
    assert error < 0.5
    names = [one["model"] for one in found["forecast"]]
    # Those of statsmodels follow where it is installed.
    assert names[: 2 + len(BASELINES)] == ["QRNN ensemble", "mine", *BASELINES]
    assert set(names[2 + len(BASELINES) :]) <= {"AR", "ETS"}


def test_without_the_plug_in_every_unknown_part_is_told() -> None:
    done = forecast()
    assert done.returncode == 2
    assert "unknown cell 'minimal-gated'" in done.stderr
    assert "unknown readout 'nearest'" in done.stderr


def test_the_page_shows_the_files() -> None:
    text = (DOCS / "how-to" / "reservoir-parts.md").read_text(encoding="utf-8")
    shown = re.findall(r"```\{literalinclude\} (\S+)", text)
    assert {(DOCS / "how-to" / path).resolve() for path in shown} == {SCRIPT, FILE}
