from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from qml.cells.classical_cells import ESN
from qml.ensembles import ensemble
from qml.estimators import ReservoirForecaster
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qml.scores import valid_prediction_time
from qml.tasks.lorenz import LORENZ_LYAPUNOV, Lorenz
from qml.tasks.mackey_glass import mackey_glass
from qsim.errors import ParameterError

WAVE = np.sin(0.3 * np.arange(400)) + 5.0


def esn(**parameters: Any) -> ReservoirForecaster:
    return ReservoirForecaster("esn", **{"hidden": 30, "washout": 50, "backend": "numpy", **parameters})


@pytest.fixture(scope="module")
def lorenz() -> npt.NDArray[np.float64]:
    """2,600 samples, 0.02 apart."""
    return Lorenz().draw(2600, np.random.default_rng(0))[0]


def test_an_echo_state_network_stays_on_the_lorenz_attractor(lorenz: npt.NDArray[np.float64]) -> None:
    model = esn(hidden=300, radius=0.4, input_scale=0.5, washout=100, backend="auto").fit(lorenz[:2000])
    forecast = model.forecast(400)
    # Three seeds of four hold for the whole 7.2 Lyapunov times, the fourth for 3.7.
    time = valid_prediction_time(lorenz[2000:2400], forecast, dt=0.02, lyapunov=LORENZ_LYAPUNOV)
    assert time > 2.0


def test_quantum_cells_forecast_mackey_glass_longer_than_persistence() -> None:
    series = mackey_glass(2800)[800:]
    model = ReservoirForecaster(
        "qrnn", hidden=2, cells=12, delays=(1, 20), init="uniform", input_gain=(0.1, 0.5), leak=(0.1, 1.0),
        readout=("hidden", "z", "zz"),
    ).fit(series[:1500])  # fmt: skip
    starts = range(0, 500, 100)
    held, still = [], []
    for start in starts:
        truth = series[1500 + start : 1600 + start, None]
        forecast = model.forecast(100, history=series[1100 + start : 1500 + start])[:, None]
        held.append(valid_prediction_time(truth, forecast))
        still.append(valid_prediction_time(truth, np.broadcast_to(series[1499 + start], (100, 1))))
    # Not tuned: 19, 100, 50 and 43 steps with four seeds, 1.2 for persistence.
    assert np.mean(held) > 4 * np.mean(still)


def test_cells_that_see_some_of_many_channels_each(tmp_path: Path) -> None:
    waves = np.sin(np.arange(120)[:, None] / (2 + np.arange(12)))
    settings: dict[str, Any] = {"hidden": 1, "delays": (0, 3), "backend": "numpy", "washout": 10}
    model = ReservoirForecaster("qrnn", cells=12, sees=2, **settings).fit(waves)
    assert model.reservoir_.bank.cell.wires == 5
    assert model.reservoir_.channels == 12
    model.save(tmp_path / "model.qsim")
    again = ReservoirForecaster.load(tmp_path / "model.qsim")
    np.testing.assert_array_equal(again.forecast(3), model.forecast(3))
    with pytest.raises(
        ParameterError, match=r"circuits on 49 wires need .*`sees` bounds the channels of a cell"
    ):
        ReservoirForecaster("qrnn", **{**settings, "hidden": 25}).fit(waves)


def test_a_forecast_feeds_on_its_own_answers() -> None:
    model = esn(random_state=3).fit(WAVE[:300])
    scaler = Scaler("minmax").fit(WAVE[:300])
    scaled = scaler.transform(WAVE[:300])[:, None]
    reservoir = ensemble(ESN(hidden=30), seed=3)
    features = reservoir.features(scaled)
    readout = RidgeReadout().fit(features[50:-1], scaled[51:])
    series = scaled
    for _ in range(5):
        series = np.concatenate([series, readout.predict(reservoir.features(series)[-1:])])
    np.testing.assert_allclose(model.forecast(5), scaler.inverse(series[300:])[:, 0], rtol=1e-9)


def test_direct_forecasts_look_several_steps_ahead() -> None:
    model = esn(horizon=7).fit(WAVE[:300])
    np.testing.assert_allclose(model.predict(WAVE[300:393]), WAVE[307:], atol=1e-3)
    assert model.score(WAVE[300:]) > 0.999
    with pytest.raises(ParameterError, match="a horizon of 7 steps cannot be fed back step by step"):
        model.forecast(3)


