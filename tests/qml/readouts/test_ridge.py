"""Ridge regression against normal equations, scikit-learn and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from qml.readouts import RidgeReadout
from qml.readouts.ridge import PENALTIES
from qml.readouts.spectrum import Spectrum
from qsim.errors import ParameterError

PATH = (1e-10, 1e-6, 1e-3, 0.1, 10.0)


def problem(rows=120, size=7, targets=3, seed=0, noise=0.3):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, size)) * np.logspace(0, -2, size) + random.normal(size=size)
    y = x @ random.normal(size=(size, targets)) + noise * random.normal(size=(rows, targets)) + 5.0
    return x, y


def absolute(penalty, x):
    """A penalty in the units of ``|Y - X W|^2 + a |W|^2``."""
    return penalty * np.sum((x - x.mean(axis=0)) ** 2) / x.shape[1]


def normal_equations(x, y, alpha):
    xc, yc = x - x.mean(axis=0), y - y.mean(axis=0)
    weights = np.linalg.solve(xc.T @ xc + alpha * np.eye(x.shape[1]), xc.T @ yc)
    return weights, y.mean(axis=0) - x.mean(axis=0) @ weights


@pytest.mark.parametrize("penalty", [*PATH, *PENALTIES])
def test_one_penalty_is_scikit_learns_ridge(penalty):
    x, y = problem()
    ours = RidgeReadout(penalties=(penalty,)).fit(x, y)
    theirs = Ridge(alpha=absolute(penalty, x), solver="svd").fit(x, y)
    np.testing.assert_allclose(ours.weights_, theirs.coef_.T, rtol=1e-9)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-9)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=1e-9)


@pytest.mark.parametrize("penalty", [0.0, *PATH])
def test_one_penalty_solves_the_normal_equations(penalty):
    x, y = problem(seed=1)
    ours = RidgeReadout(penalties=(penalty,)).fit(x, y)
    weights, intercept = normal_equations(x, y, absolute(penalty, x))
    np.testing.assert_allclose(ours.weights_, weights, rtol=1e-8)
    np.testing.assert_allclose(ours.intercept_, intercept, rtol=1e-8)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 50),
    st.integers(1, 3),
    st.floats(-6, 1),
    st.booleans(),
    st.integers(0, 99),
)
def test_the_gradient_vanishes_for_any_shape(rows, size, targets, exponent, scale, seed):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(rows, size)), random.normal(size=(rows, targets))
    penalty = 10.0**exponent
    readout = RidgeReadout(penalties=(penalty,), scale=scale).fit(x, y)
    spread = x.std(axis=0) if scale and rows > 1 else np.ones(size)
    xc = (x - x.mean(axis=0)) / spread
    weights = readout.weights_ * spread[:, None]
    alpha = penalty * np.sum(xc**2) / size
    residual = y - readout.predict(x)
    assert np.abs(residual.sum(axis=0)).max() < 1e-9 * rows
    assert np.abs(xc.T @ residual - alpha * weights).max() < 1e-8 * max(1.0, np.abs(xc.T @ y).max())


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("refit", [False, True])
def test_the_choice_is_that_of_brute_force(scale, refit):
    x, y = problem(rows=80, size=30, noise=1.0, seed=2)
    path = tuple(np.logspace(-6, 2, 33))
    readout = RidgeReadout(penalties=path, validation=0.25, refit=refit, scale=scale).fit(x, y)
    spread = x[:60].std(axis=0) if scale else 1.0
    errors = []
    for penalty in path:
        z = x[:60] / spread
        weights, intercept = normal_equations(z, y[:60], absolute(penalty, z))
        errors.append(np.mean((x[60:] / spread @ weights + intercept - y[60:]) ** 2, axis=0))
    np.testing.assert_allclose(readout.path_, errors, rtol=1e-7)
    best = path[int(np.argmin(np.mean(errors, axis=1)))]
    assert path[0] < best < path[-1], "the case must have its best penalty inside the path"
    assert readout.penalty_ == pytest.approx(best)
    used = slice(None) if refit else slice(60)
    spread = x[used].std(axis=0) if scale else np.ones(30)
    z = x[used] / spread
    weights, intercept = normal_equations(z, y[used], absolute(best, z))
    np.testing.assert_allclose(readout.weights_, weights / spread[:, None], rtol=1e-7)
    np.testing.assert_allclose(readout.intercept_, intercept, rtol=1e-7)


def test_every_target_may_choose_for_itself():
    random = np.random.default_rng(3)
    x = random.normal(size=(60, 25))
    y = x @ random.normal(size=(25, 3)) + np.array([0.0, 3.0, 30.0]) * random.normal(size=(60, 3))
    together = RidgeReadout(per_target=True).fit(x, y)
    assert together.penalty_.shape == (3,)
    assert together.penalty_[0] < together.penalty_[1] < together.penalty_[2]
    for column in range(3):
        alone = RidgeReadout().fit(x, y[:, column])
        assert alone.penalty_ == together.penalty_[column]
        np.testing.assert_allclose(alone.weights_[:, 0], together.weights_[:, column], rtol=1e-9)
    np.testing.assert_allclose(RidgeReadout().fit(x, y).path_, together.path_, rtol=1e-9)


def test_a_validation_block_of_its_own_is_the_same_as_the_last_rows():
    x, y = problem()
    split = RidgeReadout(validation=0.25).fit(x, y)
    given_apart = RidgeReadout().fit(x[:90], y[:90], validation=(x[90:], y[90:]))
    np.testing.assert_array_equal(split.path_, given_apart.path_)
    np.testing.assert_array_equal(split.weights_, given_apart.weights_)


def test_validation_rows_are_the_last_in_time():
    x, y = problem(rows=40)
    before = RidgeReadout(validation=0.25, refit=False, penalties=(1e-3, 1e-3)).fit(x, y)
    y[30:] += 100.0
    after = RidgeReadout(validation=0.25, refit=False, penalties=(1e-3, 1e-3)).fit(x, y)
    np.testing.assert_array_equal(before.weights_, after.weights_)
    assert np.all(after.path_ > 100 * before.path_)


def test_equal_errors_are_decided_for_the_larger_penalty():
    x = np.ones((20, 2))
    readout = RidgeReadout(penalties=(1e-3, 10.0, 1.0)).fit(x, np.arange(20.0))
    assert readout.penalty_ == 10.0


def test_features_that_say_the_same_share_the_weight():
    x, y = problem(size=3, targets=1, noise=0.0)
    twice = RidgeReadout(penalties=(1e-12,)).fit(np.concatenate([x, x], axis=1), y)
    np.testing.assert_allclose(twice.weights_[:3], twice.weights_[3:], rtol=1e-6)
    np.testing.assert_allclose(twice.predict(np.concatenate([x, x], axis=1)), y, rtol=1e-6)
    least = RidgeReadout(penalties=(0.0,)).fit(np.concatenate([x, x], axis=1), y)
    np.testing.assert_allclose(
        least.weights_, np.linalg.pinv(np.tile(x - x.mean(0), 2)) @ (y - y.mean(0)), rtol=1e-9, atol=1e-12
    )


def test_more_features_than_rows_interpolate_with_the_least_weights():
    x, y = problem(rows=12, size=40, targets=2)
    readout = RidgeReadout(penalties=(0.0,)).fit(x, y)
    np.testing.assert_allclose(readout.predict(x), y, rtol=1e-9)
    np.testing.assert_allclose(
        readout.weights_, np.linalg.pinv(x - x.mean(0), rcond=1e-12) @ (y - y.mean(0)), rtol=1e-8, atol=1e-12
    )


@pytest.mark.parametrize("scale", [False, True])
@pytest.mark.parametrize("penalties", [(0.0,), PENALTIES])
@pytest.mark.parametrize("jitter", [False, True])
def test_constant_features_answer_the_mean(scale, penalties, jitter):
    # The mean of a thousand doubles differs from each in the last digit, and their last digits may differ
    # among each other: neither must become a feature.
    random = np.random.default_rng(0)
    x = np.full((1000, 2), 0.1)
    if jitter:
        x[random.random(x.shape) < 0.5] = np.nextafter(0.1, 1)
    y = random.normal(size=1000)
    readout = RidgeReadout(penalties=penalties, scale=scale).fit(x, y)
    np.testing.assert_array_equal(readout.weights_, 0.0)
    np.testing.assert_allclose(readout.predict(x), y.mean(), rtol=1e-12)


def test_units_of_features_do_not_matter():
    x, y = problem(noise=1.0)
    plain = RidgeReadout().fit(x, y)
    common = RidgeReadout().fit(1e-5 * x, y)
    assert common.penalty_ == plain.penalty_
    np.testing.assert_allclose(common.predict(1e-5 * x), plain.predict(x), rtol=1e-8)
    each = np.logspace(-12, 12, x.shape[1])
    scaled = RidgeReadout(scale=True)
    np.testing.assert_allclose(
        scaled.fit(each * x, y).predict(each * x), scaled.fit(x, y).predict(x), rtol=1e-8
    )


def test_the_default_path_reaches_faint_signals():
    # Four successive samples of a train of Gaussian pulses, as in the delayed-control task: the faintest
    # direction has 1e-5 of the amplitude of the strongest, and the next value hangs on it.
    t = np.arange(-2, 20, 0.01)
    pulses = sum(np.exp(-10 * (t - 2 * n) ** 2) for n in range(11)) * np.exp(-t / 16)
    x = np.lib.stride_tricks.sliding_window_view(pulses[:-1], 4)
    y = pulses[4:]
    readout = RidgeReadout().fit(x[:1470], y[:1470])
    assert np.mean((readout.predict(x[1470:]) - y[1470:]) ** 2) < 1e-11


@pytest.mark.parametrize("columns", [None, 1, 2])
def test_answers_have_the_shape_of_the_targets(columns):
    x, y = problem(targets=columns or 1)
    y = y if columns else y[:, 0]
    assert RidgeReadout().fit(x, y).predict(x[:5]).shape == (5, *y.shape[1:])


def test_the_spectrum_serves_every_penalty():
    x, y = problem()
    spectrum = Spectrum.of(x, y, scale=False)
    for penalty in PATH:
        weights, _ = normal_equations(x, y, absolute(penalty, x))
        np.testing.assert_allclose(spectrum.weights(np.full(3, penalty)), weights, rtol=1e-8)


def test_twice_is_the_same():
    x, y = problem()
    one, two = RidgeReadout().fit(x, y), RidgeReadout().fit(x.copy(), y.copy())
    np.testing.assert_array_equal(one.weights_, two.weights_)
    np.testing.assert_array_equal(one.intercept_, two.intercept_)


def test_by_default_features_stay_as_they_are_and_targets_share_one_penalty_of_the_stated_path():
    assert (PENALTIES[0], PENALTIES[-1]) == (1e-16, 10.0)
    np.testing.assert_allclose(np.divide(PENALTIES[1:], PENALTIES[:-1]), np.sqrt(10), rtol=1e-2)
    x, y = problem(noise=1.0)
    plain = RidgeReadout().fit(x, y)
    stated = RidgeReadout(PENALTIES, validation=0.25, refit=True, scale=False, per_target=False).fit(x, y)
    np.testing.assert_array_equal(plain.weights_, stated.weights_)
    assert plain.penalty_ == stated.penalty_


BAD = [
    ({"features": np.ones(5)}, r"shape \(rows, features\)"),
    ({"features": np.ones((5, 0))}, "features is empty"),
    ({"features": [[1.0, 2.0], [3.0]]}, "features must be an array of numbers"),
    ({"features": np.array([["a"]])}, "features must be an array of numbers"),
    ({"features": np.full((120, 2), np.nan)}, "240 values that are NaN"),
    ({"targets": np.append(np.ones(119), np.inf)}, "targets has a value that is NaN or infinite"),
    ({"targets": np.ones(119)}, "each of the 120 rows of features, got 119"),
    ({"targets": np.ones((120, 1, 1))}, r"\(rows,\) or \(rows, targets\)"),
    ({"features": np.ones((1, 2)), "targets": np.ones(1)}, "1 sample with"),
    ({"validation": (np.ones((4, 3)), np.ones((4, 3)))}, "7 features and 3 targets"),
    ({"features": 1e200 * problem()[0]}, r"features has numbers beyond 1e\+100"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_rows_are_refused(change, message):
    x, y = problem()
    readout = RidgeReadout()
    with pytest.raises(ParameterError, match=message):
        readout.fit(**{"features": x, "targets": y} | change)
    with pytest.raises(ParameterError, match="has not been fitted"):
        readout.predict(x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"penalties": ()}, "`RidgeReadout.penalties` is empty"),
        ({"penalties": (1.0, -1.0)}, "at least 0"),
        ({"penalties": (np.nan,)}, "finite number, got nan"),
        ({"penalties": "many"}, "array of numbers"),
        ({"validation": 0.0}, r"must be in \(0, 1\)"),
        ({"refit": "yes"}, "true or false"),
    ],
)
def test_bad_settings_are_refused(change, message):
    with pytest.raises(ParameterError, match=message):
        RidgeReadout(**change)


def test_other_features_than_fitted_are_refused():
    x, y = problem()
    with pytest.raises(ParameterError, match=r"\(rows, 7\).*got \(120, 6\)"):
        RidgeReadout().fit(x, y).predict(x[:, 1:])


@pytest.mark.parametrize(("share", "held"), [(0.29, 3), (0.21, 2), (0.04, 1), (0.85, 8)])
def test_the_share_held_back_is_rounded_to_the_nearest_number_of_rows(share, held):
    x, y = problem(rows=10, size=2)
    split = RidgeReadout(validation=share).fit(x, y)
    apart = RidgeReadout().fit(x[:-held], y[:-held], validation=(x[-held:], y[-held:]))
    np.testing.assert_array_equal(split.path_, apart.path_)
