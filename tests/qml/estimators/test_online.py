"""Learning further rows: the same as learning them at once, and what cannot."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

from qml import RecursiveReadout, ReservoirRegressor, ReservoirSeriesRegressor
from qsim.errors import ParameterError

WAVE = np.sin(0.3 * np.arange(240)) + 0.3 * np.sin(0.71 * np.arange(240))
WINDOWS, NEXT = np.lib.stride_tricks.sliding_window_view(WAVE, 4)[:-1].copy(), WAVE[4:]
SETTINGS = {"hidden": 20, "backend": "numpy", "regressor": RecursiveReadout(0.995, 1e-4)}


def test_windows_in_portions():
    whole = ReservoirRegressor("rnn", **SETTINGS).fit(WINDOWS, NEXT)
    online = ReservoirRegressor("rnn", **SETTINGS)
    for start in range(0, len(WINDOWS), 59):
        online.partial_fit(WINDOWS[start : start + 59], NEXT[start : start + 59])
    np.testing.assert_allclose(online.predict(WINDOWS), whole.predict(WINDOWS), atol=1e-8)


def test_a_series_in_portions_goes_on_from_its_end(tmp_path):
    x, y = WAVE[:-1, None], WAVE[1:]
    model = ReservoirSeriesRegressor("esn", washout=10, **SETTINGS)
    whole = clone(model).fit(x[:200], y[:200])
    online = clone(model).partial_fit(x[:50], y[:50])
    online.save(tmp_path / "model")
    restored = ReservoirSeriesRegressor.load(tmp_path / "model")
    for one in (online, restored):
        one.partial_fit(x[50:51], y[50:51]).partial_fit(x[51:200], y[51:200])
        np.testing.assert_allclose(one.predict(x[200:]), whole.predict(x[200:]), atol=1e-8)
    np.testing.assert_array_equal(online.predict(x[200:]), restored.predict(x[200:]))


def test_it_follows_a_law_that_changes():
    x = np.random.default_rng(0).uniform(-1, 1, (1200, 1))
    sign = np.where(np.arange(1200) < 600, 1.0, -1.0)
    y = sign * np.concatenate([[0.0], x[:-1, 0]])
    settings = {**SETTINGS, "washout": 20}
    online = ReservoirSeriesRegressor("esn", **settings).fit(x[:600], y[:600])
    before = online.score(x[600:900], y[600:900])
    # The memory is 200 rows long, so of the old law e^-3 is left after 600 rows.
    after = online.partial_fit(x[600:], y[600:]).regressor_.weights_
    fresh = ReservoirSeriesRegressor("esn", **settings).fit(x[:600], y[:600]).regressor_.weights_
    assert before < 0
    assert np.corrcoef(after[:, 0], fresh[:, 0])[0, 1] < -0.8


def test_what_learns_at_once_has_no_partial_fit():
    for regressor in (None, "gradient", Ridge()):
        model = ReservoirRegressor("rnn", regressor=regressor)
        assert not hasattr(model, "partial_fit")
        with pytest.raises(AttributeError, match="partial_fit"):
            model.partial_fit(WINDOWS, NEXT)
    assert hasattr(ReservoirRegressor("rnn", regressor="recursive"), "partial_fit")


def test_further_rows_are_like_those_before():
    model = ReservoirRegressor("rnn", regressor="recursive", hidden=3).fit(WINDOWS, NEXT)
    with pytest.raises(ValueError, match="features"):
        model.partial_fit(WINDOWS[:, :3], NEXT)
    with pytest.raises(ParameterError, match="further rows must have"):
        model.partial_fit(WINDOWS, np.column_stack([NEXT, NEXT]))


@parametrize_with_checks([ReservoirRegressor("rnn", hidden=30, backend="numpy", regressor="recursive")])
def test_scikit_learn(estimator, check):
    check(estimator)
