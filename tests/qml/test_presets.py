"""Tuned reservoirs: budgets, wiring, refusals, and the scores that they were tuned for."""

from __future__ import annotations

from functools import cache, partial
from itertools import product
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qml.cells.classical_cells import ESN
from qml.comparison.candidate_models import baselines, quantum_ensemble
from qml.comparison.compare import compare
from qml.comparison.score_table import BASELINES
from qml.engines.choice import EngineChoice
from qml.feature_cache import FeatureCache
from qml.maps.affine import TanhUnits
from qml.maps.circuit import CircuitUnits
from qml.presets import ECHO_STATES, KINDS, SETTINGS, UNITS, candidates, delay_embedded, echo_state
from qml.readouts import RidgeReadout
from qml.scaling import Scaler
from qml.scores import nrmse
from qml.tasks import standard_task
from qsim.errors import ParameterError
from tests.statistics import APART

#: Features of one cell for one channel: 3 hidden; 2 hidden, 4 Z and 6 ZZ; 2 hidden and 4 Z; 3 hidden and 5 Z.
OF_A_CELL = {"memory": 3, "pulses": 12, "slow": 6, "plain": 12, "shots": 8}
#: Settings for exact expectation values.
EXACT = [name for name, one in SETTINGS.items() if not one.sampled]


@given(
    features=st.integers(12, 300),
    setting=st.sampled_from(list(SETTINGS)),
    units=st.sampled_from(list(UNITS)),
)
def test_as_many_cells_as_fit_into_the_budget(features, setting, units):
    size = delay_embedded(features, 1, units=units, setting=setting).size
    assert features - OF_A_CELL[setting] < size <= features


@pytest.mark.parametrize(("features", "size"), [(100, 99), (300, 300)])
def test_budgets_of_the_tables(features, size):
    assert delay_embedded(features, 1).size == size


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("channels", [1, 2])
def test_control_has_the_same_wiring(setting, channels):
    circuits, control = (
        delay_embedded(120, 3, channels=channels, units=units, setting=setting) for units in UNITS
    )
    assert isinstance(circuits.bank.cell.units, CircuitUnits)
    assert isinstance(control.bank.cell.units, TanhUnits)
    assert np.array_equal(circuits.taps, control.taps)
    assert circuits.channels == control.channels == channels
    assert circuits.size == control.size
    assert circuits.readout == control.readout
    assert circuits.bank.cells == control.bank.cells
    assert circuits.bank.cell.hidden == control.bank.cell.hidden


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("units", UNITS)
def test_cells_are_drawn_from_the_ranges_of_the_setting(setting, units):
    bank = delay_embedded(300, 5, units=units, setting=setting).bank
    drive = getattr(SETTINGS[setting], units)
    assert bank.cell.units == drive.units
    hidden = bank.cell.hidden
    # A QRNN encodes its hidden vector first, then what comes in.
    drawn = [
        (drive.leak, bank.leak),
        (drive.hidden_gain, bank.weights["gain"][..., :hidden]),
        (drive.input_gain, bank.weights["gain"][..., hidden:]),
        (drive.input_shift, bank.weights["shift"][..., hidden:]),
    ]
    for given_range, values in drawn:
        low, high = given_range if isinstance(given_range, tuple) else (given_range, given_range)
        assert low <= values.min() <= values.max() <= high
        assert np.ptp(values) >= 0.8 * (high - low)


def test_delays_are_spread_over_the_range():
    assert np.array_equal(np.unique(delay_embedded(100, 1).taps[..., 1]), np.arange(12))
    narrow = delay_embedded(100, 1, delays=(9, 10)).taps
    assert np.all(narrow[:, 0, 1] == 0)
    assert np.array_equal(np.unique(narrow[:, 1, 1]), [9, 10])


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_bits(kind):
    first, again, other = (candidates(kind, 24, seed) for seed in (7, 7, 8))
    for one, same, different in zip(first, again, other, strict=True):
        assert one.bank.fingerprint == same.bank.fingerprint != different.bank.fingerprint
    inputs = np.random.default_rng(1).uniform(-1, 1, 20)
    assert np.array_equal(first[0].features(inputs), again[0].features(inputs))
    assert not np.array_equal(first[0].features(inputs), other[0].features(inputs))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_candidates_run_within_the_budget(kind, channels):
    inputs = np.random.default_rng(2).uniform(-1, 1, (6, channels))
    engine = EngineChoice(backend="numpy")
    listed = candidates(kind, 60, 1, channels, engine=engine, cache=FeatureCache())
    assert 1 < len(listed) <= 12
    wired = {(one.bank.fingerprint, None if one.taps is None else one.taps.tobytes()) for one in listed}
    assert len(wired) == len(listed)
    for one in listed:
        features = one.features(inputs)
        assert features.shape == (6, one.size)
        assert one.size <= 60
        assert np.all(np.isfinite(features))
        assert one.engine is engine
        assert one.cache is not None


