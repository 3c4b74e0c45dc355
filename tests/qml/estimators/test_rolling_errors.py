"""Errors from rolling origins: made without what comes later, and intervals that hold what they say."""

import numpy as np
import pytest

from qml.estimators import ReservoirForecaster
from qml.estimators.rolling_errors import half_widths, rolling_errors, sampled_paths
from qsim.errors import ParameterError
from tests.statistics import ROOM, share_of

MODEL = ReservoirForecaster("esn", hidden=8, washout=5, backend="numpy")


def noisy(steps, seed=0):
    return np.sin(0.3 * np.arange(steps)) + 0.2 * np.random.default_rng(seed).normal(size=steps)


def test_errors_are_those_of_a_model_that_is_told_value_by_value():
    values = noisy(60)
    errors = rolling_errors(MODEL, values, ahead=3, share=0.25)
    assert errors.shape == (15, 3)
    model = ReservoirForecaster(**MODEL.get_params()).fit(values[:45])
    for origin in range(45, 60):
        said = model.forecast(3)[: 60 - origin]
        np.testing.assert_array_equal(errors[origin - 45, : len(said)], values[origin : origin + 3] - said)
        assert np.isnan(errors[origin - 45, len(said) :]).all()
        model.update(values[origin : origin + 1])


def test_what_comes_later_does_not_matter():
    values = noisy(80)
    other = values.copy()
    other[70:] = 5.0
    first, second = (rolling_errors(MODEL, series, 2, 0.25) for series in (values, other))
    np.testing.assert_array_equal(first[:9], second[:9])


def test_intervals_hold_the_next_value_as_often_as_is_said():
    # 49 errors: the 45th smallest holds the next with probability 45/50, up to what the loop remembers.
    held, level, tries = 0, 0.9, 30
    for seed in range(tries):
        values = noisy(197, seed)
        known = values[:196]
        errors = rolling_errors(MODEL, known, 1, 0.25)
        assert len(errors) == 49
        half = half_widths(errors, level, np.array([1]))[0]
        held += abs(ReservoirForecaster(**MODEL.get_params()).fit(known).forecast(1)[0] - values[196]) <= half
    assert share_of(held, tries, level).sigmas(level) < ROOM


def test_paths_are_the_forecast_and_the_errors_of_one_origin():
    errors = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, np.nan]])
    paths = sampled_paths(errors, np.array([100.0, 200.0]), 500, 4)
    assert {tuple(path) for path in paths.T} == {(101.0, 210.0), (102.0, 220.0)}
    np.testing.assert_array_equal(paths, sampled_paths(errors, np.array([100.0, 200.0]), 500, 4))


def test_refuses_what_promises_nothing():
    with pytest.raises(
        ParameterError, match=r"an interval of 0\.9 needs at least 9 earlier errors, and 2 step"
    ):
        half_widths(np.ones((8, 3)), 0.9, np.array([2]))
    assert half_widths(np.ones((9, 1)), 0.9, np.array([1])) == 1.0
    with pytest.raises(ParameterError, match=r"calibration must be in \(0, 1\)"):
        rolling_errors(MODEL, noisy(50), 1, 1.0)
    with pytest.raises(ParameterError, match="no path of 2 steps"):
        sampled_paths(np.array([[1.0, np.nan]]), np.zeros(2), 3, 0)
