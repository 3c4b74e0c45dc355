"""Scores against scikit-learn, explicit loops and closed forms."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_squared_error, r2_score

from qml.scores import memory_capacity, mse, nrmse, r2, valid_prediction_time
from qsim.errors import ParameterError
from tests.statistics import APART, ROOM, mean_of

RNG = np.random.default_rng(2)
TRUTH = RNG.normal([0.0, 5.0, -1.0], [1.0, 0.1, 30.0], (400, 3))
ANSWERS = TRUTH + RNG.normal(0.0, [0.3, 0.05, 40.0], (400, 3))
RELATIVE = [nrmse, r2]


def test_mse_and_r2_are_those_of_scikit_learn() -> None:
    assert mse(TRUTH, ANSWERS) == pytest.approx(mean_squared_error(TRUTH, ANSWERS), rel=1e-13)
    assert r2(TRUTH, ANSWERS) == pytest.approx(r2_score(TRUTH, ANSWERS), rel=1e-13)
    assert r2(TRUTH[:, 1], ANSWERS[:, 1]) == pytest.approx(r2_score(TRUTH[:, 1], ANSWERS[:, 1]), rel=1e-13)


def test_nrmse_by_an_explicit_loop() -> None:
    each = []
    for column in range(3):
        truth, answers = TRUTH[:, column].tolist(), ANSWERS[:, column].tolist()
        mean = sum(truth) / len(truth)
        error = sum((a - t) ** 2 for a, t in zip(answers, truth, strict=True)) / len(truth)
        each.append(sqrt(error / (sum((t - mean) ** 2 for t in truth) / len(truth))))
    assert nrmse(TRUTH, ANSWERS) == pytest.approx(sum(each) / 3, rel=1e-12)
    assert nrmse(TRUTH[:, 2], ANSWERS[:, 2]) == pytest.approx(each[2], rel=1e-12)


def test_for_one_output_nrmse_and_r2_say_the_same() -> None:
    assert nrmse(TRUTH[:, 0], ANSWERS[:, 0]) ** 2 == pytest.approx(1 - r2(TRUTH[:, 0], ANSWERS[:, 0]))


@pytest.mark.parametrize("shift", [0.0, 7.0])
def test_anchors(shift: float) -> None:
    truth = TRUTH[:, 0] + shift
    assert (mse(truth, truth), nrmse(truth, truth), r2(truth, truth)) == (0.0, 0.0, 1.0)
    mean = np.full_like(truth, truth.mean())
    assert nrmse(truth, mean) == pytest.approx(1.0)
    assert r2(truth, mean) == pytest.approx(0.0, abs=1e-12)


@given(st.floats(0.01, 100.0), st.floats(-100.0, 100.0))
def test_relative_scores_do_not_depend_on_the_unit(scale: float, shift: float) -> None:
    for score in RELATIVE:
        changed = score(scale * TRUTH + shift, scale * ANSWERS + shift)
        assert changed == pytest.approx(score(TRUTH, ANSWERS), rel=1e-8)


def test_memory_capacity_by_corrcoef() -> None:
    squared = [np.corrcoef(TRUTH[:, k], ANSWERS[:, k])[0, 1] ** 2 for k in range(3)]
    assert memory_capacity(TRUTH, ANSWERS) == pytest.approx(sum(squared), rel=1e-12)
    corrected = sum(1 - (1 - value) * 399 / 398 for value in squared)
    assert memory_capacity(TRUTH, ANSWERS, correct=True) == pytest.approx(corrected, rel=1e-12)


def test_a_perfect_memory_counts_its_delays_whatever_the_units() -> None:
    for correct in (False, True):
        assert memory_capacity(TRUTH, 3.0 - 2.0 * TRUTH, correct) == pytest.approx(3.0)


def test_an_answer_that_does_not_vary_remembers_nothing() -> None:
    answers = np.column_stack([TRUTH[:, 0], np.zeros(400), np.full(400, 0.5)])
    assert memory_capacity(TRUTH, answers) == pytest.approx(1.0)


def test_the_floor_of_a_finite_sample_and_its_correction() -> None:
    # Unrelated Gaussian columns have E r^2 = 1 / (T - 1) exactly. Seed 3, 400 runs.
    rng, steps, delays = np.random.default_rng(3), 50, 20
    plain, corrected = [], []
    for _ in range(400):
        delayed, answers = rng.normal(size=(2, steps, delays))
        plain.append(memory_capacity(delayed, answers))
        corrected.append(memory_capacity(delayed, answers, correct=True))
    assert mean_of(plain).sigmas(delays / (steps - 1)) < ROOM
    assert mean_of(corrected).sigmas(0.0) < ROOM
    assert mean_of(plain).sigmas(0.0) > 5 * APART


def test_the_valid_time_of_a_known_error() -> None:
    # The truth has variance 1; the error grows by 0.01 a step and first exceeds 0.4 at step 41.
    truth = np.tile([-1.0, 1.0], 50)
    forecast = truth + 0.01 * np.arange(100) + 1e-6
    assert valid_prediction_time(truth, forecast) == 40
    assert valid_prediction_time(truth, forecast, threshold=0.1, dt=0.5) == 5.0
    assert valid_prediction_time(truth, forecast, dt=0.02, lyapunov=0.9) == pytest.approx(40 * 0.02 * 0.9)


def test_the_valid_time_of_vectors_by_an_explicit_loop() -> None:
    walk = TRUTH + np.cumsum(np.random.default_rng(4).normal(0, 0.4, TRUTH.shape), axis=0)
    total = sum(float(np.var(TRUTH[:, k])) for k in range(3))
    steps = 0
    for t in range(400):
        if sqrt(sum((walk[t, k] - TRUTH[t, k]) ** 2 for k in range(3)) / total) > 0.4:
            break
        steps += 1
    assert 5 < steps < 395
    assert valid_prediction_time(TRUTH, walk) == steps


def test_ends_of_the_valid_time() -> None:
    truth = TRUTH[:, 0]
    assert valid_prediction_time(truth, truth, dt=2.0) == 800.0
    assert valid_prediction_time(truth, truth + 1e6) == 0.0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_forecast_that_blows_up_ends_its_time(value: float) -> None:
    forecast = TRUTH.copy()
    forecast[37:, 1] = value
    assert valid_prediction_time(TRUTH, forecast) == 37


def test_one_still_coordinate_does_not_stop_a_valid_time() -> None:
    truth = np.column_stack([TRUTH[:, 0], np.ones(400)])
    assert valid_prediction_time(truth, truth) == 400


@pytest.mark.parametrize("score", [mse, nrmse, r2, memory_capacity, valid_prediction_time])
@pytest.mark.parametrize("shape", [(399, 3), (400, 2), (400,), (400, 3, 1)])
def test_shapes_must_agree(score: Callable[..., float], shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match="shape"):
        score(TRUTH, np.ones(shape))


@pytest.mark.parametrize("score", [mse, nrmse, r2, valid_prediction_time])
def test_a_column_and_a_flat_array_do_not_broadcast(score: Callable[..., float]) -> None:
    with pytest.raises(ParameterError, match=r"\(400,\).*got \(400, 1\)"):
        score(TRUTH[:, 0], TRUTH[:, :1])


@pytest.mark.parametrize("score", [mse, nrmse, r2, memory_capacity])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_must_be_finite(score: Callable[..., float], value: float) -> None:
    damaged = TRUTH.copy()
    damaged[3, 1] = value
    for pair in ((damaged, ANSWERS), (ANSWERS, damaged)):
        with pytest.raises(ParameterError, match="NaN or infinite"):
            score(*pair)


def test_the_truth_of_a_valid_time_must_be_finite() -> None:
    with pytest.raises(ParameterError, match="NaN or infinite"):
        valid_prediction_time([1.0, np.nan], [1.0, 2.0])


@pytest.mark.parametrize("score", [*RELATIVE, memory_capacity])
@pytest.mark.parametrize("value", [0.0, 0.1])
def test_a_constant_truth_has_no_relative_score(score: Callable[..., float], value: float) -> None:
    truth = TRUTH.copy()
    truth[:, 1] = value
    with pytest.raises(ParameterError, match=f"must vary, but is {value:g} in column 1"):
        score(truth, ANSWERS)
    assert mse(truth, truth) == 0.0


def test_a_forecast_must_be_numbers() -> None:
    with pytest.raises(ParameterError, match="`forecast` must be an array of numbers"):
        valid_prediction_time([1.0, 2.0], ["one", "two"])


def test_a_constant_truth_has_no_valid_time() -> None:
    with pytest.raises(ParameterError, match="must vary"):
        valid_prediction_time(np.ones(10), np.zeros(10))


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"dt": -1.0}, {"lyapunov": np.nan}, {"dt": np.inf}])
def test_parameters_of_a_valid_time_are_positive(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=f"`{next(iter(wrong))}` must be a positive number"):
        valid_prediction_time(TRUTH, TRUTH, **wrong)


def test_a_memory_capacity_needs_three_steps() -> None:
    with pytest.raises(ParameterError, match="at least 3 steps"):
        memory_capacity([1.0, 2.0], [1.0, 2.0])
