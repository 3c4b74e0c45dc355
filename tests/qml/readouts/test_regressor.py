"""Readouts of other makes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from qml.readouts import GradientReadout, RegressorReadout, RidgeReadout, as_readout
from qsim.errors import ParameterError


def problem():
    random = np.random.default_rng(0)
    x = random.normal(size=(60, 4))
    return x, x @ random.normal(size=(4, 2)) + 1.0


def test_ours_come_back_fresh_with_their_settings():
    x, y = problem()
    for given in (RidgeReadout(penalties=(0.1,), scale=True), GradientReadout(epochs=3, seed=4)):
        given.fit(x, y)
        fresh = as_readout(given)
        assert fresh is not given
        assert repr(fresh) == repr(given)
        with pytest.raises(ParameterError, match="has not been fitted"):
            fresh.predict(x)
        np.testing.assert_array_equal(fresh.fit(x, y).predict(x), given.predict(x))


def test_names():
    assert isinstance(as_readout("ridge"), RidgeReadout)
    assert isinstance(as_readout("gradient"), GradientReadout)
    with pytest.raises(ParameterError, match=r"unknown readout 'rigde' \(did you mean 'ridge'\?\)"):
        as_readout("rigde")


def test_a_regressor_is_cloned_and_gives_its_own_answers():
    x, y = problem()
    regressor = make_pipeline(StandardScaler(), LinearRegression())
    readout = as_readout(regressor).fit(x, y)
    assert not hasattr(regressor[-1], "coef_")
    np.testing.assert_allclose(readout.predict(x), y, atol=1e-10)
    np.testing.assert_array_equal(as_readout(readout).fit(x, y).predict(x), readout.predict(x))


@pytest.mark.parametrize("regressor", [LinearRegression(), RandomForestRegressor(5, random_state=0), SVR()])
@pytest.mark.parametrize("columns", [None, 1])
def test_answers_have_the_shape_of_the_targets(regressor, columns):
    x, y = problem()
    y = y[:, 0] if columns is None else y[:, :1]
    assert as_readout(regressor).fit(x, y).predict(x[:7]).shape == (7, *y.shape[1:])


def test_one_target_only_is_said_at_once():
    x, y = problem()
    with pytest.raises(ParameterError, match=r"SVR takes one target and 2 were given.*MultiOutputRegressor"):
        as_readout(SVR()).fit(x, y)
    assert as_readout(MultiOutputRegressor(SVR())).fit(x, y).predict(x).shape == y.shape


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (LogisticRegression(), "got a LogisticRegression"),
        (StandardScaler(), "got a StandardScaler"),
        (LinearRegression, r"got the class LinearRegression itself: make an instance, LinearRegression\(\)"),
        (RidgeReadout, r"make an instance, RidgeReadout\(\)"),
        (3.0, "got a float"),
        (None, "got a NoneType"),
    ],
)
def test_other_things_are_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        as_readout(given)
    with pytest.raises(ParameterError, match=message):
        RegressorReadout(given)


def test_misuse_is_refused():
    x, y = problem()
    readout = RegressorReadout(LinearRegression())
    with pytest.raises(ParameterError, match="has not been fitted"):
        readout.predict(x)
    with pytest.raises(ParameterError, match="NaN"):
        readout.fit(np.full_like(x, np.nan), y)
    with pytest.raises(ParameterError, match="4 columns fitted to, got 3"):
        readout.fit(x, y).predict(x[:, 1:])


def test_importing_and_refusing_load_no_scikit_learn():
    code = (
        "import sys, qml.readouts, qml.baselines\n"
        "try:\n    qml.readouts.as_readout(3)\n"
        "except ValueError:\n    pass\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'jax', 'pennylane') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
