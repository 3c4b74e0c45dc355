"""What validation chooses on a series: transformation, features, last inputs beside them."""

from __future__ import annotations

import numpy as np
import pytest

from qml.comparison.candidate_models import Lags
from qml.comparison.compare import ReadoutModel
from qml.comparison.search import folds, real_series
from qml.comparison.target_chain import TRANSFORMS, Chain, chains
from qml.comparison.views import DrivenView, View
from qml.engines.choice import EngineChoice
from qml.presets import echo_state
from qml.tasks import SeriesTask, forecast_pairs
from tests.qml.causality import assert_causal

NUMPY = EngineChoice(backend="numpy")


def network(seed: int, channels: int) -> list:
    return [
        echo_state(16, seed, channels=channels, setting=name, engine=NUMPY) for name in ("common", "plain")
    ]


def task_of(values: np.ndarray, horizon: int = 1, direct: np.ndarray | None = None) -> SeriesTask:
    inputs, later = forecast_pairs(values, horizon)
    count = 0 if direct is None else direct.shape[1]
    seen = inputs if direct is None else np.hstack([inputs, direct[horizon:]])
    steps = len(inputs)
    parts = (steps // 5, steps - steps // 5 - 2 * (steps // 6), steps // 6, steps // 6)
    return SeriesTask("one", seen, later[:, :1], *parts, gap=horizon - 1, direct=count)


def seasonal(steps: int = 180) -> np.ndarray:
    """Growth by a factor, a ragged season that grows with it, and a little noise."""
    rng = np.random.default_rng(2)
    noise = 0.02 * rng.standard_normal(steps).cumsum()
    season = np.resize(0.4 * rng.standard_normal(12), steps)
    return np.exp(0.01 * np.arange(steps) + season + noise)[:, None]


@pytest.mark.parametrize("draw", [network, Lags(16)], ids=["network", "taps"])
def test_growth_with_seasons_is_seen_for_what_it_is(draw) -> None:
    model = ReadoutModel("one", draw, choices=real_series(16, chains(TRANSFORMS, 12)))
    fitted = model.fit(task_of(seasonal()), 1)
    assert fitted.chain.log
    assert fitted.chain.season == 12
    assert fitted.features <= 16
    assert fitted.tried > 8


def test_noise_is_not_taken_for_a_walk_nor_a_walk_for_noise() -> None:
    noise = np.random.default_rng(3).standard_normal(400)[:, None]
    model = ReadoutModel("one", network, choices=real_series(16, chains(TRANSFORMS, None)))
    assert model.fit(task_of(noise), 1).chain == Chain()
    walk = task_of(noise.cumsum()[:, None])
    plain = ReadoutModel("one", network, choices=real_series(16, (Chain(),))).fit(walk, 1)
    chosen = model.fit(walk, 1)
    test = walk.test_part

    def error(answers: np.ndarray) -> float:
        return float(np.mean((answers - walk.targets)[test] ** 2))

    ours = error(chosen.answers(walk.inputs, walk.targets))
    assert ours <= error(plain.answers(walk.inputs, walk.targets)) * 1.02
    # Nobody forecasts a walk better than its last value does, and we are hardly worse.
    assert ours < 1.1 * error(walk.inputs)


@pytest.mark.parametrize("horizon", [1, 3])
def test_no_choice_looks_ahead(horizon: int) -> None:
    task = task_of(seasonal(), horizon)
    model = ReadoutModel("one", network, choices=real_series(16, chains(TRANSFORMS, 12)))
    fitted = model.fit(task, 1)
    logarithms = np.log(task.inputs)
    assert_causal(
        lambda given: fitted.answers(np.exp(given), task.targets), logarithms, task.test_part.start + 5
    )
    inputs, targets = task.inputs.copy(), task.targets.copy()
    inputs[task.test_part.start :] *= 3
    targets[task.test_part.start :] *= 3
    changed = SeriesTask("one", inputs, targets, *task.parts, gap=task.gap)
    again = model.fit(changed, 1)
    assert again.chain == fitted.chain
    np.testing.assert_array_equal(again.readout.weights_, fitted.readout.weights_)


def test_what_is_known_ahead_is_used() -> None:
    rng = np.random.default_rng(4)
    plan = rng.standard_normal((300, 1))
    values = 5 + 2 * plan + 0.01 * rng.standard_normal((300, 1))
    model = ReadoutModel("one", network, choices=real_series(16, chains(TRANSFORMS, None)))
    for horizon in (1, 4):
        task = task_of(values, horizon, plan)
        answers = model.fit(task, 1).answers(task.inputs, task.targets)
        assert np.std((answers - task.targets)[task.test_part]) < 0.1


def test_folds_follow_one_another_and_end_with_the_steps_to_learn_from() -> None:
    task = task_of(seasonal(), 3)
    assert folds(task, 1) == [(task.train_part, task.validation_part)]
    found = folds(task, 3)
    assert len(found) == 3
    assert found[-1][1].stop == task.fit_part.stop
    for (fit, later), (_, following) in zip(found, [*found[1:], found[-1]], strict=True):
        assert fit.start == task.washout
        assert fit.stop == later.start - task.gap
        assert later.stop in (following.start, following.stop)


def test_a_view_goes_on_as_if_it_had_seen_all_at_once() -> None:
    source = echo_state(10, 3, channels=2, engine=NUMPY)
    inputs = np.random.default_rng(5).uniform(-1, 1, (30, 3))
    view = View(source, 2, every=3, taps=4, direct=1)
    whole = view.features(inputs)
    assert whole.shape == (30, view.size) == (30, 4 + 8 + 1)
    np.testing.assert_array_equal(whole[:, -1], inputs[:, 2])
    np.testing.assert_array_equal(whole[10:, 4 + 6], inputs[7:-3, 0])
    driven, state, found = DrivenView(view, source), None, []
    for start, stop in ((0, 1), (1, 3), (3, 20), (20, 30)):
        features, state = driven.go_on(inputs[start:stop], state)
        found.append(features)
    np.testing.assert_allclose(np.concatenate(found), whole, atol=1e-12)
