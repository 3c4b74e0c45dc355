"""The how-to page on link models: its file runs in a fresh process, and its two levels of detail agree."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.docs.pages import DOCS
from tests.statistics import ROOM, share_of

FILE = DOCS / "how-to" / "files" / "link_model.py"


@pytest.fixture(scope="module")
def lines() -> dict[tuple[str, str], list[float]]:
    """What the file prints, by link model and level of detail."""
    done = subprocess.run([sys.executable, FILE], capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        model, detail, *numbers = line.split()
        found[model, detail] = [float(number) for number in numbers]
    return found


@pytest.mark.parametrize("model", ["drifting-click", "emit-and-absorb"])
@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_each_level_succeeds_as_often_as_calculated(
    lines: dict[tuple[str, str], list[float]], model: str, detail: str
) -> None:
    attempts, heralds, success, *_ = lines[model, detail]
    assert heralds > 3000
    assert share_of(int(heralds), int(attempts), success).sigmas(success) < ROOM


@pytest.mark.parametrize("model", ["drifting-click", "emit-and-absorb"])
def test_both_levels_keep_the_same_time(lines: dict[tuple[str, str], list[float]], model: str) -> None:
    """Attempts are one period apart at both levels; only those cut off by the end differ."""
    assert lines[model, "photon"][0] == pytest.approx(lines[model, "attempt"][0], rel=0.01)


def test_drifting_phases_leave_the_coherence_that_the_profile_states(
    lines: dict[tuple[str, str], list[float]],
) -> None:
    _, heralds, _, fidelity, left = lines["drifting-click", "photon"]
    # The fidelity of one trajectory lies between 0 and 1: its spread is at most sqrt(F(1 - F)).
    assert abs(left - fidelity) < 4.5 * (fidelity * (1 - fidelity) / heralds) ** 0.5
    still = (fidelity - 0.5) / 0.8825 + 0.5
    assert left < still - 0.02


def test_the_page_shows_the_file() -> None:
    text = (DOCS / "how-to" / "link-model.md").read_text(encoding="utf-8")
    assert re.findall(r"```\{literalinclude\} (\S+)", text) == ["files/link_model.py"]
