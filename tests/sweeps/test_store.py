"""The directory of a sweep by itself: what it takes, what it refuses, and what it says to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from qsim.errors import ResultError
from qsim.sweeps.plan import PlannedRun, Point
from qsim.sweeps.store import FAILED, PLAN, RUNS, Store
from qsim.sweeps.work import Outcome


def run(key: str = "abc") -> PlannedRun:
    return PlannedRun(Point(0, {"links[0].length": 5000.0}, "{}"), 2, 9, key, 1)


def test_a_directory_of_other_things_is_refused_unless_it_is_forced(tmp_path: Path) -> None:
    Store(tmp_path / "new").check()
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ResultError, match="holds other things"):
        Store(tmp_path).check()
    Store(tmp_path).check(force=True)


def test_the_error_of_a_failed_run_is_kept_in_the_words_of_its_author(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(run(), Outcome("abc", None, error="Länge fehlt", traceback="in grün.py\nline 3"))
    text = (tmp_path / FAILED / "abc.json").read_text(encoding="utf-8")
    assert '"error": "Länge fehlt"' in text
    assert text.endswith("}\n")
    assert store.failure("abc") == ("Länge fehlt", "in grün.py\nline 3")
    assert store.failure("abd") is None


def test_a_run_that_finishes_after_all_is_no_failure_any_more(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(run(), Outcome("abc", None, error="no memory"))
    store.keep(run(), Outcome("abc", None, archive=b"packed"))
    store.keep(run("abd"), Outcome("abd", None, archive=b"packed too"))
    assert store.failure("abc") is None
    assert (tmp_path / RUNS / "abd.zip").read_bytes() == b"packed too"
    assert store.read("abe") is None


def test_a_plan_is_kept_in_the_words_of_its_author_and_in_numbers_that_any_reader_knows(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    store.write_plan({"name": "Länge"})
    before = (tmp_path / PLAN.file).read_text(encoding="utf-8")
    assert '"name": "Länge"' in before
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_plan({"name": "Länge", "points": [float("nan")]})
    assert (tmp_path / PLAN.file).read_text(encoding="utf-8") == before
