"""Experiment `standard`: complete tables, figures, and a second run that computes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from _score_figures import Curve, Panel, curve_figure
from standard import BENCHMARKS, LENGTHS, TASKS, run_standard

from qml.comparison.score_table import BASELINES, Score
from qsim.errors import ParameterError, ResultError

pytest.importorskip("matplotlib")

QUICK = {"tasks": ("narma-10", "memory"), "workers": 1, "quick": True}
EXAMPLES = Path(__file__).parents[3] / "examples" / "reservoirs"
PNG = b"\x89PNG\r\n\x1a\n"
SINGLES = {"QRNN", "QLSTM", "QGRU"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("standard")


@pytest.fixture(scope="module")
def report(folder):
    return run_standard(seeds=2, out=folder, **QUICK)


def test_every_part_has_all_models(report) -> None:
    frame = report.tables["standard"].frame()
    for _, part in frame.groupby("task"):
        assert set(part["model"]) == {"QRNN ensemble", *SINGLES, *BASELINES}
    assert list(dict.fromkeys(frame["task"])) == [
        "NARMA-10 (up to 12 features)",
        "NARMA-10 (up to 24 features)",
    ]
    assert set(frame["n"]) == {2}
    assert (frame["seconds"] > 0).all()


def test_no_model_has_more_features_than_its_part_allows(report) -> None:
    for table in report.tables.values():
        for score in table.scores:
            allowed = int(score.task.split("up to ")[1].split()[0])
            if score.features is None:
                assert score.model == "persistence"
            elif score.model not in SINGLES:
                assert score.features <= allowed


def test_single_cells_are_the_same_in_every_part(report) -> None:
    by_part = {}
    for score in report.tables["standard"].scores:
        if score.model in SINGLES:
            by_part.setdefault(score.task, []).append((score.model, score.values))
    first, second = by_part.values()
    assert first == second


def test_a_delay_line_holds_what_it_is_long(report) -> None:
    # Taps of u_t to u_{t-n+1} hold delays of 1 to n - 1 and nothing else: the inputs are independent. The
    # 40 - (n - 1) other delays, over 200 steps and two seeds, have a standard error below 0.05.
    for score in report.tables["standard_memory"].scores:
        if score.model == "linear taps":
            assert score.mean == pytest.approx(score.features - 1, abs=0.3)


def test_numbers_of_trained_parameters_follow_from_features_and_outputs(report) -> None:
    for name, outputs in (("standard", 1), ("standard_memory", 40)):
        for score in report.tables[name].scores:
            expected = 0 if score.features is None else outputs * (score.features + 1)
            assert score.trained == expected


def test_files_are_complete_and_only_finished_pieces_lie_beside_them(report, folder) -> None:
    assert {file.name for file in report.files} == {
        f"{name}.{suffix}" for name in report.tables for suffix in ("txt", "csv", "parquet", "png")
    }
    assert {path.name for path in folder.iterdir()} == {*(file.name for file in report.files), "finished"}
    assert {path.suffix for path in (folder / "finished").iterdir()} == {".json"}
    for file in report.files:
        if file.suffix == ".png":
            assert file.read_bytes().startswith(PNG)
            assert file.stat().st_size > 10_000
    pd.testing.assert_frame_equal(
        pd.read_parquet(folder / "standard.parquet"), report.tables["standard"].frame()
    )


def test_a_second_run_computes_nothing_and_says_the_same(report, folder) -> None:
    told = []
    again = run_standard(seeds=2, out=folder, progress=lambda *what: told.append(what), **QUICK)
    assert told == []
    assert again.text() == report.text()


def test_the_text_says_how_long_the_parts_of_a_series_are(report) -> None:
    text = report.tables["standard"].text()
    assert "on 100 validation\n" in text
    assert "fitted to 400 steps and scored on the next 200" in text
    assert sum(LENGTHS.values()) == 3200


def test_the_foot_tells_differences_on_the_same_series_and_the_settings(report) -> None:
    table = report.tables["standard"]
    first, second = (
        next(score.values for score in table.scores if score.model == name)
        for name in ("QRNN ensemble", "tanh units")
    )
    mean = np.mean(np.subtract(first, second))
    part = "QRNN ensemble less tanh units on the same series, NARMA-10 (up to 12 features)"
    assert f"{part}: {mean:+.2g} ± " in table.text()
    assert "ESN 20, tanh units 12, QRNN 6" in table.text()


def test_tasks_are_what_they_are_called() -> None:
    task = BENCHMARKS["mackey-glass"].drawn(LENGTHS)(1)
    assert np.array_equal(task.targets[:-84], task.inputs[84:])
    assert {BENCHMARKS[name].metric for name in TASKS} == {"nrmse", "memory capacity"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tasks": ["narma10"]}, r"unknown task 'narma10' \(did you mean 'narma-10'\?\)"),
        ({"budgets": [96, 5]}, "`budgets` must be a whole number of at least"),
        ({"tasks": ()}, "`tasks` is empty"),
        ({"budgets": ()}, "`budgets` is empty"),
        ({"seeds": 0}, "`seeds` must be a whole number of at least 1"),
        ({"workers": 0}, "`workers` must be a whole number of at least 1"),
    ],
)
def test_wrong_numbers_are_refused_before_anything_runs(arguments, message) -> None:
    with pytest.raises(ParameterError, match=message):
        run_standard(progress=lambda *_: pytest.fail("something ran"), **arguments)


def test_a_curve_with_intervals_below_zero_can_be_drawn(tmp_path) -> None:
    points = {x: Score("task", "model", "nrmse", (0.1 * x, 1e-6)) for x in (1.0, 10.0)}
    panel = Panel("a task", "nrmse", [Curve("a model", points)], [Score("task", "ESN", "nrmse", (0.5, 0.6))])
    file = curve_figure([panel], tmp_path / "new" / "curve.png", "a title", "a number")
    assert file.read_bytes().startswith(PNG)
    (tmp_path / "taken").write_text("something")
    with pytest.raises(ResultError, match="taken"):
        curve_figure([panel], tmp_path / "taken" / "curve.png", "a title", "a number")


@pytest.mark.parametrize("script", ["standard", "noise"])
def test_examples_explain_themselves_and_refuse_nonsense(script, tmp_path) -> None:
    def run(*arguments):
        command = [sys.executable, EXAMPLES / f"{script}.py", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    shown = run("--help")
    assert shown.returncode == 0
    assert "--out DIR" in shown.stdout
    assert "--quick" in shown.stdout
    refused = run("--seeds", "0")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == ["error: `seeds` must be a whole number of at least 1, not 0"]
    assert list(tmp_path.iterdir()) == []
