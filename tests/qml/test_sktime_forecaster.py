"""The forecaster for sktime: the same numbers as ours, indices, intervals, and sktime's own checks."""

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sktime")

from sktime.utils.estimator_checks import check_estimator

from qml.estimators import ReservoirForecaster
from qml.estimators.rolling_errors import half_widths, rolling_errors
from qml.sktime_forecaster import SktimeReservoir
from qsim.errors import ParameterError

MODEL = ReservoirForecaster("esn", hidden=10, washout=5, backend="numpy")
VALUES = np.sin(0.3 * np.arange(90)) + 0.1 * np.random.default_rng(0).normal(size=90)
MONTHS = pd.Series(VALUES, index=pd.period_range("2001-01", periods=90, freq="M"), name="load")

#: Of sktime's checks those that concern what is written here; all take minutes.
CHECKS = [
    "test_predict_time_index", "test_predict_interval", "test_predict_quantiles",
    "test_update_predict_single", "test_fit_does_not_overwrite_hyper_params",
    "test_non_state_changing_method_contract",
]  # fmt: skip


def ours(values):
    return ReservoirForecaster(**MODEL.get_params()).fit(values)


def test_it_forecasts_what_the_estimator_forecasts():
    found = SktimeReservoir(MODEL).fit(MONTHS).predict([1, 4])
    np.testing.assert_array_equal(found, ours(VALUES).forecast(4)[[0, 3]])
    assert list(found.index.astype(str)) == ["2008-07", "2008-10"]
    assert found.name == "load"


def test_intervals_are_conformal():
    found = SktimeReservoir(MODEL, calibration=0.4).fit(MONTHS).predict_interval([2, 3], coverage=[0.8, 0.9])
    errors, centre = rolling_errors(MODEL, VALUES, 3, 0.4), ours(VALUES).forecast(3)[1:]
    for level in (0.8, 0.9):
        half = half_widths(errors, level, np.array([2, 3]))
        np.testing.assert_allclose(found[("load", level, "lower")], centre - half)
        np.testing.assert_allclose(found[("load", level, "upper")], centre + half)


def test_update_learns_or_only_goes_on():
    head, tail = MONTHS.iloc[:80], MONTHS.iloc[80:]
    learnt = SktimeReservoir(MODEL).fit(head).update(tail).predict([1])
    np.testing.assert_array_equal(learnt, ours(VALUES).forecast(1))
    went_on = SktimeReservoir(MODEL).fit(head).update(tail, update_params=False).predict([1])
    np.testing.assert_array_equal(went_on, ours(VALUES[:80]).update(VALUES[80:]).forecast(1))


def test_too_few_errors_for_the_coverage_are_said_so():
    with pytest.raises(ParameterError, match="take a longer series"):
        SktimeReservoir(MODEL, calibration=0.05).fit(MONTHS).predict_interval([1])


@pytest.mark.slow
def test_sktime_checks(sized):
    sized(None, 1)
    failed = {
        name: result
        for name, result in check_estimator(
            SktimeReservoir, raise_exceptions=False, verbose=False, tests_to_run=CHECKS
        ).items()
        # It is stored by ourselves, as sktime asks for from its next version on.
        if result != "PASSED" and "remember_data" not in name
    }
    assert not failed
