"""The gradient readout against a scalar re-implementation, closed forms and itself alone."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qml.readouts import GradientReadout
from qsim.errors import ParameterError
from tests.statistics import FALSE_ALARM


def problem(rows=43, size=4, targets=1, models=3, seed=0):
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, (models, rows, size))
    y = x @ random.normal(size=(models, size, targets)) + 0.1 * random.normal(size=(models, rows, targets))
    return x, y


def start(x, y, seed):
    """Initial weights and intercepts: a step so small that it is lost in the last digit."""
    readout = GradientReadout(seed=seed, epochs=1, learning_rate=1e-300).fit(x, y)
    return readout.weights_, readout.intercept_


def by_hand(x, y, weights, bias, epochs, batch, lr=0.01, alpha=0.99, eps=1e-8):
    """One model in plain Python: RMSprop, mean squared error, batches in order."""
    rows, size, targets = len(x), len(x[0]), len(y[0])
    w = [[float(weights[f][k]) for f in range(size)] + [float(bias[k])] for k in range(targets)]
    v = [[0.0] * (size + 1) for _ in range(targets)]
    losses = []
    for _ in range(epochs):
        for first in range(0, rows, batch):
            chunk = range(first, min(first + batch, rows))
            g = [[0.0] * (size + 1) for _ in range(targets)]
            for i in chunk:
                row = [*(float(value) for value in x[i]), 1.0]
                for k in range(targets):
                    error = sum(a * b for a, b in zip(row, w[k], strict=True)) - float(y[i][k])
                    for f in range(size + 1):
                        g[k][f] += 2 * error * row[f] / (len(chunk) * targets)
            for k in range(targets):
                for f in range(size + 1):
                    v[k][f] = alpha * v[k][f] + (1 - alpha) * g[k][f] ** 2
                    w[k][f] -= lr * g[k][f] / (sqrt(v[k][f]) + eps)
        total = 0.0
        for i in range(rows):
            row = [*(float(value) for value in x[i]), 1.0]
            for k in range(targets):
                total += (sum(a * b for a, b in zip(row, w[k], strict=True)) - float(y[i][k])) ** 2
        losses.append(total / (rows * targets))
    return np.array(w), losses


@pytest.mark.parametrize(("targets", "batch"), [(1, 10), (3, 10), (2, 43), (1, 100), (2, 1)])
def test_it_is_rmsprop_written_out(targets, batch):
    x, y = problem(targets=targets, models=1)
    x, y = x[0], y[0]
    weights, bias = start(x, y, seed=5)
    readout = GradientReadout(seed=5, epochs=7, batch=batch).fit(x, y)
    expected, losses = by_hand(x, y, weights, bias, epochs=7, batch=batch)
    np.testing.assert_allclose(readout.weights_.T, expected[:, :-1], rtol=1e-10)
    np.testing.assert_allclose(readout.intercept_, expected[:, -1], rtol=1e-10)
    np.testing.assert_allclose(readout.train_loss_, losses, rtol=1e-10)


def test_the_first_step_has_one_length():
    # v = (1 - alpha) g^2 after one step from zero, so every weight moves by lr / sqrt(1 - alpha) = 0.1.
    x, y = problem(models=1, rows=10)
    weights, bias = start(x[0], y[0], seed=1)
    readout = GradientReadout(seed=1, epochs=1, batch=10).fit(x[0], y[0])
    residual = x[0] @ weights + bias - y[0]
    np.testing.assert_allclose(readout.weights_ - weights, -0.1 * np.sign(x[0].T @ residual), rtol=1e-5)
    np.testing.assert_allclose(readout.intercept_ - bias, -0.1 * np.sign(residual.sum(axis=0)), rtol=1e-5)


def test_epsilon_stands_outside_the_root():
    # With gradients of about 1e-9, far below epsilon = 1e-3, a step is lr g / epsilon.
    x, y = problem(models=1, rows=10)
    weights, bias = start(x[0], y[0], seed=1)
    y = x[0] @ weights + bias + 1e-9
    readout = GradientReadout(seed=1, epochs=1, batch=10, epsilon=1e-3).fit(x[0], y)
    np.testing.assert_allclose(readout.intercept_ - bias, 0.01 * 2e-9 / 1e-3, rtol=1e-4)


def test_weights_start_uniform_within_one_over_root_size():
    x, y = np.zeros((400, 1, 9)), np.zeros((1, 2))
    weights, bias = start(x, y, seed=3)
    for drawn in (weights, bias):
        assert stats.kstest(drawn.ravel(), stats.uniform(-1 / 3, 2 / 3).cdf).pvalue > FALSE_ALARM


@settings(max_examples=40, deadline=None)
@given(
    models=st.integers(1, 5),
    rows=st.integers(1, 33),
    size=st.integers(1, 40),
    targets=st.integers(1, 3),
    batch=st.integers(1, 12),
    shuffle=st.booleans(),
)
def test_a_model_in_a_stack_has_the_bits_it_has_alone(models, rows, size, targets, batch, shuffle):
    x, y = problem(rows, size, targets, models)
    xv, yv = problem(rows + 2, size, targets, models, seed=1)
    settings = {"epochs": 3, "batch": batch, "shuffle": shuffle}
    stack = GradientReadout(seed=7, **settings).fit(x, y, validation=(xv, yv))
    answers = stack.predict(xv)
    for model in range(models):
        alone = GradientReadout(seed=7 + model, **settings)
        alone.fit(x[model], y[model], validation=(xv[model], yv[model]))
        np.testing.assert_array_equal(stack.weights_[model], alone.weights_)
        np.testing.assert_array_equal(stack.intercept_[model], alone.intercept_)
        np.testing.assert_array_equal(stack.train_loss_[model], alone.train_loss_)
        np.testing.assert_array_equal(stack.validation_loss_[model], alone.validation_loss_)
        np.testing.assert_array_equal(answers[model], alone.predict(xv[model]))


def test_bits_do_not_depend_on_the_stack_at_the_size_of_an_experiment():
    x, y = problem(rows=157, size=300, models=4)
    stack = GradientReadout(epochs=3, shuffle=True).fit(x, y)
    alone = GradientReadout(epochs=3, shuffle=True, seed=2).fit(np.asfortranarray(x[2]), y[2])
    np.testing.assert_array_equal(stack.weights_[2], alone.weights_)


def test_targets_shared_by_a_stack():
    x, y = problem(targets=2)
    each = GradientReadout(epochs=4, shuffle=True).fit(x, np.stack([y[0]] * 3))
    shared = GradientReadout(epochs=4, shuffle=True).fit(x, y[0])
    np.testing.assert_array_equal(each.weights_, shared.weights_)
    flat = GradientReadout(epochs=4).fit(x, y[0, :, 0])
    assert flat.predict(x).shape == (3, 43)
    assert flat.train_loss_.shape == (3, 4)


def test_easy_rows_are_learnt_as_least_squares_does():
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 3))
    y = x @ np.array([[0.5], [-1.0], [2.0]]) + 0.7 + 0.05 * random.normal(size=(200, 1))
    best = np.linalg.lstsq(np.column_stack([x, np.ones(200)]), y, rcond=None)[0]
    # Full batches and a small step: without noise in the gradient the steps end within their own length.
    readout = GradientReadout(epochs=3000, batch=200, learning_rate=2e-3).fit(x, y)
    np.testing.assert_allclose(np.append(readout.weights_, readout.intercept_), best[:, 0], atol=2e-3)
    assert np.mean((readout.predict(x) - y) ** 2) == pytest.approx(readout.train_loss_[-1], rel=1e-12)


def test_losses_are_recorded_after_every_epoch():
    x, y = problem(models=1)
    x, y = x[0], y[0]
    long = GradientReadout(epochs=6, shuffle=True).fit(x[:30], y[:30], validation=(x[30:], y[30:]))
    assert long.train_loss_.shape == long.validation_loss_.shape == (6,)
    for epoch in range(1, 7):
        short = GradientReadout(epochs=epoch, shuffle=True).fit(x[:30], y[:30])
        assert short.validation_loss_.shape == (0,)
        for block, losses in ((slice(30), long.train_loss_), (slice(30, None), long.validation_loss_)):
            expected = np.mean((short.predict(x[block]) - y[block]) ** 2)
            assert losses[epoch - 1] == pytest.approx(expected, rel=1e-12)


def test_validation_rows_are_not_learnt_from():
    x, y = problem(models=1)
    blind = GradientReadout(epochs=5).fit(x[0], y[0])
    watched = GradientReadout(epochs=5).fit(x[0], y[0], validation=(x[0], 100 * y[0]))
    np.testing.assert_array_equal(blind.weights_, watched.weights_)


def test_the_seed_decides_and_order_matters():
    x, y = problem(models=1)
    x, y = x[0], y[0]
    one = GradientReadout(epochs=3, shuffle=True, seed=1).fit(x, y)
    again = GradientReadout(epochs=3, shuffle=True, seed=1).fit(x, y)
    other = GradientReadout(epochs=3, shuffle=True, seed=2).fit(x, y)
    ordered = GradientReadout(epochs=3, seed=1).fit(x, y)
    np.testing.assert_array_equal(one.weights_, again.weights_)
    assert not np.allclose(one.weights_, other.weights_)
    assert not np.array_equal(one.weights_, ordered.weights_)


def test_inputs_are_left_as_they_were():
    x, y = problem()
    before = x.copy(), y.copy()
    GradientReadout(epochs=2, shuffle=True).fit(x, y)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"features": np.ones(3)}, r"\(rows, features\) or \(models, rows, features\)"),
        ({"targets": np.ones((2, 43, 1))}, r"got \(2, 43, 1\)"),
        ({"targets": np.ones(42)}, "each of the 43 rows"),
        ({"targets": np.full(43, np.nan)}, "targets has 43 values"),
        ({"validation": (np.ones((3, 5, 2)), np.ones(5))}, "3 models, 4 features and 1 targets"),
        ({"validation": (np.ones((3, 5, 4)), np.full(5, np.inf))}, "validation targets has 5 values"),
        ({"features": np.full((3, 43, 4), 1e200)}, r"features has numbers beyond 1e\+100"),
    ],
)
def test_bad_rows_are_refused(change, message):
    x, y = problem()
    with pytest.raises(ParameterError, match=message):
        GradientReadout(epochs=2).fit(**{"features": x, "targets": y} | change)


@pytest.mark.parametrize(
    "change",
    [{"epochs": 0}, {"batch": 0}, {"learning_rate": 0.0}, {"alpha": 1.0}, {"epsilon": 0.0}, {"seed": -1}],
)
def test_bad_settings_are_refused(change):
    with pytest.raises(ParameterError, match=f"GradientReadout.{next(iter(change))}"):
        GradientReadout(**change)


def test_a_stack_answers_a_stack():
    x, y = problem()
    readout = GradientReadout(epochs=1).fit(x, y)
    with pytest.raises(ParameterError, match=r"\(models, rows, features\)"):
        readout.predict(x[0])
    with pytest.raises(ParameterError, match=r"\(3, rows, 4\)"):
        readout.predict(x[:2])


def test_a_rate_that_leaves_every_range_is_refused():
    x, y = problem()
    with pytest.raises(ParameterError, match="training left the range of double precision"):
        GradientReadout(epochs=2, learning_rate=1e160).fit(x, y)
