"""The files on the how-to pages of routing, applications and nodes, each run by a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from math import sqrt
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

FILES = DOCS / "how-to" / "files"


def run(name: str, folder: Path) -> list[str]:
    """The lines that a file prints; a warning is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(FILES / name)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_least_loaded_paths_serve_a_second_request(tmp_path: Path) -> None:
    assert run("load_aware_routing.py", tmp_path) == [
        "shortest-path: 1 served, 2 refused",
        "  a - b - d True",
        "least-loaded: 2 served, 1 refused",
        "  a - b - d True",
        "  a - c - d True",
    ]


def test_two_instances_of_an_application_hear_their_own_messages(tmp_path: Path) -> None:
    counts = [int(line.rpartition(" ")[2]) for line in run("sifting.py", tmp_path)]
    for compared, *kept in (counts[:3], counts[3:]):
        assert kept[0] == kept[1]
        assert abs(kept[0] - compared / 2) < 4 * sqrt(compared / 4)
    assert (counts[0], counts[3]) == (400, 300)


def test_a_segment_across_the_switch_keeps_to_the_closed_forms(tmp_path: Path) -> None:
    *exact, first, second, third, refused = run("optical_switch.py", tmp_path)
    for line in exact:
        found, closed = map(float, re.findall(r"\d\.\d+", line))
        assert found == pytest.approx(closed, rel=1e-9)
        assert found < 1
    assert [line.partition(":")[0] for line in (first, second, third)] == ["alice-bob"] * 2 + ["carol-dave"]
    for line in (first, second, third):
        found, expected = map(float, re.findall(r"[\d.]+", line))
        assert abs(found - expected) < 4 * sqrt(expected)
    assert refused == "refused while the station was taken: 1"
