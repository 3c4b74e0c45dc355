from __future__ import annotations

import numpy as np
import pytest

from qml.cells.quantum_cells import QRNN
from qml.ensembles import ensemble
from qml.estimators import ReservoirSeriesRegressor
from qml.readouts import RidgeReadout
from qml.tasks.narma import narma
from qsim.errors import ParameterError

RNG = np.random.default_rng(5)
INPUTS = RNG.uniform(0.0, 0.5, (400, 1))


def quantum(**parameters: object) -> ReservoirSeriesRegressor:
    return ReservoirSeriesRegressor("qrnn", hidden=2, backend="numpy", washout=20, **parameters)  # type: ignore[arg-type]


def target(inputs: np.ndarray) -> np.ndarray:
    """What the input was two steps ago times what it is."""
    late = np.zeros(len(inputs))
    late[2:] = inputs[:-2, 0]
    return inputs[:, 0] * late


def test_predictions_go_on_where_the_training_series_ended() -> None:
    y = target(INPUTS)
    model = quantum(random_state=2).fit(INPUTS[:300], y[:300])
    reservoir = ensemble(QRNN(hidden=2), seed=2)
    features = reservoir.features(INPUTS)
    readout = RidgeReadout().fit(features[20:300], y[20:300])
    np.testing.assert_allclose(model.predict(INPUTS[300:]), readout.predict(features[300:]), rtol=1e-9)


def test_predictions_from_rest_answer_the_training_series() -> None:
    y = target(INPUTS)
    model = quantum().fit(INPUTS, y)
    answers = model.predict(INPUTS, reset=True)
    features = ensemble(QRNN(hidden=2), seed=0).features(INPUTS)
    np.testing.assert_allclose(
        answers, RidgeReadout().fit(features[20:], y[20:]).predict(features), rtol=1e-9
    )
    assert not np.allclose(model.predict(INPUTS)[:3], answers[:3], rtol=1e-9)


def test_asking_changes_nothing() -> None:
    model = quantum(shots=50).fit(INPUTS, target(INPUTS))
    first = model.predict(INPUTS[:30])
    model.predict(INPUTS[:7])
    np.testing.assert_array_equal(model.predict(INPUTS[:30]), first)
    np.testing.assert_array_equal(model.predict(INPUTS[:10]), first[:10])


def test_the_future_of_the_input_does_not_move_the_past_of_the_answers() -> None:
    model = quantum().fit(INPUTS, target(INPUTS))
    changed = INPUTS.copy()
    changed[200:] += 0.3
    np.testing.assert_array_equal(model.predict(changed)[:200], model.predict(INPUTS)[:200])
    assert model.predict(changed)[200] != model.predict(INPUTS)[200]


def test_several_channels_and_targets() -> None:
    inputs = RNG.uniform(-1.0, 1.0, (300, 2))
    targets = np.stack([inputs[:, 0] * inputs[:, 1], inputs[:, 0] + inputs[:, 1]], axis=1)
    model = ReservoirSeriesRegressor("esn", hidden=60, radius=0.1, input_scale=0.5, bias_scale=0.5).fit(
        inputs[:250], targets[:250]
    )
    assert model.n_features_in_ == 2
    assert model.predict(inputs[250:]).shape == (50, 2)
    assert model.score(inputs[250:], targets[250:]) > 0.9


def test_delays_reach_over_the_end_of_the_training_series() -> None:
    inputs = RNG.uniform(-1.0, 1.0, (300, 1))
    late = np.concatenate([np.zeros((9, 1)), inputs[:-9]])[:, 0]
    model = ReservoirSeriesRegressor("qrnn", hidden=1, delays=(9, 9), init="uniform", input_gain=0.3,
                                     washout=20, readout=("z", "zz"), cells=3)  # fmt: skip
    assert model.fit(inputs[:250], late[:250]).score(inputs[250:259], late[250:259]) > 0.99


def test_narma_is_learnt_by_an_ensemble() -> None:
    # NRMSE 0.13 to 0.27 with three seeds; one that answers the mean has 1.
    inputs = np.random.default_rng(1).uniform(0.0, 0.5, (1200, 1))
    targets = narma(inputs, 10)[1:]
    model = ReservoirSeriesRegressor(
        "qrnn", hidden=2, cells=8, delays=(0, 12), init="uniform", input_gain=(0.1, 0.5), leak=(0.1, 1.0),
        readout=("hidden", "z", "zz"), washout=100,
    )  # fmt: skip
    model.fit(inputs[:900], targets[:900])
    assert 1 - model.score(inputs[900:], targets[900:]) < 0.5**2


def test_bad_series_are_refused() -> None:
    y = target(INPUTS)
    with pytest.raises(ParameterError, match="a series of 400 steps is too short for a washout of 400"):
        ReservoirSeriesRegressor("rnn", washout=400).fit(INPUTS, y)
    with pytest.raises(ParameterError, match="washout must be a whole number of at least 0, not -1"):
        ReservoirSeriesRegressor("rnn", washout=-1).fit(INPUTS, y)
    with pytest.raises(
        ParameterError, match=r"X is 0\.2 throughout: a constant series has nothing to learn from"
    ):
        ReservoirSeriesRegressor("rnn").fit(np.full((400, 1), 0.2), y)
    spoilt = INPUTS.copy()
    spoilt[7] = np.inf
    with pytest.raises(ParameterError, match="X has a value that is NaN or infinite, the first at"):
        ReservoirSeriesRegressor("rnn").fit(spoilt, y)
    with pytest.raises(ValueError, match="Reshape your data"):
        ReservoirSeriesRegressor("rnn").fit(INPUTS[:, 0], y)
