"""Instructions are counted alike every time, and a run that takes more than is stored is noticed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from tests.benchmarks.conftest import BENCHMARKS

Script = Callable[[str], ModuleType]


def test_the_fixed_runs_take_no_more_instructions_than_are_stored(script: Script) -> None:
    instructions = script("instructions")
    if not instructions.stored(instructions.PYTHON):
        pytest.skip(f"no counts are stored for Python {instructions.PYTHON}")
    command = [sys.executable, str(BENCHMARKS / "instructions.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"{done.stdout}\nmade slower on purpose? instructions.py --renew, and say why"
    )


def test_counts_are_stored_for_every_run(script: Script) -> None:
    instructions = script("instructions")
    assert set(instructions.stored("3.11")) == set(instructions.SCENARIOS)


def test_two_counts_agree(script: Script) -> None:
    instructions = script("instructions")
    first, second = (instructions.byte_codes("photon") for _ in range(2))
    # Exact in fresh processes; in this one caches and the collector of garbage have a say.
    assert first == pytest.approx(second, rel=0.005)
    assert first > 100_000


@pytest.mark.parametrize(("ratio", "noticed"), [(0.5, False), (1.02, False), (1.04, True)])
def test_more_than_three_per_cent_is_noticed(
    script: Script, monkeypatch: pytest.MonkeyPatch, ratio: float, noticed: bool
) -> None:
    instructions, harness = script("instructions"), script("_harness")
    monkeypatch.setattr(instructions, "stored", lambda _: dict.fromkeys(instructions.SCENARIOS, 100_000))
    monkeypatch.setattr(instructions, "fresh_count", lambda *_, **__: round(ratio * 100_000))
    options = argparse.Namespace(quick=False, callgrind=False, renew=False, check=True)
    if noticed:
        with pytest.raises(SystemExit, match="1"):
            instructions.fill(harness.Report("Instructions"), options)
    else:
        instructions.fill(harness.Report("Instructions"), options)
