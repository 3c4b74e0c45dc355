from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qml.cells.classical_cells import ESN, GRU
from qml.cells.quantum_cells import QLSTM, QRNN
from qml.ensembles import ensemble, tanh_control
from qml.estimators import ReservoirFeatures, ReservoirRegressor
from qml.maps.circuit import CircuitUnits
from qml.readouts import RidgeReadout
from qsim.errors import ParameterError

RNG = np.random.default_rng(3)
WINDOWS = RNG.uniform(-1.0, 1.0, (40, 6))
TARGETS = WINDOWS[:, -1] * WINDOWS[:, -2]


def test_the_parameters_describe_the_reservoir_that_can_be_drawn_by_hand() -> None:
    model = ReservoirRegressor(
        "qrnn", hidden=2, layers=3, init="uniform", init_scale=0.5, reupload=True, cells=3, leak=(0.2, 0.9),
        input_gain=(0.1, 0.5), hidden_gain=2.0, input_shift=0.1, delays=(0, 3), readout=["z", "zz"],
        random_state=11,
    ).fit(WINDOWS, TARGETS)  # fmt: skip
    cell = QRNN(channels=2, hidden=2, units=CircuitUnits(3, True, "uniform", 0.5))
    reservoir = ensemble(
        cell, seed=11, cells=3, leak=(0.2, 0.9), input_gain=(0.1, 0.5), hidden_gain=2.0, input_shift=0.1,
        delays=(0, 3), readout=("z", "zz"),
    )  # fmt: skip
    features = reservoir.window_features(WINDOWS)
    np.testing.assert_array_equal(model.reservoir_.window_features(WINDOWS), features)
    readout = RidgeReadout().fit(features, TARGETS)
    np.testing.assert_array_equal(model.predict(WINDOWS), readout.predict(features))


def test_an_echo_state_network_has_scales_of_its_own() -> None:
    features = ReservoirFeatures(
        "esn", hidden=12, radius=0.7, input_scale=0.3, bias_scale=0.2, density=0.5, random_state=2
    ).fit_transform(WINDOWS)
    by_hand = ensemble(ESN(1, 12, 0.7, 0.3, 0.2, 0.5), seed=2)
    np.testing.assert_array_equal(features, by_hand.window_features(WINDOWS))


def test_a_row_holds_all_channels_of_a_step_side_by_side() -> None:
    windows = RNG.uniform(-1.0, 1.0, (10, 4, 3))
    features = ReservoirFeatures("gru", channels=3).fit_transform(windows.reshape(10, 12))
    by_hand = ensemble(GRU(channels=3), seed=0, channels=3)
    np.testing.assert_array_equal(features, by_hand.window_features(windows))


def test_a_row_does_not_depend_on_its_company() -> None:
    features = ReservoirFeatures("qlstm", hidden=2).fit(WINDOWS)
    np.testing.assert_array_equal(features.transform(WINDOWS)[7:8], features.transform(WINDOWS[7:8]))


def test_a_cell_object_is_taken_as_it_is() -> None:
    cell = tanh_control(QLSTM(hidden=2), 1.0, 0.5)
    features = ReservoirFeatures(cell, random_state=4).fit_transform(WINDOWS)
    np.testing.assert_array_equal(features, ensemble(cell, seed=4).window_features(WINDOWS))


def test_several_targets_are_answered_in_their_shape() -> None:
    both = np.stack([TARGETS, WINDOWS[:, -1]], axis=1)
    model = ReservoirRegressor("rnn", hidden=8).fit(WINDOWS, both)
    assert model.predict(WINDOWS).shape == (40, 2)
    assert model.fit(WINDOWS, both[:, :1]).predict(WINDOWS).shape == (40, 1)


def test_a_constant_target_is_answered_by_itself() -> None:
    model = ReservoirRegressor("rnn").fit(WINDOWS, np.full(40, 2.5))
    np.testing.assert_allclose(model.predict(WINDOWS), 2.5, rtol=1e-12)


def test_the_seed_is_what_is_drawn_from() -> None:
    def features(random_state: Any) -> Any:
        return ReservoirFeatures("rnn", random_state=random_state).fit_transform(WINDOWS)

    np.testing.assert_array_equal(features(3), features(np.int64(3)))
    np.testing.assert_array_equal(features(np.random.default_rng(3)), features(np.random.default_rng(3)))
    np.testing.assert_array_equal(
        features(np.random.RandomState(3)),
        features(np.random.RandomState(3)),
    )
    assert not np.array_equal(features(3), features(4))
    assert not np.array_equal(features(None), features(None))


