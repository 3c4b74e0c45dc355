"""Persistence on both kinds of task."""

from __future__ import annotations

import numpy as np
import pytest

from qml.baselines import Persistence
from qsim.errors import ParameterError

SERIES = np.random.default_rng(0).normal(size=(30, 2))


@pytest.mark.parametrize("horizon", [1, 5])
def test_a_forecast_repeats_the_last_input(horizon):
    inputs, targets = SERIES[:-horizon], SERIES[horizon:]
    answers = Persistence().predict(inputs)
    np.testing.assert_array_equal(answers, inputs)
    # The error of persistence over h steps is the mean square of the series' h-step increments.
    increments = np.mean((SERIES[horizon:] - SERIES[:-horizon]) ** 2)
    assert np.mean((answers - targets) ** 2) == pytest.approx(increments)


def test_a_driven_target_repeats_itself():
    targets = SERIES[:, 0]
    answers = Persistence(of="target").predict(SERIES, targets)
    assert answers.shape == (30, 1)
    np.testing.assert_array_equal(answers[1:, 0], targets[:-1])
    assert answers[0, 0] == 0.0


def test_windows():
    windows = np.lib.stride_tricks.sliding_window_view(SERIES[:, 0], 4)
    targets = np.arange(27.0)
    np.testing.assert_array_equal(Persistence().predict_windows(windows), SERIES[3:, :1])
    answers = Persistence(of="target").predict_windows(windows, targets)
    np.testing.assert_array_equal(answers[:, 0], [0.0, *targets[:-1]])


@pytest.mark.parametrize("of", ["input", "target"])
def test_the_future_never_moves_the_past(of):
    inputs, targets = SERIES.copy(), SERIES[:, ::-1].copy()
    before = Persistence(of=of).predict(inputs, targets)
    inputs[11:], targets[10:] = 9.0, 9.0
    # An answer at t may use targets up to t - 1 and inputs up to t.
    np.testing.assert_array_equal(Persistence(of=of).predict(inputs, targets)[:11], before[:11])


def test_answers_are_new_arrays():
    inputs = SERIES.copy()
    Persistence().predict(inputs)[:] = 0.0
    np.testing.assert_array_equal(inputs, SERIES)


def test_names_say_which():
    assert Persistence().name == "persistence (last input)"
    assert Persistence(of="target").name == "persistence (previous target)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Persistence(of="targt"), "did you mean 'target'"),
        (lambda: Persistence(of="target").predict(SERIES), "needs the targets"),
        (lambda: Persistence(of="target").predict(SERIES, np.ones(29)), "each of the 30 inputs, got 29"),
        (lambda: Persistence().predict(np.full(3, np.nan)), "3 values that are NaN"),
    ],
)
def test_bad_input_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