def test_candidates_are_the_settings_in_order():
    order = list(product((None, (0, 24), (0, 48)), EXACT))
    for units in UNITS:
        for one, (delays, name) in zip(candidates(units, 100, 4), order, strict=True):
            same = delay_embedded(100, 4, units=units, setting=name, delays=delays)
            assert one.bank.fingerprint == same.bank.fingerprint
            assert np.array_equal(one.taps, same.taps)
    for one, name in zip(candidates("esn", 100, 4), ECHO_STATES, strict=True):
        assert one.bank.fingerprint == echo_state(100, 4, setting=name).bank.fingerprint


def test_settings_tuned_under_shots_are_listed_only_there():
    exact, noisy = (
        {(one.bank.fingerprint, one.taps.tobytes()) for one in candidates("quantum", 96, 4, engine=engine)}
        for engine in (EngineChoice(), EngineChoice(shots=100))
    )
    assert exact < noisy
    narrow = ((0, 3), (4, 7), (8, 11), (12, 15), (16, 19))
    own = [
        delay_embedded(96, 4, setting="shots", delays=delays) for delays in (None, (0, 24), (0, 48), *narrow)
    ]
    assert noisy - exact == {(one.bank.fingerprint, one.taps.tobytes()) for one in own}
    assert SETTINGS["shots"].sampled
    assert [one.size for one in candidates("quantum", 5, 1, engine=EngineChoice(shots=9))] == [3] * 3


def test_candidates_too_large_for_the_budget_are_left_out():
    assert [one.size for one in candidates("quantum", 8, 1)] == [6, 6] * 3
    assert [one.size for one in candidates("tanh", 4, 1)] == [3] * 3


def test_names_are_those_of_the_tables():
    names = {kind: {one.name for one in candidates(kind, 30, 1)} for kind in KINDS}
    assert names == {"quantum": {"QRNN"}, "tanh": {"tanh units"}, "esn": {"ESN"}}
    assert names["tanh"] | names["esn"] < set(BASELINES)


