"""The model for darts: the same numbers as ours, sampled paths, and darts' own backtest."""

import warnings

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("darts")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from darts import TimeSeries

    from qml.darts_model import DartsReservoir

from qml.estimators import ReservoirForecaster
from qml.estimators.rolling_errors import rolling_errors, sampled_paths
from qsim.errors import ParameterError

MODEL = ReservoirForecaster("esn", hidden=10, washout=5, backend="numpy")
VALUES = np.sin(0.3 * np.arange(90)) + 0.1 * np.random.default_rng(0).normal(size=90)
SERIES = TimeSeries.from_times_and_values(pd.date_range("2001-01-01", periods=90, freq="D"), VALUES)


def ours(values=VALUES):
    return ReservoirForecaster(**MODEL.get_params()).fit(values)


def test_it_forecasts_what_the_estimator_forecasts():
    found = DartsReservoir(MODEL).fit(SERIES).predict(4)
    np.testing.assert_array_equal(found.values()[:, 0], ours().forecast(4))
    assert found.start_time() == pd.Timestamp("2001-04-01")


def test_samples_are_paths_of_past_errors():
    model = DartsReservoir(MODEL, calibration=0.3).fit(SERIES)
    found = model.predict(3, num_samples=50, random_state=7)
    expected = sampled_paths(rolling_errors(MODEL, VALUES, 3, 0.3), ours().forecast(3), 50, 7)
    np.testing.assert_array_equal(found.all_values()[:, 0], expected)
    again = model.predict(3, num_samples=50, random_state=7)
    np.testing.assert_array_equal(found.all_values(), again.all_values())
    other = model.predict(3, num_samples=50, random_state=8)
    assert np.any(found.all_values() != other.all_values())


def test_darts_backtests_it():
    found = DartsReservoir(MODEL).historical_forecasts(SERIES, start=0.9, forecast_horizon=1, verbose=False)
    expected = [ours(VALUES[:end]).forecast(1)[0] for end in range(80, 90)]
    np.testing.assert_allclose(found.values()[:, 0], expected, atol=1e-12)


def test_several_components_are_refused():
    with pytest.raises((ParameterError, ValueError), match=r"component|univariate"):
        DartsReservoir(MODEL).fit(SERIES.stack(SERIES.with_columns_renamed(SERIES.columns[0], "b")))
