from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import qml.forecasters  # noqa: F401
from qml.forecasters import (
    ESNForecaster,
    FittedForecaster,
    Forecaster,
    HarmonicForecaster,
    LinearForecaster,
    PersistenceForecaster,
    QRNNForecaster,
    TanhForecaster,
)
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qsim import registry
from qsim.errors import ParameterError
from qsim.parameters import Declared, declarations

#: Small, quick versions.
TRAINED: list[Any] = [
    QRNNForecaster(cells=3, hidden=1, washout=20),
    TanhForecaster(cells=3, hidden=1, washout=20),
    ESNForecaster(units=20, washout=20),
    LinearForecaster(lags=6),
]
ALL = [*TRAINED, PersistenceForecaster()]
each = pytest.mark.parametrize("forecaster", ALL, ids=lambda one: type(one).__name__)
each_trained = pytest.mark.parametrize("forecaster", TRAINED, ids=lambda one: type(one).__name__)


def loads(steps: int = 400, routers: int = 4, seed: int = 0) -> npt.NDArray[np.float64]:
    """Loads of routers: a slow wave each, correlated noise, never below zero."""
    rng = np.random.default_rng(seed)
    time = np.arange(steps)[:, None]
    noise = np.zeros((steps, routers))
    for step in range(1, steps):
        noise[step] = 0.8 * noise[step - 1] + 0.5 * rng.standard_normal(routers)
    return np.maximum(0.0, 4.0 + 4.0 * np.sin(2 * np.pi * time / 48 + np.arange(routers)) + noise)


def test_they_are_found_by_name() -> None:
    found = {name: registry.lookup("forecaster", name) for name in registry.names("forecaster")}
    assert found == {
        "qrnn": QRNNForecaster,
        "esn": ESNForecaster,
        "harmonic": HarmonicForecaster,
        "linear": LinearForecaster,
        "tanh": TanhForecaster,
        "persistence": PersistenceForecaster,
    }
    made = registry.build("forecaster", {"kind": "qrnn", "cells": 3, "floor": None})
    assert made == QRNNForecaster(cells=3, floor=None)


def test_every_setting_is_declared_and_bounded() -> None:
    for name in registry.names("forecaster"):
        cls = registry.lookup("forecaster", name)
        assert issubclass(cls, Declared)
        assert all(declared.about.doc for declared in declarations(cls))
    for cls, wrong in [
        (QRNNForecaster, {"cells": 0}),
        (QRNNForecaster, {"leak": 0.0}),
        (QRNNForecaster, {"delay": 0}),
        (ESNForecaster, {"radius": -1.0}),
        (ESNForecaster, {"units": 2.5}),
        (LinearForecaster, {"lags": 0}),
        (HarmonicForecaster, {"period": 0}),
        (HarmonicForecaster, {"overtones": -1}),
    ]:
        with pytest.raises(ParameterError, match=f"`{cls.__name__}.{next(iter(wrong))}` must be"):
            cls(**wrong)