@pytest.mark.parametrize("setting", ECHO_STATES)
def test_echo_state_network_has_the_scales_of_its_setting(setting):
    chosen = ECHO_STATES[setting]
    network = echo_state(80, 2, channels=2, setting=setting)
    assert network.size == 80
    assert isinstance(network.bank.cell, ESN)
    incoming, recurrent = np.split(network.bank.weights["matrix"][0, 0], [2], axis=1)
    assert np.abs(np.linalg.eigvals(recurrent)).max() == pytest.approx(chosen.radius)
    assert 0.9 * chosen.input_scale < np.abs(incoming).max() <= chosen.input_scale
    assert 0.9 * chosen.bias_scale < np.abs(network.bank.weights["bias"]).max() <= chosen.bias_scale
    assert network.bank.leak.tolist() == [chosen.leak]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: delay_embedded(2, 1), "features must be at least 3, .* 'memory', not 2"),
        (
            lambda: delay_embedded(22, 1, channels=2, setting="plain"),
            "features must be at least 23, .* 2 channel",
        ),
        (lambda: delay_embedded(1.5, 1), "features must be a whole number"),
        (lambda: delay_embedded(100, -1), "seed must be a whole number"),
        (lambda: delay_embedded(100, 1, channels=0), "channels must be a whole number"),
        (lambda: delay_embedded(100, 1, units="quantun"), "unknown units 'quantun'.*quantum"),
        (lambda: delay_embedded(100, 1, setting="memori"), "unknown setting 'memori'.*memory"),
        (lambda: delay_embedded(100, 1, delays=(4, 2)), "delays"),
        (lambda: echo_state(0, 1), "features must be a whole number"),
        (lambda: echo_state(10, -1), "seed must be a whole number"),
        (lambda: echo_state(10, 1, channels=0), r"`ESN.channels` must be in \[1, inf\), got 0"),
        (lambda: echo_state(10, 1, setting="puls"), "unknown setting 'puls'"),
        (lambda: candidates("esm", 100, 1), "unknown kind 'esm'.*esn"),
        (lambda: candidates("quantum", 2, 1), "features must be at least 3, .* not 2"),
        (lambda: candidates("esn", 0, 1), "features must be a whole number"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


# scores on test steps; no setting was chosen on these seeds


@cache
def score(name, seed, reservoir, features, setting, **options):
    """NRMSE on the test steps: penalty chosen on 500 validation steps, weights then fitted to all 2,000."""
    task = standard_task(name, seed, **options)
    states = reservoir(features, seed, setting=setting).features(
        Scaler().fit(task.inputs[: task.train_part.stop]).transform(task.inputs)
    )
    train, validation, test = task.train_part, task.validation_part, task.test_part
    readout = RidgeReadout().fit(
        states[train], task.targets[train], validation=(states[validation], task.targets[validation])
    )
    return nrmse(task.targets[test], readout.predict(states[test]))


def tanh_units(features, seed, setting):
    return delay_embedded(features, seed, units="tanh", setting=setting)


def scores(name, seeds, reservoir, features, setting, **options):
    return np.array([score(name, seed, reservoir, features, setting, **options) for seed in range(seeds)])


def mean_and_room(values):
    """The mean, and `APART` standard errors of it as the values scatter."""
    return values.mean(), APART * values.std(ddof=1) / sqrt(len(values))


@pytest.mark.slow
@pytest.mark.parametrize(("features", "bound"), [(100, 0.235), (300, 0.155)])
def test_narma10_is_reached_with_room(features, bound, sized):
    """The mean over seeds stays below the bound by four standard errors."""
    mean, room = mean_and_room(scores("narma-10", sized(5, 10), delay_embedded, features, "memory"))
    assert mean + room < bound


@pytest.mark.slow
@pytest.mark.parametrize("features", [100, 300])
def test_control_is_no_straw_man(features, sized):
    """On the same series, circuits and tanh units differ by less than a factor of two, with room."""
    seeds = sized(5, 10)
    circuits, control = (
        scores("narma-10", seeds, kind, features, "memory") for kind in (delay_embedded, tanh_units)
    )
    mean, room = mean_and_room(np.log(control / circuits))
    assert abs(mean) + room < log(2)


@pytest.mark.slow
@pytest.mark.parametrize("features", [100, 300])
def test_narma10_echo_state_network_of_equal_size_is_behind(features, sized):
    """On the same series, by the factor that four standard errors leave."""
    seeds = sized(5, 10)
    circuits, network = (
        scores("narma-10", seeds, kind, features, "memory") for kind in (delay_embedded, echo_state)
    )
    mean, room = mean_and_room(np.log(network / circuits))
    assert mean - room > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", [quantum_ensemble(96), baselines(96, "target")[-1]], ids=lambda one: one.name
)
def test_delays_are_chosen_where_the_lag_of_the_task_is_long(model, sized):
    """NARMA-20 multiplies inputs 19 steps apart, beyond the delays that the settings were tuned with."""
    (found,) = compare(partial(standard_task, "narma-20"), [model], range(sized(2, 10)))
    assert found.mean < 0.28


def sampled_cells(features, seed, setting):
    engine = EngineChoice(shots=10_000, seed=seed, backend="numpy")
    return delay_embedded(features, seed, setting=setting, delays=(8, 11), engine=engine)


@pytest.mark.slow
def test_narma10_is_read_through_shots_with_room(sized):
    """The mean over seeds stays below the bound by four standard errors, where the delays match the task."""
    mean, room = mean_and_room(scores("narma-10", sized(4, 10), sampled_cells, 96, "shots"))
    assert mean + room < 0.3


@pytest.mark.slow
def test_narma10_is_reached_through_shots(sized):
    """All choices, the delays among them, made on validation with the shots switched on."""
    model = quantum_ensemble(96, EngineChoice(shots=10_000, backend="numpy"))
    (found,) = compare(partial(standard_task, "narma-10"), [model], range(sized(None, 4)))
    assert found.mean < 0.3


@pytest.mark.slow
@pytest.mark.parametrize("reservoir", [delay_embedded, tanh_units])
@pytest.mark.parametrize(
    ("name", "setting", "options", "bound"),
    [("laser", "pulses", {}, 0.055), ("mackey-glass", "slow", {"horizon": 84}, 0.08)],
)
def test_chaotic_series_are_forecast_with_room(name, setting, options, bound, reservoir, sized):
    mean, room = mean_and_room(scores(name, sized(None, 10), reservoir, 300, setting, **options))
    assert mean + room < bound
