"""Tables of scores: intervals, refusals, and files that are complete or not there."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qml.comparison.candidate_models import baselines
from qml.comparison.score_table import BASELINES, Score, ScoreTable
from qsim.errors import ResultError

NUMBERS = st.lists(st.integers(-(10**6), 10**6).map(lambda whole: whole / 1000), min_size=2, max_size=12)


def table(*models: str) -> ScoreTable:
    """One task with these models, each with its own scores."""
    made = ScoreTable("a title", notes=["a note"])
    made.add(
        Score("task", model, "nrmse", (0.1 * number + 1 / 3, 0.7), number, number + 1, 0.5)
        for number, model in enumerate(models)
    )
    return made


@settings(deadline=None)
@given(NUMBERS)
def test_the_interval_is_that_of_students_t(values: list[float]) -> None:
    score = Score("task", "model", "nrmse", tuple(values))
    half = score.half_width
    assert half is not None
    error = stats.sem(values)
    if len(set(values)) == 1:
        assert half == pytest.approx(0, abs=1e-9)
        return
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=error)
    assert score.mean - half == pytest.approx(low, rel=1e-9, abs=1e-9)
    assert score.mean + half == pytest.approx(high, rel=1e-9, abs=1e-9)


def test_a_single_value_has_no_interval() -> None:
    assert Score("task", "model", "nrmse", (0.5,)).half_width is None


def test_the_baselines_of_a_comparison_are_those_that_a_table_asks_for() -> None:
    assert tuple(model.name for model in baselines(96, "input")) == BASELINES


@pytest.mark.parametrize("missing", BASELINES)
def test_a_table_that_lacks_a_baseline_is_not_shown(missing, tmp_path) -> None:
    lacking = table("QRNN", *(name for name in BASELINES if name != missing))
    for show in (lacking.check, lacking.text, lacking.frame, lambda: lacking.write(tmp_path, "table")):
        with pytest.raises(ResultError, match=f"task lacks {missing}"):
            show()
    assert list(tmp_path.iterdir()) == []


def test_every_task_needs_its_own_baselines() -> None:
    two = table("QRNN", *BASELINES)
    two.add([Score("another", "QRNN", "nrmse", (0.5,))])
    with pytest.raises(ResultError, match="another lacks persistence, linear taps, NVAR, ESN, tanh units"):
        two.check()


def test_all_three_files_tell_the_same(tmp_path) -> None:
    written = table("QRNN", *BASELINES)
    files = written.write(tmp_path / "new", "table")
    assert [file.name for file in files] == ["table.txt", "table.csv", "table.parquet"]
    assert files[0].read_text("utf-8") == written.text() + "\n"
    with warnings.catch_warnings():
        # pandas 3 deprecates the argument, which is the default of pandas 4.
        warnings.simplefilter("ignore", DeprecationWarning)
        from_csv = pd.read_csv(files[1], float_precision="round_trip")
    from_parquet = pd.read_parquet(files[2])
    pd.testing.assert_frame_equal(from_parquet, written.frame())
    pd.testing.assert_frame_equal(from_csv, from_parquet, check_exact=True, check_dtype=False)
    values = [tuple(map(float, row.split())) for row in from_csv["values"]]
    assert values == [score.values for score in written.scores]
    assert np.allclose(from_csv["high"] - from_csv["low"], 2 * from_csv["half_width"])


def test_the_text_shows_mean_interval_and_numbers() -> None:
    lines = table("QRNN", *BASELINES).text().splitlines()
    assert lines[0] == "a title"
    assert lines[-1] == "a note"
    assert lines[4].split() == ["task", "QRNN", "0.5", "±", "2.3", "0", "1", "0.5", "2"]


def test_a_disk_that_fails_leaves_the_old_table_and_nothing_half_written(tmp_path, monkeypatch) -> None:
    old = table("QRNN", *BASELINES)
    old.write(tmp_path, "table")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def half_written(_frame, path, **_options):
        path.write_bytes(b"half of")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", half_written)
    with pytest.raises(ResultError, match=r"table\.csv': No space left on device"):
        old.write(tmp_path, "table")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_file_in_the_place_of_the_folder_is_one_sentence(tmp_path) -> None:
    (tmp_path / "taken").write_text("something")
    with pytest.raises(ResultError, match=r"cannot write .*taken"):
        table("QRNN", *BASELINES).write(tmp_path / "taken", "table")
