"""Trained cells as estimators: what training gives, scikit-learn's ways, storage, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from qml import TrainedRegressor
from qml.cells.classical_cells import RNN
from qml.cells.quantum_cells import QRNN
from qsim.errors import ParameterError

pytest.importorskip("jax")

WAVE = 50 + 7 * np.sin(0.3 * np.arange(90))
WINDOWS, NEXT = np.lib.stride_tricks.sliding_window_view(WAVE, 4)[:-1].copy(), WAVE[4:]


@pytest.fixture(scope="module", params=["qrnn", "gru"])
def model(request):
    return TrainedRegressor(request.param, hidden=3, epochs=25, models=2).fit(WINDOWS, NEXT)


def test_it_learns_in_the_unit_of_the_series(model):
    assert model.score(WINDOWS, NEXT) > 0.9
    assert model.predict(WINDOWS).shape == NEXT.shape


def test_answers_are_the_mean_over_models(model):
    features = model.reservoir_.window_features((WINDOWS[..., None] - WINDOWS.mean()) / WINDOWS.std())
    scaled = features @ model.weights_ + model.intercept_
    np.testing.assert_allclose(model.predict(WINDOWS), scaled[:, 0] * NEXT.std() + NEXT.mean(), rtol=1e-12)
    # The validation loss at the kept epoch is that of the single models on the last fifth.
    held = round(0.2 * len(WINDOWS))
    per_model = features.reshape(len(WINDOWS), 2, -1)[-held:]
    weights = model.weights_.reshape(2, -1) * 2
    for one in (0, 1):
        kept = model.validation_loss_[one, model.epochs_[one] - 1]
        assert kept == np.nanmin(model.validation_loss_[one])
        assert per_model[:, one].shape[1] == weights.shape[1]


def test_same_state_same_bits_and_other_state_other(model):
    again = clone(model).fit(WINDOWS, NEXT)
    np.testing.assert_array_equal(again.predict(WINDOWS), model.predict(WINDOWS))
    other = clone(model).set_params(random_state=1).fit(WINDOWS, NEXT)
    assert np.any(other.predict(WINDOWS) != model.predict(WINDOWS))


def test_what_is_saved_answers_with_the_same_bits(model, tmp_path):
    model.save(tmp_path / "model")
    loaded = TrainedRegressor.load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(WINDOWS), model.predict(WINDOWS))


def test_several_channels_and_targets():
    windows = np.concatenate([WINDOWS[..., None], WINDOWS[..., None] ** 2], axis=2).reshape(len(WINDOWS), 8)
    targets = np.column_stack([NEXT, -NEXT])
    settings = {"channels": 2, "epochs": 40, "patience": None}
    model = TrainedRegressor(RNN(channels=2, hidden=4), **settings).fit(windows, targets)
    assert model.predict(windows).shape == targets.shape
    assert model.score(windows, targets) > 0.9
    assert np.isnan(model.validation_loss_).all()


def test_a_grid_search_finds_what_trains():
    search = GridSearchCV(
        TrainedRegressor("rnn", hidden=3, epochs=15, patience=None),
        {"learning_rate": [1e-5, 0.05], "optimiser": ["adam", "rmsprop"]},
        cv=TimeSeriesSplit(2),
    )
    assert search.fit(WINDOWS, NEXT).best_params_["learning_rate"] == 0.05


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimiser": "sgd"}, r"Training\.optimiser"),
        ({"models": 0}, "models must be a whole number of at least 1"),
        ({"cell": "esn", "hidden": 5, "epochs": 0}, r"Training\.epochs"),
        ({"validation": 1.0}, r"validation must be in \(0, 1\)"),
        ({"cell": "lstn"}, "did you mean 'lstm'"),
        ({"cell": QRNN(channels=2)}, "the cell has 2 channels and the windows 1"),
        ({"random_state": -1}, "random_state"),
    ],
)
def test_refuses_what_is_wrong(settings, message):
    with pytest.raises(ParameterError, match=message):
        TrainedRegressor(**settings).fit(WINDOWS, NEXT)


def test_refuses_before_it_is_fitted_and_without_rows():
    with pytest.raises(NotFittedError):
        TrainedRegressor().predict(WINDOWS)
    with pytest.raises(ParameterError, match="2 samples of windows leave 1 to train on"):
        TrainedRegressor().fit(WINDOWS[:2], NEXT[:2])
