"""The reservoir examples: files are read, scripts say how they are used and refuse what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qml.forecast.document import load_study

FOLDER = Path(__file__).parents[3] / "examples" / "reservoirs"
SCRIPTS = sorted(FOLDER.glob("[!_]*.py"))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_forecast_file_is_read(file: Path) -> None:
    assert load_study(file).spec.seeds >= 1


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_says_how_it_is_used(script: Path) -> None:
    done = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: ")


def test_speed_prints_both_tables() -> None:
    command = [sys.executable, FOLDER / "speed.py", "--cell", "qrnn", "--wires", "2", "--repeats", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "240 windows of 4 steps" in done.stdout
    assert "series of 10,000 steps" in done.stdout
    assert "compiled, NumPy" in done.stdout


@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.stem != "speed"], ids=lambda path: path.stem
)
def test_what_is_wrong_is_one_sentence(script: Path, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    quick = [] if script.stem == "real_series" else ["--quick"]
    command = [sys.executable, script, *quick, "--out", place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    # Nothing ran before it, for progress would have been told.
    (said,) = done.stderr.splitlines()
    assert said == f"error: cannot store an experiment in '{place}': it is a file, not a directory"