def test_names_of_columns_are_remembered() -> None:
    table = pd.DataFrame(WINDOWS, columns=[f"t{k}" for k in range(6)])
    model = ReservoirRegressor("rnn").fit(table, TARGETS)
    assert list(model.feature_names_in_) == list(table.columns)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cell": "qltsm"}, "unknown cell 'qltsm' .did you mean 'qlstm'"),
        ({"cell": 3}, "`cell` must be a name, a mapping with a `kind`, or a Cell, not 3"),
        ({"cell": QRNN}, "`cell` must be a name, a mapping with a `kind`, or a Cell, not <class"),
        ({"cell": "gru", "shots": 9}, "shots=9: nothing is sampled in GRU"),
        ({"cell": "gru", "engine": "qnode"}, "engine='qnode' does not compute GRU; engine='compiled' does"),
        ({"units": "tanh", "shots": 9}, "nothing is sampled in QRNN with TanhUnits"),
        ({"units": "tahn"}, "unknown circuit 'tahn' .did you mean 'tanh'"),
        ({"units": "tanh", "layers": 2}, "tanh circuits have no `layers`"),
        ({"units": {"kind": "tanh", "scale": -1}}, r"`TanhUnits.scale` must be in \[0, inf\)"),
        ({"units": {"kind": "tanh", "width": 1}}, "has no parameter 'width'"),
        ({"cell": "gru", "layers": 2}, "a gru cell has no `layers`"),
        ({"cell": "qrnn", "radius": 0.9}, "a qrnn cell has no `radius`"),
        ({"cell": "gru", "input_gain": 0.5}, "the cell 'gru' has no gains"),
        (
            {"cell": QRNN(hidden=2), "hidden": 3},
            "`hidden` goes with a cell's name: set it in the QRNN itself",
        ),
        ({"cell": QRNN(channels=2)}, "the cell has 2 channels where 1 come in"),
        ({"cells": 0}, "cells must be a whole number of at least 1, not 0"),
        ({"hidden": 0}, r"`QRNN.hidden` must be in \[1, inf\), got 0"),
        ({"leak": 0.0}, "leak must lie in"),
        ({"init": "unifrom"}, "did you mean 'uniform'"),
        ({"readout": "zx"}, "the cell 'qrnn' has no readout 'zx'"),
        ({"engine": "compield"}, "did you mean 'compiled'"),
        ({"device": "tpu"}, "unknown device 'tpu'"),
        ({"shots": 0}, "shots must be a whole number of at least 1"),
        ({"channels": 0}, "channels must be a whole number of at least 1"),
        ({"channels": 4}, "X has 6 columns, which is no multiple of its 4 channels"),
        ({"delays": (0, 6), "cells": 2}, "delays of up to 6 steps need windows of at least 7 steps, X has 6"),
        ({"random_state": -1}, "`random_state` must be at least 0, not -1"),
        ({"random_state": "one"}, "`random_state` must be a whole number, a generator or None, not 'one'"),
        ({"regressor": "rigde"}, "did you mean 'ridge'"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        ReservoirRegressor(**parameters).fit(WINDOWS, TARGETS)
    assert "\n" not in str(caught.value)


def test_bad_windows_are_refused() -> None:
    spoilt = WINDOWS.copy()
    spoilt[2, 3] = np.nan
    with pytest.raises(ParameterError, match=r"X has a value that is NaN or infinite, the first at \[2, 3\]"):
        ReservoirRegressor("rnn").fit(spoilt, TARGETS)
    with pytest.raises(ParameterError, match=r"X is 0\.5 throughout"):
        ReservoirRegressor("rnn").fit(np.full((40, 6), 0.5), TARGETS)
    model = ReservoirRegressor("rnn").fit(WINDOWS, TARGETS)
    with pytest.raises(ParameterError, match="NaN"):
        model.predict(spoilt)
    with pytest.raises(ValueError, match="X has 5 features, but ReservoirRegressor is expecting 6"):
        model.predict(WINDOWS[:, :5])
    with pytest.raises(ValueError, match="Input y contains NaN"):
        model.fit(WINDOWS, np.where(TARGETS > 0, np.nan, TARGETS))


def test_a_refused_fit_leaves_the_model_as_it_was() -> None:
    model = ReservoirRegressor("rnn").fit(WINDOWS, TARGETS)
    before = model.predict(WINDOWS)
    with pytest.raises(ParameterError):
        model.fit(np.full((40, 6), 0.5), TARGETS)
    np.testing.assert_array_equal(model.predict(WINDOWS), before)
