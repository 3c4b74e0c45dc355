"""scikit-learn's own checks, and the tools that users put estimators into."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Lasso, Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from qml.cells.quantum_cells import QLSTM
from qml.estimators import (
    ReservoirFeatures,
    ReservoirForecaster,
    ReservoirRegressor,
    ReservoirSeriesRegressor,
)
from qml.readouts import GradientReadout, RidgeReadout
from qsim.errors import ParameterError

WAVE = np.sin(0.3 * np.arange(240)) + 0.3 * np.sin(0.71 * np.arange(240))
WINDOWS, NEXT = np.lib.stride_tricks.sliding_window_view(WAVE, 4)[:-1].copy(), WAVE[4:]

#: Checks that an estimator cannot pass, with the reason.
EXPECTED = {
    "qrnn": {
        "check_regressors_train": "the answer hangs on the fifth of ten steps, and a single cell remembers "
        "three: the same estimator with a cell that remembers passes",
    },
    "series": {
        "check_methods_sample_order_invariance": "rows are steps in time: another order is another series",
        "check_methods_subset_invariance": "a step is answered from all steps before it",
    },
}


def reasons(estimator: Any) -> dict[str, str]:
    if isinstance(estimator, ReservoirSeriesRegressor):
        return EXPECTED["series"]
    if isinstance(estimator, ReservoirRegressor) and estimator.cell == "qrnn":
        return EXPECTED["qrnn"]
    return {}


@parametrize_with_checks(
    [
        ReservoirFeatures("qrnn", hidden=1, backend="numpy"),
        ReservoirRegressor("qrnn", hidden=1, backend="numpy"),
        ReservoirRegressor("rnn", hidden=30, backend="numpy"),
        ReservoirSeriesRegressor("esn", hidden=40, backend="numpy"),
    ],
    expected_failed_checks=reasons,
)
def test_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


ALL = [
    ReservoirFeatures("qgru", cells=2, leak=(0.2, 1.0)),
    ReservoirRegressor(QLSTM(hidden=2), regressor=GradientReadout(epochs=3)),
    ReservoirSeriesRegressor("esn", radius=0.8, washout=3, regressor="ridge"),
    ReservoirForecaster("qrnn", delays=(1, 3), horizon=2),
]


@pytest.mark.parametrize("estimator", ALL, ids=lambda estimator: type(estimator).__name__)
def test_a_clone_has_the_same_parameters_and_shows_them(estimator: Any) -> None:
    twin = clone(estimator)
    assert twin is not estimator
    assert repr(twin) == repr(estimator)
    assert twin.get_params().keys() == estimator.get_params().keys()
    assert estimator.set_params(random_state=5).random_state == 5


def test_parameters_are_stored_unchanged_and_looked_at_by_fit_only() -> None:
    odd = ReservoirRegressor("qrrn", cells=-1, leak=[2.0, 1.0])  # type: ignore[arg-type]
    assert odd.get_params()["leak"] is odd.leak
    with pytest.raises(ParameterError, match="did you mean 'qrnn'"):
        odd.fit(WINDOWS, NEXT)


@pytest.mark.parametrize(
    "estimator",
    [
        ReservoirFeatures("qrnn", cells=2, backend="numpy"),
        ReservoirRegressor("qlstm", hidden=2),
        ReservoirRegressor("rnn", regressor=Lasso(alpha=1e-4)),
        ReservoirSeriesRegressor("esn", hidden=10),
    ],
    ids=["features", "windowed", "lasso", "series"],
)
def test_pickled_estimators_answer_with_the_same_bits(estimator: Any) -> None:
    fitted = clone(estimator).fit(WINDOWS, NEXT)
    again = pickle.loads(pickle.dumps(fitted))
    ask = "transform" if hasattr(fitted, "transform") else "predict"
    np.testing.assert_array_equal(getattr(again, ask)(WINDOWS), getattr(fitted, ask)(WINDOWS))


def test_in_a_pipeline_and_beside_other_features() -> None:
    both = FeatureUnion(
        [("reservoir", ReservoirFeatures("qrnn", hidden=2)), ("windows", FunctionTransformer())]
    )
    model = make_pipeline(StandardScaler(), both, Ridge(alpha=1e-6)).fit(WINDOWS[:160], NEXT[:160])
    assert model[:-1].transform(WINDOWS).shape == (len(WINDOWS), 6)
    assert model.score(WINDOWS[160:], NEXT[160:]) > 0.99


def test_features_have_names_that_a_table_shows() -> None:
    features = ReservoirFeatures("qrnn", cells=2, hidden=1, readout=("hidden", "zz"))
    table = features.set_output(transform="pandas").fit_transform(WINDOWS)
    assert list(table.columns) == ["cell0_hidden0", "cell0_zz0", "cell1_hidden0", "cell1_zz0"]


def test_a_grid_over_flat_parameters_with_folds_in_time() -> None:
    grid = {"hidden": np.array([1, 2]), "init_scale": np.array([0.01, 1.0]), "leak": [1.0, (0.3, 1.0)]}
    search = GridSearchCV(ReservoirRegressor("qrnn"), grid, cv=TimeSeriesSplit(3), error_score="raise")
    search.fit(WINDOWS, NEXT)
    assert len(search.cv_results_["params"]) == 8
    assert search.best_score_ > 0.8


def test_folds_in_time_continue_a_running_model() -> None:
    series = WAVE[:-2, None]
    model = ReservoirSeriesRegressor("esn", hidden=30, washout=10)
    scores = cross_val_score(model, series, WAVE[2:], cv=TimeSeriesSplit(3), error_score="raise")
    assert scores.min() > 0.99


def test_a_forecaster_is_searched_by_its_own_score() -> None:
    search = GridSearchCV(
        ReservoirForecaster("esn", washout=20, horizon=3, backend="numpy"),
        {"hidden": [1, 30]},
        cv=TimeSeriesSplit(2),
        error_score="raise",
    ).fit(WAVE)
    assert search.best_params_ == {"hidden": 30}
    assert search.best_score_ > 0.95


@pytest.mark.parametrize(
    "regressor", ["ridge", "gradient", RidgeReadout(penalties=(1e-6,)), Ridge(alpha=1e-6)]
)
def test_any_readout_or_regressor_can_be_trained(regressor: Any) -> None:
    model = ReservoirRegressor("rnn", hidden=10, regressor=regressor).fit(WINDOWS, NEXT)
    assert model.score(WINDOWS, NEXT) > 0.9
    assert model.regressor_ is not regressor
