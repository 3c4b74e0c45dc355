"""Linear taps and nonlinear vector autoregression: what they hold, and what they cannot know."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.baselines import NVAR, LinearTaps
from qsim.errors import ParameterError

MAPS = [
    LinearTaps(4),
    LinearTaps(3, stride=2, channels=2),
    NVAR(4),
    NVAR(3, stride=2, channels=2),
    NVAR(3, order=3),
    NVAR(2, order=1),
]


def series(steps=40, channels=1, seed=0):
    return np.random.default_rng(seed).normal(size=(steps, channels))


def by_hand(inputs, t, lags, stride, order):
    """Features of one step, written as loops: past values, then every distinct product."""
    zeros = np.zeros(inputs.shape[1])
    taps = [
        value for lag in range(lags) for value in (inputs[t - lag * stride] if t >= lag * stride else zeros)
    ]
    features = list(taps)
    for factors in range(2, order + 1):
        for chosen in itertools.product(range(len(taps)), repeat=factors):
            if list(chosen) == sorted(chosen):
                product = 1.0
                for index in chosen:
                    product *= taps[index]
                features.append(product)
    return features


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2), st.integers(1, 3), st.integers(1, 15))
def test_features_are_past_inputs_and_their_products(lags, stride, channels, order, steps):
    inputs = series(steps, channels)
    features = NVAR(lags, stride, channels, order)
    expected = [by_hand(inputs, t, lags, stride, order) for t in range(steps)]
    np.testing.assert_allclose(features.features(inputs), expected, rtol=1e-12)
    assert features.size == len(expected[0])
    taps = LinearTaps(lags, stride, channels)
    np.testing.assert_array_equal(
        taps.features(inputs), [by_hand(inputs, t, lags, stride, 1) for t in range(steps)]
    )
    assert taps.size == lags * channels


@pytest.mark.parametrize(("lags", "size"), [(12, 90), (20, 230), (30, 495)])
def test_sizes_of_the_usual_settings(lags, size):
    assert NVAR(lags).size == size == lags + comb(lags + 1, 2)
    assert NVAR(lags).features(series()).shape == (40, size)


def test_sizes_of_the_published_systems():
    # Gauthier et al. 2021: Lorenz with 2 taps of 3 variables has 6 linear and 21 quadratic features
    # (and a constant); the double scroll has 6 linear and 56 cubic ones.
    assert NVAR(2, channels=3).size == 6 + 21
    assert NVAR(2, channels=3, order=3).size == 6 + 21 + 56


@pytest.mark.parametrize("features", MAPS, ids=lambda features: features.name)
def test_the_future_never_moves_the_past(features):
    inputs = series(channels=features.channels)
    before = features.features(inputs)
    for now in (0, 1, 7, 38):
        changed = inputs.copy()
        changed[now + 1 :] += 3.0
        np.testing.assert_array_equal(features.features(changed)[: now + 1], before[: now + 1])
        np.testing.assert_array_equal(features.features(inputs[: now + 1]), before[: now + 1])
        changed = inputs.copy()
        changed[now] += 3.0
        assert np.all(features.features(changed)[now] != before[now], where=_uses_newest(features))


def _uses_newest(features):
    """Which features hold the newest input of every channel: a single mark moves them all."""
    marked = np.zeros((1, features.span, features.channels))
    marked[0, -1] = 1.0
    return features.window_features(marked)[0] != 0


@pytest.mark.parametrize("features", MAPS, ids=lambda features: features.name)
def test_a_window_ends_where_its_series_ends(features):
    windows = np.random.default_rng(1).normal(size=(9, features.span + 2, features.channels))
    expected = np.stack([features.features(window)[-1] for window in windows])
    np.testing.assert_array_equal(features.window_features(windows), expected)
    # What lies before the span is not looked at.
    np.testing.assert_array_equal(features.window_features(windows[:, 2:]), expected)


def test_taps_of_a_window_are_the_window():
    windows = np.random.default_rng(1).normal(size=(5, 4))
    np.testing.assert_array_equal(LinearTaps(4).window_features(windows), windows[:, ::-1])


def test_one_channel_may_go_without_its_axis():
    inputs = series()
    for features in (LinearTaps(3), NVAR(3)):
        np.testing.assert_array_equal(features.features(inputs[:, 0]), features.features(inputs))


def test_features_are_new_arrays():
    inputs = series()
    LinearTaps(1).features(inputs)[:] = 0.0
    assert np.all(inputs != 0.0)


def test_names_tell_settings_apart():
    assert [features.name for features in MAPS] == [
        "4 linear taps",
        "3 linear taps (stride 2)",
        "NVAR (4 lags, order 2)",
        "NVAR (3 lags, order 2, stride 2)",
        "NVAR (3 lags, order 3)",
        "NVAR (2 lags, order 1)",
    ]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LinearTaps(0), r"`LinearTaps.lags` must be in \[1, inf\), got 0"),
        (lambda: NVAR(2, stride=0), "NVAR.stride"),
        (lambda: NVAR(2.5), "whole number"),
        (lambda: NVAR(200), "20300 features, more than 20000"),
        (lambda: LinearTaps(2).features(series(channels=2)), "inputs has 2 channels where 1 are expected"),
        (lambda: LinearTaps(2).features(np.ones((3, 1, 1))), r"\(steps,\) or \(steps, channels\)"),
        (lambda: LinearTaps(2).features([]), "inputs is empty"),
        (lambda: LinearTaps(2).features([1.0, np.nan]), "a value that is NaN"),
        (lambda: NVAR(5).window_features(np.ones((3, 4))), "look 5 steps back, the windows have 4"),
        (lambda: NVAR(2).window_features(np.ones(4)), r"\(windows, length\)"),
        (lambda: NVAR(2).window_features(np.ones((3, 4, 2))), "windows has 2 channels"),
    ],
)
def test_bad_input_is_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