def test_announcing_them_loads_no_machinery() -> None:
    code = (
        "import sys, qml.forecasters\n"
        "heavy = {'scipy', 'sklearn', 'pennylane', 'jax', 'pandas', 'qml.reservoir', 'qml.estimators'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@each
def test_forecasts_have_a_row_for_each_step_and_asking_changes_nothing(forecaster: Forecaster) -> None:
    fitted: FittedForecaster = forecaster.fit(loads(200))
    first = fitted.forecast(7)
    assert first.shape == (7, 4)
    np.testing.assert_array_equal(fitted.forecast(3), first[:3])
    np.testing.assert_array_equal(forecaster.fit(loads(200)).forecast(7), first)
    assert forecaster.fit(loads(200)[:, 0]).forecast(2).shape == (2, 1)


@each
def test_a_channel_is_forecast_from_its_own_past_alone(forecaster: Forecaster) -> None:
    history = loads(200)
    together = forecaster.fit(history).forecast(10)
    for channel in range(4):
        alone = forecaster.fit(history[:, channel]).forecast(10)
        np.testing.assert_array_equal(alone[:, 0], together[:, channel])


@each
def test_an_update_takes_values_one_by_one_or_together(forecaster: Forecaster) -> None:
    history = loads(220)
    one_by_one = forecaster.fit(history[:200])
    for values in history[200:]:
        one_by_one.update(values)
    together = forecaster.fit(history[:200]).update(history[200:])
    np.testing.assert_allclose(one_by_one.forecast(5), together.forecast(5), rtol=1e-9)
    assert not np.allclose(together.forecast(5), forecaster.fit(history[:200]).forecast(5))


def test_one_channel_is_updated_by_a_number_or_several() -> None:
    fitted = PersistenceForecaster().fit([1.0, 2.0])
    assert fitted.update([3.0]).forecast(1) == 3.0
    assert fitted.update([4.0, 5.0]).forecast(1) == 5.0
    assert fitted.update([[6.0], [7.0]]).forecast(1) == 7.0


def test_linear_is_a_ridge_regression_on_the_last_values() -> None:
    history = loads(150, 1)
    scaler = Scaler("minmax").fit(history)
    scaled = scaler.transform(history)[:, 0]
    rows = np.lib.stride_tricks.sliding_window_view(scaled, 4)[:, ::-1]
    readout = RidgeReadout().fit(rows[:-1], scaled[4:])
    expected = scaler.inverse(readout.predict(rows[-1:])[:, None])
    np.testing.assert_allclose(LinearForecaster(lags=4).fit(history).forecast(1), expected, rtol=1e-9)


def test_persistence_says_that_all_stays_as_it_is() -> None:
    history = loads(30)
    np.testing.assert_array_equal(PersistenceForecaster().fit(history).forecast(3), history[[-1, -1, -1]])


@each_trained
def test_periodic_loads_are_learnt(forecaster: Forecaster) -> None:
    wave = 2.0 + np.sin(0.3 * np.arange(320))
    forecast = forecaster.fit(wave[:300]).forecast(20)
    np.testing.assert_allclose(forecast[:, 0], wave[300:], atol=0.1)


def test_the_trained_ones_beat_persistence_on_waves_with_noise() -> None:
    # Ten steps ahead, mean over 19 starts and 4 routers: 3.7 for persistence; 1.0, 1.5 and 1.2.
    history = loads(700)

    def error(forecaster: Any) -> float:
        fitted, squares = forecaster.fit(history[:500]), []
        for start in range(500, 690, 10):
            squares.append((fitted.forecast(10)[9] - history[start + 9]) ** 2)
            fitted.update(history[start : start + 10])
        return float(np.sqrt(np.mean(squares)))

    still = error(PersistenceForecaster())
    for forecaster in (QRNNForecaster(), ESNForecaster(), LinearForecaster()):
        assert error(forecaster) < 0.8 * still


@each_trained
def test_constant_loads_are_legal_and_forecast_as_they_are(forecaster: Forecaster) -> None:
    history = loads(200)
    history[:, 1] = 0.0
    history[:, 3] = 2.5
    fitted = forecaster.fit(history)
    np.testing.assert_array_equal(fitted.forecast(5)[:, [1, 3]], [[0.0, 2.5]] * 5)
    fitted.update([1.0, 7.0, 1.0, 2.5])
    np.testing.assert_array_equal(fitted.forecast(5)[:, [1, 3]], [[7.0, 2.5]] * 5)
    alone = forecaster.fit(np.zeros(100))
    np.testing.assert_array_equal(alone.forecast(3), np.zeros((3, 1)))
    np.testing.assert_array_equal(alone.update([1.0]).forecast(2), np.ones((2, 1)))


@each_trained
def test_loads_do_not_fall_below_zero_unless_they_may(forecaster: Any) -> None:
    wave = np.maximum(0.0, np.sin(0.3 * np.arange(300)))
    assert forecaster.fit(wave).forecast(60).min() >= 0.0
    with pytest.raises(ParameterError, match="history must not lie below the floor of 0, got -1"):
        forecaster.fit(wave - 1.0)
    free = type(forecaster)(**{**vars(forecaster), "floor": None})
    assert free.fit(wave - 1.0).forecast(60).min() < -0.5
    with pytest.raises(ParameterError, match=r"values must not lie below the floor of 0, got -0\.1"):
        forecaster.fit(wave).update([-0.1])


@each_trained
def test_short_histories_are_refused(forecaster: Any) -> None:
    left_out = forecaster.lags - 1 if isinstance(forecaster, LinearForecaster) else forecaster.washout
    need = left_out + 11
    assert forecaster.fit(loads(need)).forecast(1).shape == (1, 4)
    with pytest.raises(ParameterError, match=f"a history of {need - 1} steps is too short: .* need {need}$"):
        forecaster.fit(loads(need - 1))


@each
def test_bad_histories_and_values_are_refused(forecaster: Forecaster) -> None:
    for wrong, message in [
        ([], "history is empty"),
        (np.full((100, 2), np.nan), "history has 200 values that are NaN or infinite"),
        (np.ones((10, 10, 10)), "history must have shape"),
        ("many", "history must be an array of numbers"),
    ]:
        with pytest.raises(ParameterError, match=message):
            forecaster.fit(wrong)  # type: ignore[arg-type]
    fitted = forecaster.fit(loads(200))
    before = fitted.forecast(3)
    for wrong, message in [
        ([1.0, 2.0], "values has 2 channels where 4 are expected"),
        ([1.0, 2.0, np.inf, 1.0], "values has a value that is NaN or infinite"),
        (1.0, "values has 1 channels where 4 are expected"),
    ]:
        with pytest.raises(ParameterError, match=message):
            fitted.update(wrong)
    with pytest.raises(ParameterError, match="steps must be a whole number of at least 1, not 0"):
        fitted.forecast(0)
    np.testing.assert_array_equal(fitted.forecast(3), before)


series = arrays.arrays(
    np.float64, st.tuples(st.integers(31, 60), st.integers(1, 3)), elements=st.floats(0.0, 1e6, width=32)
)


@settings(max_examples=30, deadline=None)
@given(history=series, which=st.integers(0, 2))
def test_any_loads_give_finite_forecasts_within_reach(history: npt.NDArray[np.float64], which: int) -> None:
    fitted = TRAINED[which].fit(history)
    forecast = fitted.forecast(20)
    low, high = history.min(axis=0), history.max(axis=0)
    slack = 1e-9 * (1.0 + high)
    assert (forecast >= 0.0).all()
    assert (forecast <= high + (high - low) / 2 + slack).all()
    assert np.isfinite(fitted.update(history[:3]).forecast(5)).all()
