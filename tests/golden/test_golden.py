"""The golden runs give the same bits in a fresh process, and differences between runs are told by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.golden import __main__ as golden
from tests.golden.digests import TABLES, TraceDigest, columns, exact

ROOT = Path(__file__).parents[2]


def test_every_run_is_as_it_was() -> None:
    # Another order of sets and mappings in every process, and the linear algebra of an old processor: nothing
    # may hang on them.
    environment = {**os.environ, "PYTHONHASHSEED": "random", "OPENBLAS_CORETYPE": "Nehalem"}
    command = [sys.executable, "-m", "tests.golden"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nsee tests/golden/__main__.py"


def test_enough_is_kept() -> None:
    kept = golden.read()
    assert len(kept["runs"]) >= 40
    assert set(kept["versions"]) == {"numpy", "python", "machine"}
    assert {key for run in kept["runs"].values() for key in run} >= {*TABLES, "fingerprint", "trace"}
    assert not any("without trace" in run for run in kept["runs"].values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1 + 0.2, 0.3),
        (0.0, -0.0),
        (1, 1.0),
        (1, True),
        (None, float("nan")),
        ("1", 1),
        (("a", "b"), ("a,b",)),
        ({"a": 1}, {"b": 1}),
    ],
)
def test_exact_text_differs_with_the_value(one: Any, other: Any) -> None:
    assert exact(one) != exact(other)


def test_new_names_in_a_trace_leave_its_times_as_they_are() -> None:
    first, second = TraceDigest(), TraceDigest()
    first.emit(5, "pair_heralded", "a-b", pair=1)
    second.emit(5, "pair_made", "a-b", pair=1)
    assert first.record()["trace"] != second.record()["trace"]
    assert first.record()["trace times"] == second.record()["trace times"]


def test_a_difference_is_told_by_run_table_and_column() -> None:
    kept = golden.read()
    name = next(name for name, run in kept["runs"].items() if "pairs" in run)
    now = json.loads(json.dumps(kept["runs"]))
    count, first, *rest = now[name]["pairs"].split()
    now[name]["pairs"] = " ".join([count, f"{int(first, 16) ^ 1:08x}", *rest])
    now[name]["trace"] = "another"
    assert golden.compare(kept, kept["runs"]) == []
    assert golden.compare(kept, now) == [f"{name}: pairs ({columns('pairs')[0]}), trace"]
    del now[name]
    assert golden.compare(kept, now) == [f"{name}: is gone"]
