"""``qsim forecast`` from the file to the tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qml.baselines import LinearTaps
from qml.comparison import compare as comparing
from qml.comparison.score_table import BASELINES
from qml.forecast.document import load_study
from qml.forecast.evaluation import run_study, series_task
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qml.scores import mse, nrmse
from qsim.cli import main
from tests.qml.forecast.conftest import STATISTICAL, load
from tests.report.reading import Document


def scores(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["model"], row["metric"]): row for row in json.loads(text)["scores"]}


def test_scores_are_those_of_the_last_part(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", str(study), "--json"]) == 0
    found = scores(capsys.readouterr().out)
    assert {model for model, _ in found} == {"QRNN ensemble", *BASELINES, *STATISTICAL}
    values = load()
    # 259 pairs, 20 of washout; a quarter of the rest is scored.
    test = slice(259 - int(239 * 0.25), 259)
    assert found["persistence", "mse"]["mean"] == pytest.approx(mse(values[1:][test], values[:-1][test]))
    assert found["persistence", "nrmse"]["mean"] == pytest.approx(nrmse(values[1:][test], values[:-1][test]))
    assert found["QRNN ensemble", "nrmse"]["n"] == 2
    assert found["linear taps", "nrmse"]["n"] == 1
    assert found["linear taps", "nrmse"]["half_width"] is None
    assert isinstance(found["ESN", "nrmse"]["features"], int)


@pytest.mark.parametrize("horizon", [1, 7, 12, 30])
def test_seasonal_persistence_is_a_baseline_where_a_season_is_given(study: Path, horizon: int) -> None:
    settings = [
        f"data={{file: load.csv, columns: [load], season: 12, horizon: {horizon}}}",
        "seeds=1",
        "models=[]",
    ]
    task = series_task(load_study(study, settings))
    found = {
        score.model: score
        for score in run_study(load_study(study, settings)).table.scores
        if score.metric == "mse"
    }
    values, tested = load(), np.arange(260 - task.test, 260)
    seasons = -(-horizon // 12) * 12
    assert found["seasonal persistence"].mean == pytest.approx(mse(values[tested], values[tested - seasons]))


def test_a_season_longer_than_the_series_is_left_out(study: Path) -> None:
    table = run_study(load_study(study, ["data.season=250", "seeds=1", "models=[]"])).table
    assert "seasonal persistence" not in {score.model for score in table.scores}
    assert any(
        "the baseline seasonal persistence is left out: a season of 250 steps" in one for one in table.notes
    )


def test_linear_taps_as_done_by_hand(study: Path) -> None:
    read = load_study(study, ["models=[qrnn]", "seeds=1"])
    found = {score.model: score for score in run_study(read).table.scores if score.metric == "mse"}
    task = series_task(read)
    inputs = Scaler().fit(task.inputs[: task.train_part.stop]).transform(task.inputs)
    errors = []
    for lags in (20, 10, 5):
        features = LinearTaps(lags).features(inputs)
        readout = RidgeReadout(per_target=True).fit(
            features[task.train_part],
            task.targets[task.train_part],
            validation=(features[task.validation_part], task.targets[task.validation_part]),
        )
        answers = readout.predict(features[task.test_part])
        errors.append((readout.path_.min(), mse(task.targets[task.test_part], answers)))
    assert found["linear taps"].mean == pytest.approx(min(errors)[1], rel=1e-9)


def test_tables_are_stored_and_finished_work_is_not_done_again(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert main(["forecast", str(study), "--set", "ahead=3", "--out", str(out)]) == 0
    first = capsys.readouterr()
    assert f"stored in {out}" in first.err
    assert {path.name for path in out.iterdir()} == {
        "scores.txt", "scores.csv", "scores.parquet", "forecast.csv", "forecast.parquet", "forecast.png",
        "study.json", "finished",
    }  # fmt: skip
    assert (out / "scores.txt").read_text() in first.out
    stored = pd.read_parquet(out / "scores.parquet")
    pd.testing.assert_frame_equal(stored, pd.read_csv(out / "scores.csv"), check_dtype=False)
    forecast = pd.read_csv(out / "forecast.csv")
    assert list(dict.fromkeys(forecast["model"])) == ["QRNN ensemble", *BASELINES, *STATISTICAL]
    assert forecast["step"].tolist() == [1, 2, 3] * (1 + len(BASELINES) + len(STATISTICAL))
    assert np.all((forecast["low"] < forecast["mean"]) & (forecast["mean"] < forecast["high"]))
    assert forecast["mean"].between(load().min(), load().max()).all()
    assert json.loads((out / "study.json").read_text())["overrides"] == ["ahead=3"]
    assert main(["report", str(out), "--out", str(tmp_path / "page.html")]) == 0
    page = Document((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert [len(table["rows"]) for table in page.data["tables"]] == [len(forecast), len(stored)]
    assert page.all("img")[0].attributes["src"].startswith("data:image/png;base64,")
    capsys.readouterr()

    def never(*_: object) -> None:
        raise AssertionError("a finished piece was run again")

    monkeypatch.setattr(comparing._Piece, "run", never)
    assert main(["forecast", str(study), "--out", str(out)]) == 0
    table = first.out.partition("\n\nForecast beyond")[0]
    assert capsys.readouterr().out.startswith(table)


def test_an_interrupted_study_keeps_what_was_finished(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, run, done = tmp_path / "out", comparing._Piece.run, []

    def until_the_fourth(piece: Any) -> Any:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(piece.key)
        return run(piece)

    monkeypatch.setattr(comparing._Piece, "run", until_the_fourth)
    assert main(["forecast", str(study), "--out", str(out)]) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "interrupted; the same command goes on from here\n")
    assert {path.stem for path in (out / "finished").iterdir()} == set(done)
    assert [path.name for path in out.iterdir()] == ["finished"]

    def note(piece: Any) -> Any:
        assert piece.key not in done
        return run(piece)

    monkeypatch.setattr(comparing._Piece, "run", note)
    assert main(["forecast", str(study), "--out", str(out)]) == 0


def test_workers_do_not_change_a_bit(study: Path) -> None:
    read = load_study(study, ["models=[qrnn]"])
    alone, together = (run_study(read, workers=workers).table for workers in (1, 2))
    assert [score.values for score in alone.scores] == [score.values for score in together.scores]


@pytest.mark.parametrize("model", ["qrnn", "qlstm", "qgru", "qrnn-ensemble"])
def test_series_of_several_channels(model: str, study: Path) -> None:
    read = load_study(
        study, ["data.columns=[hour, load]", "data.target=load", f"models=[{model}]", "seeds=1"]
    )
    found = {score.model: score.mean for score in run_study(read).table.scores if score.metric == "nrmse"}
    # The column that is forecast stands first, whatever the order in the file.
    values = load()
    test = slice(259 - int(239 * 0.25), 259)
    assert found["persistence"] == pytest.approx(nrmse(values[1:][test], values[:-1][test]))
    assert all(np.isfinite(value) for value in found.values())


def test_a_seed_is_the_same_whatever_comes_before_it(study: Path) -> None:
    shots = ["models=[qrnn]", "engine={shots: 20}", "features=10"]
    both, second = (
        {score.model: score.values for score in run_study(load_study(study, [*shots, *seeds])).table.scores}
        for seeds in (["seed=0", "seeds=2"], ["seed=1", "seeds=1"])
    )
    assert both["QRNN"][1:] == second["QRNN"]
    assert both["tanh units"][1:] == second["tanh units"]


def test_no_target_of_a_fit_lies_beyond_where_it_is_judged(study: Path) -> None:
    task = series_task(load_study(study, ["data.horizon=7"]))
    for before, after in ((task.train_part, task.validation_part), (task.fit_part, task.test_part)):
        # The last target that is fitted is known when the first answer that is judged is given.
        assert before.stop - 1 + 7 <= after.start


def test_an_earlier_forecast_does_not_stay_beside_new_scores(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["forecast", str(study), "-q", "--set", "ahead=2", "--out", str(out)]) == 0
    assert main(["forecast", str(study), "-q", "--out", str(out)]) == 0
    assert not list(out.glob("forecast.*"))


def test_a_study_interrupted_while_it_was_stored_goes_on(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "finished").mkdir(parents=True)
    (out / "scores.txt").write_text("half")
    assert main(["forecast", str(study), "-q", "--out", str(out)]) == 0


def test_a_named_task(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study.write_text("{task: narma-2, models: [qgru], features: 20, seeds: 1, engine: {backend: numpy}}")
    assert main(["forecast", str(study), "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert "QGRU" in out
    assert all(name in out for name in BASELINES)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("engine={engine: qnode, device: default.qbit}", "PennyLane knows no device 'default.qbit'"),
        ("data.file=none.csv", "none.csv: no such file"),
    ],
)
def test_what_cannot_run_ends_with_2_and_one_sentence(
    study: Path, tmp_path: Path, settings: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["forecast", str(study), "--set", settings, "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert "Traceback" not in said.err
    assert not out.exists()


def test_a_folder_with_other_things_is_left_alone(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("everything")
    assert main(["forecast", str(study), "--out", str(other)]) == 2
    assert "the directory holds other things" in capsys.readouterr().err
    assert main(["forecast", str(study), "--out", str(study)]) == 2
    assert "it is a file, not a directory" in capsys.readouterr().err
    assert [path.name for path in other.iterdir()] == ["thesis.tex"]
