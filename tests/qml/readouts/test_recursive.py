"""Recursive least squares: its closed form in any portions, forgetting, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.readouts import RecursiveReadout, RidgeReadout, as_readout
from qsim.errors import ParameterError


def rows(count, features=4, targets=2, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, features)) + 3.0
    return x, x @ rng.normal(size=(features, targets)) + rng.normal(size=(count, targets)) - 1.0


def closed_form(x, y, forgetting, penalty):
    """Weighted normal equations with an intercept that is not penalised."""
    weights = forgetting ** np.arange(len(x) - 1, -1, -1.0)
    extended = np.hstack([x, np.ones((len(x), 1))])
    gram = (extended * weights[:, None]).T @ extended
    gram[range(x.shape[1]), range(x.shape[1])] += penalty
    return np.linalg.solve(gram, (extended * weights[:, None]).T @ y)


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=5),
    forgetting=st.sampled_from([1.0, 0.99, 0.7]),
    penalty=st.sampled_from([1e-3, 1.0, 50.0]),
    seed=st.integers(0, 1000),
)
def test_any_portions_give_the_closed_form(cuts, forgetting, penalty, seed):
    x, y = rows(sum(cuts), seed=seed)
    readout = RecursiveReadout(forgetting, penalty)
    start = 0
    for cut in cuts:
        readout.partial_fit(x[start : start + cut], y[start : start + cut])
        start += cut
    expected = closed_form(x, y, forgetting, penalty)
    np.testing.assert_allclose(readout.weights_, expected[:-1], atol=1e-8)
    np.testing.assert_allclose(readout.intercept_, expected[-1], atol=1e-7)
    assert readout.rows_ == sum(cuts)


def test_without_forgetting_it_is_ridge_regression():
    x, y = rows(700)
    unit = float(np.sum((x - x.mean(axis=0)) ** 2)) / x.shape[1]
    ridge = RidgeReadout(penalties=(0.01,)).fit(x, y)
    online = RecursiveReadout(penalty=0.01 * unit).fit(x, y)
    np.testing.assert_allclose(online.weights_, ridge.weights_, rtol=1e-10)
    np.testing.assert_allclose(online.predict(x), ridge.predict(x), rtol=1e-10)


def test_it_follows_a_change_that_ridge_averages_over():
    x, _ = rows(400, targets=1)
    y = np.where(np.arange(400) < 200, 1.0, -1.0) * x[:, 0]
    online, fixed = RecursiveReadout(0.9).fit(x, y), RecursiveReadout(1.0).fit(x, y)
    # After 200 rows the old law weighs 0.9^200.
    np.testing.assert_allclose(online.weights_[:, 0], [-1, 0, 0, 0], atol=1e-6)
    assert abs(fixed.weights_[0, 0]) < 0.2


def test_features_that_stand_still_wind_nothing_up():
    x, y = rows(50, targets=1)
    still = np.repeat(x[-1:], 5000, axis=0)
    readout = RecursiveReadout(0.9, 1e-3).fit(x, y).partial_fit(still, np.repeat(y[-1:], 5000, axis=0))
    assert np.isfinite(readout.weights_).all()
    np.testing.assert_allclose(readout.predict(x[-1:]), y[-1:], atol=1e-6)


def test_one_row_and_more_features_than_rows():
    x, y = rows(1, features=6, targets=1)
    readout = RecursiveReadout().fit(x, y[:, 0])
    np.testing.assert_allclose(readout.predict(x), y[:, 0], rtol=1e-9)


def test_fit_begins_anew_and_storage_goes_on():
    x, y = rows(60)
    once = RecursiveReadout(0.98).fit(x, y)
    twice = RecursiveReadout(0.98).fit(-x, y).fit(x, y)
    np.testing.assert_array_equal(once.weights_, twice.weights_)
    head = RecursiveReadout(0.98).fit(x[:40], y[:40])
    restored = RecursiveReadout.from_dict(head.to_dict())
    np.testing.assert_array_equal(restored.predict(x), head.predict(x))
    np.testing.assert_array_equal(
        restored.partial_fit(x[40:], y[40:]).weights_, head.partial_fit(x[40:], y[40:]).weights_
    )
    assert restored.rows_ == 60


def test_by_name_and_refusals():
    assert isinstance(as_readout("recursive"), RecursiveReadout)
    x, y = rows(20)
    readout = RecursiveReadout().fit(x, y)
    with pytest.raises(ParameterError, match="further rows must have 4 features and 2 targets"):
        readout.partial_fit(x[:, :3], y)
    with pytest.raises(ParameterError, match="on 2 axes"):
        readout.partial_fit(x, y[:, 0])
    with pytest.raises(ParameterError, match=r"RecursiveReadout\.forgetting"):
        RecursiveReadout(forgetting=0.0)
    with pytest.raises(ParameterError, match=r"RecursiveReadout\.penalty"):
        RecursiveReadout(penalty=0.0)
