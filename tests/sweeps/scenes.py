"""A small scenario to sweep, and ways to run the command on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

SABOTEUR = Path(__file__).with_name("saboteur.py")

SCENARIO: dict[str, Any] = {
    "name": "Two nodes",
    "run": {"duration": "50 ms", "seed": 3},
    "nodes": ["alice", "bob"],
    "links": [{"between": ["alice", "bob"], "length": "20 km"}],
    "traffic": [{"kind": "request", "initiator": "alice", "responder": "bob"}],
}
LENGTHS = {"links[0].length": ["5 km", "20 km", "40 km"]}


def write(folder: Path, *, saboteur: dict[str, Any] | None = None, **sections: Any) -> Path:
    """A scenario file, with the saboteur among its applications if wanted."""
    document = {**SCENARIO, **sections}
    if saboteur is not None:
        document["traffic"] = [*SCENARIO["traffic"], {"kind": "saboteur", **saboteur}]
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


def command(file: Path, out: Path, *options: object) -> list[str]:
    """``qsim sweep`` with the saboteur plugged in."""
    fixed = ("sweep", file, "--out", out, "--plugin", SABOTEUR)
    return [sys.executable, "-m", "qsim", *map(str, (*fixed, *options))]


def qsim_sweep(file: Path, out: Path, *options: object) -> subprocess.CompletedProcess[str]:
    """Run ``qsim sweep`` to its end in a process of its own."""
    return subprocess.run(
        command(file, out, *options),
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
        timeout=180,
        check=False,
    )


def started(file: Path, out: Path, *options: object) -> subprocess.Popen[str]:
    """Start ``qsim sweep`` in a process group of its own, as a shell does."""
    return subprocess.Popen(
        command(file, out, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def archives(out: Path) -> dict[str, int]:
    """The finished runs of a sweep with the times at which their files were written."""
    # A hidden one is still being written, and gone as soon as it is.
    return {path.name: path.stat().st_mtime_ns for path in sorted((out / "runs").glob("[!.]*.zip"))}


def wait_for(out: Path, runs: int) -> None:
    """Wait until so many runs are finished."""
    deadline = time.monotonic() + 120
    while len(archives(out)) < runs:
        if time.monotonic() > deadline:
            raise AssertionError(f"{len(archives(out))} runs after two minutes")
        time.sleep(0.02)


def begun(trail: Path) -> Sequence[int]:
    """The seeds of the runs that the saboteur has seen begin, sorted."""
    return sorted(int(path.name.partition("-")[0]) for path in trail.iterdir())