def test_direct_forecasts_do_not_look_ahead() -> None:
    model = esn(horizon=2).fit(WAVE[:300])
    changed = WAVE[300:].copy()
    changed[40:] += 0.5
    np.testing.assert_array_equal(model.predict(changed)[:40], model.predict(WAVE[300:])[:40])


def test_the_scaling_is_learnt_from_the_training_series_alone() -> None:
    model = esn().fit(WAVE[:300])
    assert model.scaler_.to_dict() == Scaler("minmax").fit(WAVE[:300]).to_dict()
    before = model.forecast(3)
    model.predict(100.0 * WAVE[300:])
    np.testing.assert_array_equal(model.forecast(3), before)


@pytest.mark.parametrize("scaling", ["minmax", "standard", "none"])
def test_every_scaling_forecasts_in_the_unit_of_the_series(scaling: str) -> None:
    model = esn(scaling=scaling).fit(WAVE[:300])
    np.testing.assert_allclose(model.forecast(20), WAVE[300:320], atol=0.02)


def test_forecasts_have_the_shape_of_the_series() -> None:
    assert esn().fit(WAVE).forecast(4).shape == (4,)
    assert esn().fit(WAVE[:, None]).forecast(4).shape == (4, 1)
    both = np.stack([WAVE, np.cos(0.3 * np.arange(400))], axis=1)
    model = esn().fit(both)
    assert model.forecast(4).shape == model.predict(both[:4]).shape == (4, 2)


def test_an_update_goes_on_and_asking_does_not() -> None:
    model = esn().fit(WAVE[:300])
    first = model.forecast(10)
    np.testing.assert_array_equal(model.forecast(10), first)
    model.update(WAVE[300:320]).update(WAVE[320:350])
    np.testing.assert_allclose(model.forecast(10), WAVE[350:360], atol=1e-3)


def test_a_history_of_its_own_is_driven_from_rest() -> None:
    model = esn().fit(WAVE[:300])
    np.testing.assert_array_equal(model.forecast(10, history=WAVE[:300]), model.forecast(10))
    np.testing.assert_allclose(model.forecast(10, history=WAVE[100:350]), WAVE[350:360], atol=1e-3)
    with pytest.raises(ParameterError, match="a series of 50 steps is too short for a washout of 50"):
        model.forecast(10, history=WAVE[:50])


def test_an_unstable_loop_stays_within_reach() -> None:
    growing = 1.02 ** np.arange(200.0)
    model = ReservoirForecaster("esn", hidden=1, radius=0.0, input_scale=1e-3, washout=5, backend="numpy")
    forecast = model.fit(growing).forecast(1000)
    assert forecast[-1] == pytest.approx(growing[-1] + (growing[-1] - growing[0]) / 2)


@pytest.mark.parametrize(
    ("parameters", "given", "message"),
    [
        ({}, np.full(200, 3.0), "channel 0 of the series is 3 throughout"),
        ({"scaling": "none"}, np.stack([WAVE, np.ones(400)], axis=1), "channel 1 of the series is 1 through"),
        ({}, np.append(WAVE, np.nan), "the series has a value that is NaN or infinite"),
        ({}, WAVE.reshape(4, 10, 10), "the series must have shape"),
        ({}, [], "the series is empty"),
        ({}, WAVE[:51], "51 steps is too short for a washout of 50 and a horizon of 1: it needs at least 52"),
        ({"horizon": 0}, WAVE, "horizon must be a whole number of at least 1, not 0"),
        ({"scaling": "minmx"}, WAVE, "did you mean 'minmax'"),
    ],
)  # fmt: skip
def test_a_bad_series_or_parameter_is_refused(parameters: dict[str, Any], given: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        esn(**parameters).fit(given)


def test_bad_questions_are_refused() -> None:
    model = esn().fit(WAVE)
    with pytest.raises(ParameterError, match="steps must be a whole number of at least 1, not 0"):
        model.forecast(0)
    with pytest.raises(ParameterError, match="the series has 2 channels where 1 are expected"):
        model.predict(np.ones((5, 2)))
    with pytest.raises(ParameterError, match="a series of 1 steps is too short"):
        model.score([1.0])
