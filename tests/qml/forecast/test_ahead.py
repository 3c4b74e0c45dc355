"""Forecasts beyond the end: with all baselines, from rolling origins, in intervals that hold their word."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qml.baselines import LinearTaps
from qml.comparison.candidate_models import PersistenceModel, SeasonalPersistence
from qml.comparison.compare import ReadoutModel
from qml.comparison.score_table import BASELINES
from qml.forecast.ahead import Plan, forecasts
from qml.forecast.document import BacktestSpec, origins_of
from qml.presets import echo_state
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qml.tasks import SeriesTask, forecast_pairs
from qml.tasks.mackey_glass import MackeyGlass
from qsim.cli import main
from tests.qml.forecast.conftest import STATISTICAL, load

Array = np.ndarray


def task_of(values: Array, lengths: tuple[int, int, int, int]) -> SeriesTask:
    inputs, later = forecast_pairs(values, 1)
    return SeriesTask("one", inputs, later[:, :1], *lengths)


def taps(lags: int) -> ReadoutModel:
    return ReadoutModel("taps", lambda _seed, channels: [LinearTaps(lags, channels=channels)], True)


def test_no_forecast_without_its_baselines(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", str(study), "--json", "--set", "ahead=4", "--set", "seeds=1"]) == 0
    found = {one["model"]: one for one in json.loads(capsys.readouterr().out)["forecast"]}
    assert set(found) == {"QRNN ensemble", *BASELINES, *STATISTICAL}
    assert found["persistence"]["mean"] == [pytest.approx(load()[-1])] * 4
    for one in found.values():
        assert all(
            low < mean < high for low, mean, high in zip(one["low"], one["mean"], one["high"], strict=True)
        )
        assert one["backtest"]["origins"] == list(range(217, 257))


def test_persistence_and_taps_from_rolling_origins_as_done_by_hand() -> None:
    values = load(160)[:, None]
    task = task_of(values, (10, 80, 29, 40))
    origins = origins_of(160, 40, 3, BacktestSpec(origins=6, step=4))
    assert origins == (137, 141, 145, 149, 153, 157)
    plan = Plan(3, 10, origins, 0.9)
    persistence, linear = forecasts([PersistenceModel(), taps(5)], task, values, plan, [0, 1])
    assert persistence.values.tolist() == [[values[-1, 0]] * 3]
    np.testing.assert_allclose(
        persistence.backtest.answers, np.repeat(values[[o - 1 for o in origins]], 3, 1)
    )
    np.testing.assert_array_equal(
        persistence.backtest.truth, [values[origin : origin + 3, 0] for origin in origins]
    )
    # The readout knows the steps before the first origin and no later one.
    scaler = Scaler().fit(values[:137])
    scaled = scaler.transform(values)[:, 0]
    rows = np.array([scaled[t - 4 : t + 1][::-1] for t in range(10, 136)])
    readout = RidgeReadout(per_target=True).fit(rows, scaled[11:137])
    for origin, answers in zip(origins, linear.backtest.answers, strict=True):
        known = list(scaled[:origin])
        for _ in range(3):
            known.append(float(readout.predict(np.array(known[-5:])[None, ::-1])[0]))
        np.testing.assert_allclose(scaler.inverse(np.array(known[-3:])[:, None])[:, 0], answers, rtol=1e-7)


def test_nothing_later_is_looked_at() -> None:
    values = load(160)[:, None]
    plan = Plan(3, 10, (130, 140, 150), 0.9)
    changed = values.copy()
    changed[140:] += 5.0
    before, after = (
        forecasts([taps(5)], task_of(values, (10, 80, 29, 40)), given, plan, [0])[0].backtest.answers
        for given in (values, changed)
    )
    np.testing.assert_array_equal(before[:2], after[:2])
    assert not np.array_equal(before[2], after[2])


def test_a_reservoir_goes_on_as_if_it_had_seen_all_at_once() -> None:
    values = load(120)[:, None]
    task = task_of(values, (10, 60, 19, 30))
    esn = ReadoutModel("esn", lambda seed, channels: [echo_state(15, seed, channels=channels)])
    plan = Plan(2, 10, (95, 100, 111), 0.9)
    (both,) = forecasts([esn], task, values, plan, [0, 1])
    (alone,) = forecasts([esn], task, values, plan, [0])
    assert both.values.shape == (2, 2)
    np.testing.assert_array_equal(alone.values[0], both.values[0])
    # The first answer of each origin is the readout's, on features of all that was known.
    source, scaler = echo_state(15, 0), Scaler().fit(values[:95])
    scaled = scaler.transform(values)
    features = source.features(scaled)
    readout = RidgeReadout(per_target=True).fit(features[10:94], scaled[11:95])
    expected = scaler.inverse(readout.predict(features[[94, 99, 110]]))[:, 0]
    np.testing.assert_allclose(alone.backtest.answers[:, 0], expected, rtol=1e-9)


def test_last_season_from_rolling_origins() -> None:
    values = np.tile(np.arange(12.0), 15)[:, None] + 0.01 * np.arange(180)[:, None]
    plan = Plan(15, 10, (150, 157, 165), 0.9)
    task = task_of(values, (10, 100, 29, 40))
    (found,) = forecasts([SeasonalPersistence(12, 1)], task, values, plan, [0, 1])
    # Off by the trend of one season, and of two beyond it.
    off = np.where(np.arange(15) < 12, 0.12, 0.24)
    np.testing.assert_allclose(found.backtest.truth - found.backtest.answers, np.tile(off, (3, 1)))
    np.testing.assert_allclose(found.mean, np.resize(values[-12:, 0], 15))


def _series(name: str) -> Array:
    rng, steps = np.random.default_rng(7), 900
    time = np.arange(steps)
    if name == "autoregression":
        found = np.zeros(steps)
        for t in range(2, steps):
            found[t] = 0.6 * found[t - 1] + 0.3 * found[t - 2] + rng.standard_normal()
        return found
    if name == "seasons":
        return 10 + 3 * np.sin(time * np.pi / 6) + 0.01 * time + 0.5 * rng.standard_normal(steps)
    if name == "heavy tails":
        return np.sin(time / 5) + 0.2 * rng.standard_t(3, steps)
    if name == "walk":
        return np.cumsum(rng.standard_normal(steps))
    chaos, _ = MackeyGlass().draw(steps, rng)
    return chaos[:, 0] + 0.05 * rng.standard_normal(steps)


@pytest.mark.parametrize("name", ["autoregression", "seasons", "heavy tails", "walk", "chaos"])
def test_nominal_90_percent_covers_85_to_95(name: str) -> None:
    values = _series(name)[:, None]
    task = task_of(values, (20, 279, 100, 500))
    plan = Plan(4, 20, origins_of(900, 500, 4, BacktestSpec(origins=497)), 0.9)
    (found,) = forecasts([taps(12)], task, values, plan, [0])
    share, judged = found.backtest.coverage
    assert judged > 1900
    assert 0.85 <= share <= 0.95
