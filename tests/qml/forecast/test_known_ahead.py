"""What is known of later steps: plans that drive the target, phases of a calendar, and faults about them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qml.forecast.document import load_study
from qml.forecast.evaluation import run_study, series_task
from qml.forecast.known_ahead import direct_inputs
from qsim.errors import ScenarioError

STEPS = 150


def plan(steps: int) -> np.ndarray:
    return np.random.default_rng(8).standard_normal(steps)


@pytest.fixture
def driven(tmp_path: Path) -> Path:
    """A load that follows a plan of the same step, which nobody could guess; the plan of 5 more steps."""
    rng = np.random.default_rng(9)
    load = 10 + 2 * plan(STEPS + 5)[:STEPS] + 0.02 * rng.standard_normal(STEPS)
    rows = (f"{value},{wanted}" for value, wanted in zip(load, plan(STEPS + 5), strict=False))
    (tmp_path / "load.csv").write_text("\n".join(["load,plan", *rows]) + "\n")
    later = plan(STEPS + 5)[STEPS:]
    (tmp_path / "next.csv").write_text("\n".join(["plan", *map(str, later)]) + "\n")
    file = tmp_path / "study.yaml"
    file.write_text(
        "data: {file: load.csv, known: [plan], future: next.csv}\n"
        "models: [esn]\nfeatures: 8\nseeds: 1\nengine: {backend: numpy}\ntransforms: [difference]\n"
    )
    return file


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_plan_is_read_off_at_the_step_that_is_forecast(driven: Path, horizon: int) -> None:
    study = load_study(driven, [f"data.horizon={horizon}"])
    assert study.series is not None
    assert study.series.columns == ("load",)
    task = series_task(study)
    assert task.direct == 2
    np.testing.assert_array_equal(task.inputs[:, 1], plan(STEPS + 5)[horizon:STEPS])
    np.testing.assert_array_equal(task.inputs[:, 2], plan(STEPS + 5)[: STEPS - horizon])
    found = {one.model: one.mean for one in run_study(study).table.scores if one.metric == "nrmse"}
    assert found["persistence"] > 1
    assert max(found["esn"], found["linear taps"], found["ESN"]) < 0.1


def test_forecasts_follow_the_plan_behind_the_end(driven: Path) -> None:
    outcome = run_study(load_study(driven, ["ahead=5", "backtest={origins: 12}"]))
    found = {one.model: one for one in outcome.forecasts}
    truth = 10 + 2 * plan(STEPS + 5)[STEPS:]
    for name in ("esn", "linear taps"):
        np.testing.assert_allclose(found[name].mean, truth, atol=0.5)
        assert found[name].backtest.rmse.max() < 0.3
    assert np.std(found["persistence"].mean - truth) > 0.5


def test_phases_of_the_calendar() -> None:
    rows = direct_inputs(np.empty((9, 0)), [4, 2], 9, 1)
    assert rows.shape == (9, 3)
    np.testing.assert_allclose(
        rows[:5], [[1, 0, 1], [0, 1, -1], [-1, 0, 1], [0, -1, -1], [1, 0, 1]], atol=1e-15
    )
    assert direct_inputs(np.empty((9, 0)), [], 9, 1).shape == (9, 0)


def test_a_calendar_helps_where_the_past_does_not_tell(study: Path) -> None:
    read = load_study(study, ["data.calendar=[24]", "models=[]", "seeds=1"])
    assert series_task(read).direct == 2
    assert {score.model for score in run_study(read).table.scores} >= {"linear taps", "ESN"}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("data.known=[plam]", r"no column 'plam' .*plan"),
        ("data.known=[plan, load]", "all columns are known ahead"),
        ("data.target=plan", "data.known: the target 'plan' cannot be known ahead"),
        ("data.future=load.csv", None),
        ("data.future=none.csv", "none.csv: no such file"),
        ("ahead=6", "data.future: .*next.csv: has 5 rows, fewer than the 6 steps `ahead`"),
        ("data.calendar=[1]", r"data.calendar\[0\]: must be in \[2, inf\), got 1"),
        ("transforms=[root]", r"transforms\[0\]"),
    ],
)
def test_faults(driven: Path, override: str, message: str | None) -> None:
    wanted = [override] if "ahead" in override else [override, "ahead=3"]
    if message is None:
        assert load_study(driven, wanted).known.shape == (STEPS + 3, 1)
        return
    with pytest.raises(ScenarioError, match=message):
        load_study(driven, wanted)


def test_no_future_is_a_fault_where_it_is_needed(driven: Path) -> None:
    driven.write_text(driven.read_text().replace(", future: next.csv", ""))
    assert load_study(driven).known.shape == (STEPS, 1)
    with pytest.raises(ScenarioError, match=r"needed for the 3 steps behind the end: .* under `future`"):
        load_study(driven, ["ahead=3"])


def test_60_points_suffice_for_the_default_split(tmp_path: Path) -> None:
    values = np.exp(0.02 * np.arange(60) + 0.2 * np.sin(np.arange(60)))
    (tmp_path / "short.csv").write_text("\n".join(["sales", *map(str, values)]) + "\n")
    file = tmp_path / "study.yaml"
    file.write_text(
        "data: {file: short.csv, season: 12}\nmodels: [esn]\nseeds: 1\nengine: {backend: numpy}\n"
    )
    scores = {
        one.model: one.mean for one in run_study(load_study(file)).table.scores if one.metric == "nrmse"
    }
    assert scores["esn"] < scores["persistence"]
