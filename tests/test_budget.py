"""The statistical budget: what is entered, what is summed over workers, what fails, and what is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from math import erfc, sqrt
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from qsim.scenario import from_document
from tests import statistics
from tests.budget import BUDGET
from tests.statistics import FALSE_ALARM, LEDGER, ROOM, mean_of, seen

ROOT = Path(__file__).parents[1]
CONFTEST = "from tests.conftest import pytest_configure\n"
CHECKS = """
import pytest
from tests import statistics

statistics.FALSE_ALARM = statistics.Level({rate})

@pytest.mark.parametrize("number", range(4))
def test_a_check(number):
    assert 0.5 > statistics.FALSE_ALARM

def test_no_check():
    assert 0.5 > 0.1
"""


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the comparisons of a test enter, kept out of the ledger of the session."""
    rates: list[float] = []
    monkeypatch.setattr(statistics, "_enter", rates.append)
    return rates


def test_checks_are_entered_and_comparisons_the_other_way_are_not(spent: list[float]) -> None:
    rate, near, far = erfc(float(ROOM) / sqrt(2)), 0.1, 7.0
    assert near < ROOM
    assert np.float64(near) < 2 * ROOM * np.float64(0.1)
    assert near < ROOM / np.sqrt(100)
    assert not far < ROOM
    assert spent == [rate] * 4
    assert far > ROOM
    assert spent == [rate] * 4
    assert np.float64(near) > FALSE_ALARM
    assert near > FALSE_ALARM
    assert spent[4:] == [float(FALSE_ALARM)] * 2
    assert np.float64(0) < FALSE_ALARM
    assert len(spent) == 6


def test_the_ledger_knows_the_test() -> None:
    before, measured = sum(LEDGER.values()), 1.0
    assert measured < ROOM
    name = "tests/test_budget.py::test_the_ledger_knows_the_test"
    assert LEDGER[name] == ROOM.rate == pytest.approx(sum(LEDGER.values()) - before, rel=1e-3)


def test_thousands_of_checks_are_within_the_budget() -> None:
    assert 5000 * max(ROOM.rate, float(FALSE_ALARM)) <= BUDGET


@pytest.mark.parametrize(("rate", "workers", "code"), [(2e-7, 0, 0), (3e-7, 2, 1)])
def test_a_session_over_its_budget_fails(tmp_path: Path, rate: float, workers: int, code: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_sample.py").write_text(CHECKS.format(rate=rate))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(workers),
        "-p",
        "no:cacheprovider",
        str(tmp_path),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "5 passed" in done.stdout
    assert f"at most {4 * rate:.1e} for the statistical checks of 4 tests" in done.stdout
    assert ("statistical budget exceeded" in done.stdout) == (code == 1)
    assert done.returncode == code


def test_ci_draws_the_same_examples_every_time() -> None:
    assert hypothesis.settings().derandomize == bool(os.environ.get("CI"))


#: Heralds in which a fault of 2 % in a link's rate is seen with a probability of 99 %.
HERALDS = 200_000


def attempts_per_herald(seed: int, fault: float = 1.0) -> tuple[float, statistics.Estimate]:
    """What a link promises and what it does when its chance of success is off by a factor."""
    document = {"nodes": ["a", "b"], "links": [{"between": ["a", "b"], "length": "20 km"}]}
    (link,) = from_document({"run": {"duration": 1}, **document}).engine(seed=seed).links
    known = link.profile
    promised = 1 / known.success
    link._worked = link.worked._replace(profile=replace(known, success=known.success * fault))
    return promised, mean_of([1 + link.draw_failures()[0] for _ in range(HERALDS)])


@pytest.mark.parametrize("fault", [0.98, 1.02])
def test_a_shift_of_two_per_cent_in_a_rate_is_seen(fault: float) -> None:
    for seed in range(6):
        promised, found = attempts_per_herald(seed)
        assert found.sigmas(promised) < ROOM
        # The normal law promises 99 %; were it nine in ten, all twelve would be seen three times in ten.
        assert seen(promised * abs(1 - 1 / fault), found.error) > 0.99
        promised, found = attempts_per_herald(seed, fault)
        assert found.sigmas(promised) > ROOM
