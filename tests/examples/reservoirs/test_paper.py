"""Experiment `paper`: complete tables, resumed runs, and agreement with a reference run."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from math import sqrt, tanh
from pathlib import Path

import numpy as np
import pandas as pd
import paper
import pytest
from _paper_models import MODELS, TASKS, run_part
from _paper_reference import EPOCHS, REFERENCE, Compared, compare, comparison_text, metric
from paper import run_paper

from qml.cells.bank import draw_bank
from qml.cells.quantum_cells import QRNN
from qml.comparison.score_table import BASELINES, Score
from qml.maps.circuit import CircuitUnits
from qml.reservoir import Reservoir
from qsim.errors import ParameterError

pytest.importorskip("jax")
pytest.importorskip("matplotlib")

QUICK = {"seeds": 2, "trained_seeds": 2, "tasks": ("damped-shm",), "epochs": 2, "workers": 1}
EXAMPLE = Path(__file__).parents[3] / "examples" / "reservoirs" / "paper.py"


def figures(result):
    """Everything that does not depend on the clock."""
    timed = {"seconds": 0.0, "closed_seconds": 0.0, "compile_seconds": 0.0}
    return {key: dataclasses.replace(part, **timed) for key, part in result.parts.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("paper")


@pytest.fixture(scope="module")
def quick(folder):
    told = []
    result = run_paper(**QUICK, out=folder, progress=lambda *what: told.append(what))
    return result, told


def test_table_has_all_models_and_scores(quick):
    frame = quick[0].table.frame()
    assert set(frame["model"]) == set(MODELS) >= set(BASELINES)
    assert len(MODELS) == 9 + 1 + len(BASELINES)
    descended = frame[frame["metric"] == "mse @ 2"].set_index("model")
    assert list(descended.index) == list(MODELS)
    trained = ["QRNN trained", "QLSTM trained", "QGRU trained"]
    assert descended.loc[trained, "trained"].tolist() == [28, 149, 76]
    reservoirs = ["QRNN reservoir", "QLSTM reservoir", "QGRU reservoir", "RNN reservoir", "NVAR"]
    assert descended.loc[reservoirs, "trained"].tolist() == [4, 5, 4, 4, 15]
    assert descended.loc["ESN", "features"] == descended.loc["QRNN reservoir", "features"] == 3
    assert set(frame["model"]) - set(frame[frame["metric"] == "ridge"]["model"]) == set(trained)


def test_progress_tells_of_each_part(quick):
    _, told = quick
    assert [done for done, _, _ in told] == list(range(1, len(MODELS) + 1))
    assert {total for _, total, _ in told} == {len(MODELS)}


def test_files_are_written(quick, folder):
    result, _ = quick
    names = {path.name for path in result.files}
    assert {
        "paper.txt",
        "paper.csv",
        "paper.parquet",
        "paper-comparison.txt",
        "paper-comparison.csv",
    } <= names
    pictures = [path for path in result.files if path.suffix == ".png"]
    assert {path.stem for path in pictures} == {
        "paper-losses", "paper-answers-rnn", "paper-answers-lstm", "paper-answers-gru",
    }  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    assert "the paper's own tables could not be obtained" in (folder / "paper.txt").read_text()
    assert len(pd.read_parquet(folder / "paper.parquet")) == len(result.table.scores)


def test_a_run_takes_up_where_another_stopped(quick, folder, monkeypatch):
    result, _ = quick
    by_model = {json.loads(path.read_text())["model"]: path for path in (folder / "finished").iterdir()}
    by_model["ESN"].unlink()
    by_model["NVAR"].write_text('{"task": "cut')
    ran = []
    monkeypatch.setattr(paper, "run_part", lambda *case: ran.append(case[0]) or run_part(*case))
    again = run_paper(**QUICK, out=folder)
    assert sorted(ran) == ["ESN", "NVAR"]
    assert figures(again) == figures(result)


@pytest.mark.usefixtures("quick")
def test_other_settings_are_not_taken_up(folder, monkeypatch):
    def ask(*case):
        raise LookupError(case[0])

    monkeypatch.setattr(paper, "run_part", ask)
    for other in ({"epochs": 3}, {"scaling": "train"}, {"init": "uniform"}, {"trained_seeds": 1}):
        with pytest.raises(LookupError, match="QLSTM trained"):
            run_paper(**{**QUICK, **other}, out=folder)


def test_a_part_that_fails_leaves_the_finished_ones(quick, tmp_path, monkeypatch):
    result, _ = quick
    stored = {(part.model, part.task): part for part in result.parts.values()}

    def stop(*case):
        if case[0] == "GRU reservoir":
            raise KeyboardInterrupt
        return stored[case[:2]]

    monkeypatch.setattr(paper, "run_part", stop)
    with pytest.raises(KeyboardInterrupt):
        run_paper(**QUICK, out=tmp_path)
    kept = {json.loads(path.read_text())["model"] for path in (tmp_path / "finished").iterdir()}
    assert "QLSTM trained" in kept
    assert "GRU reservoir" not in kept
    assert not (tmp_path / "paper.txt").exists()


def test_same_figures_without_a_folder(quick):
    assert figures(run_paper(**QUICK)) == figures(quick[0])


def test_persistence_and_linear_taps_are_those_of_the_reference_run(quick):
    compared = {(one.score.model, one.score.metric): one for one in quick[0].compared}
    assert compared["persistence", "mse @ 1"].ratio == pytest.approx(1, abs=0.02)
    assert compared["linear taps", "ridge"].ratio == pytest.approx(1, abs=0.02)


def test_distance_is_in_units_of_the_combined_scatter():
    one = Compared(Score("damped-shm", "RNN reservoir", "ridge", (1.0, 2.0, 3.0)), 5.0)
    assert one.ratio == pytest.approx(0.4)
    # Standard deviation 1, three seeds against five.
    assert one.distance == pytest.approx(-3 / sqrt(1 / 3 + 1 / 5))
    trained = Compared(Score("damped-shm", "QRNN trained", "mse @ 100", (1.0, 2.0, 3.0)), 5.0)
    assert trained.distance == pytest.approx(-3 / sqrt(1 / 3 + 1 / 2))
    assert Compared(Score("damped-shm", "persistence", "mse @ 1", (1.0,)), 5.0).distance is None


def test_only_like_is_compared_with_like():
    scores = [
        Score("damped-shm", model, metric(30), (0.1, 0.2))
        for model in ("QRNN reservoir", "QRNN reservoir [x, h]", "QLSTM reservoir", "RNN reservoir", "ESN")
    ]
    found = {one.score.model: one.reference for one in compare(scores, "normal")}
    assert found == {
        "QRNN reservoir": 0.0055,
        "QRNN reservoir [x, h]": 0.0055,
        "QLSTM reservoir": 0.0181,
        "RNN reservoir": 0.0010,
    }
    uniform = {one.score.model: one.reference for one in compare(scores, "uniform")}
    assert uniform == {"QRNN reservoir": 0.0248, "QRNN reservoir [x, h]": 0.0248, "RNN reservoir": 0.0010}
    assert "18.13" not in comparison_text(compare(scores, "normal"))
    assert all(len(known) <= len(EPOCHS) + 1 for known in REFERENCE.values())


def test_circuits_near_zero_angles_pass_the_input_on_from_the_first_wire_alone():
    # With all angles zero two layers are rings of CNOT, which send <Z_0> to <Z_0> and every other <Z_k> to a
    # product with <Z_0>. A hidden number on wire 0 starts at zero, so everything stays at zero.
    units = CircuitUnits(init="normal", scale=0.0)
    windows = np.random.default_rng(3).uniform(-1, 1, (5, 4))
    last = Reservoir(draw_bank(QRNN(units=units), [0])).window_features(windows)
    np.testing.assert_allclose(last, 0.0, atol=1e-15)
    first = Reservoir(draw_bank(QRNN(units=units, input_first=True), [0])).window_features(windows)
    # <Z> after H and RY(arctan x) is -sin(arctan x).
    expected = [tanh(-x / sqrt(1 + x * x)) for x in windows[:, -1]]
    np.testing.assert_allclose(first[:, 0], expected, rtol=0, atol=1e-14)


def test_bad_arguments_are_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(paper, "run_part", lambda *case: pytest.fail(f"ran {case}"))
    for wrong, said in (
        ({"tasks": ("damped",)}, "damped-shm"),
        ({"tasks": ()}, "tasks is empty"),
        ({"epochs": 0}, "epochs"),
        ({"seeds": 0}, "seeds"),
        ({"trained_seeds": 0}, "trained_seeds"),
        ({"workers": 0}, "workers"),
        ({"scaling": "test"}, "scaling"),
        ({"init": "gauss"}, "init"),
        ({"engine": "torch"}, "engine"),
    ):
        with pytest.raises(ParameterError, match=said):
            run_paper(**{**QUICK, **wrong}, out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_example_says_what_is_wrong():
    done = subprocess.run(
        [sys.executable, EXAMPLE, "--scaling", "trian"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_workers_change_nothing(quick, sized):
    sized(None, 2)
    assert figures(run_paper(**{**QUICK, "workers": 2})) == figures(quick[0])


@pytest.mark.slow
def test_agrees_with_the_reference_run(sized):
    """Distances of means over seeds, in combined standard errors; fixed seeds, five units of room.

    Left out, with reasons: the QRNN reservoir with the input on the last wire (the reference run had it on
    the first), the first epoch (it shows the draw of the linear layer), and ridge where its result is set by
    the smallest penalty that is tried (QLSTM; all of NARMA, whose targets vary by a hundredth).
    """
    result = run_paper(seeds=sized(None, 10), trained_seeds=3, tasks=TASKS, workers=2)
    seen = 0
    for one in result.compared:
        score = one.score
        if one.distance is None or score.model == "QRNN reservoir" or score.metric == metric(1):
            continue
        if score.metric == "ridge" and (score.model == "QLSTM reservoir" or score.task.startswith("narma")):
            continue
        seen += 1
        if score.model.endswith("trained"):
            # Two and three seeds of a loss that jumps from epoch to epoch: no more than its magnitude.
            assert 1 / 6 < one.ratio < 6, (score.task, score.model, score.metric, one.ratio)
        else:
            assert abs(one.distance) < 5, (score.task, score.model, score.metric, one.distance)
    assert seen == 60
