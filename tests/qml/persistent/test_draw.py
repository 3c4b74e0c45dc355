"""Drawing: ranges, sizes, and one clear sentence for whatever does not fit."""

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

from qml.engines.choice import EngineChoice
from qml.persistent import IsingDynamics, PersistentState, StepNoise, persistent
from qml.persistent.persistent_reservoir import PersistentReservoir
from tests.qml.persistent.build import NUMPY, inputs, reservoir


def test_gains_and_shifts_come_from_their_ranges():
    drawn = reservoir(cells=50, channels=2, hidden=1, input_gain=(0.5, 1.5), input_shift=-0.25)
    assert drawn.gain.shape == (50, 2)
    assert drawn.gain.min() >= 0.5
    assert drawn.gain.max() <= 1.5
    assert np.ptp(drawn.gain) > 0.8
    np.testing.assert_array_equal(drawn.shift, -0.25)
    values = inputs(5, channels=2)
    scaled = replace(drawn, gain=np.ones((50, 2)), shift=np.zeros((50, 2)))
    for cell in (0, 49):
        one = replace(
            scaled, unitaries=scaled.unitaries[[cell]], gain=np.ones((1, 2)), shift=np.zeros((1, 2))
        )
        expected = one.features(drawn.gain[cell] * values - 0.25)
        columns = slice(cell * one.size, (cell + 1) * one.size)
        np.testing.assert_allclose(drawn.features(values)[:, columns], expected, atol=1e-14)


def test_same_seed_same_reservoir():
    first, second, other = (reservoir(seed=seed, cells=2) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.unitaries, second.unitaries)
    assert np.all(first.unitaries != other.unitaries)


def test_sizes_and_names():
    drawn = reservoir(cells=3, hidden=3, virtual_nodes=4, readout=("z", "zz", "zzz"))
    assert (drawn.cells, drawn.wires, drawn.channels, drawn.name) == (3, 4, 1, "persistent")
    assert drawn.size == 3 * 4 * (4 + 6 + 4) == drawn.features(inputs(3)).shape[1]
    assert reservoir(name="mine").name == "mine"
    assert reservoir().features(inputs(9)[:, 0]).shape == (9, reservoir().size)


def test_ising_settings_matter():
    slow, fast = (reservoir(dynamics=IsingDynamics(time=time)).unitaries for time in (1e-9, 5.0))
    np.testing.assert_allclose(slow[0], np.eye(8), atol=1e-7)
    assert np.abs(fast[0] - np.eye(8)).max() > 0.1
    half = reservoir(dynamics=IsingDynamics(time=5.0), virtual_nodes=2).unitaries[0]
    np.testing.assert_allclose(half @ half, fast[0], atol=1e-12)


def test_more_wires_than_memory_are_refused_before_anything_is_allocated():
    with pytest.raises(ValueError, match=r"circuits on 31 wires need about .* of memory"):
        persistent(seed=1, hidden=30)
    for patched in ("qml.persistent.persistent_reservoir.available", "qml.persistent.drive.available"):
        drawn = reservoir()
        with mock.patch(patched, return_value=1000), pytest.raises(ValueError, match="are free"):
            drawn.features(inputs(3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: reservoir(hidden=0), "hidden must be a whole number of at least 1, not 0"),
        (lambda: reservoir(channels=0), "channels must be"),
        (lambda: reservoir(cells=1.5), "cells must be"),
        (lambda: reservoir(virtual_nodes=0), "virtual_nodes must be"),
        (lambda: reservoir(dynamics="izing"), "unknown dynamics 'izing' .did you mean 'ising'"),
        (lambda: reservoir(dynamics=IsingDynamics(time=-1.0)), "IsingDynamics.time"),
        (lambda: reservoir(input_gain=(1.0, 0.5)), "input_gain must be a number or a range"),
        (lambda: reservoir(input_shift=float("nan")), "input_shift must be a number or a range"),
        (lambda: reservoir(readout=()), "readout must be a tuple of one or more of z, zz, zzz"),
        (lambda: reservoir(readout="z"), "readout must be a tuple"),
        (lambda: reservoir(readout=("z", "x")), "nothing to read called 'x'"),
        (lambda: reservoir(hidden=1, readout=("zzz",)), "2 wires have nothing to read called 'zzz'"),
        (lambda: reservoir(engine=EngineChoice(engine="trainable")), "cannot keep a density matrix"),
        (
            lambda: reservoir(engine=EngineChoice(device="gpu", backend="numpy")).features([0.1]),
            "needs backend",
        ),
        (lambda: reservoir().features([0.1, np.nan]), "inputs has a value that is NaN"),
        (lambda: reservoir().features(inputs(5, channels=2)), "inputs has 2 channels where 1 are expected"),
        (lambda: reservoir().features([]), "inputs is empty"),
        (lambda: reservoir().features(inputs(5), washout=5), "less than the 5 steps"),
        (lambda: reservoir().features_of_many(inputs(5).T, washout=-1), "washout must be at least 0"),
        (lambda: reservoir().window_features(inputs(5)[:, 0]), r"\(windows, length\)"),
        (lambda: reservoir().go_on([0.1], reservoir(hidden=3).rest()), "of another reservoir"),
        (
            lambda: reservoir().go_on([0.1], reservoir(engine=EngineChoice(shots=5)).rest()),
            "sampled by shots",
        ),
    ],
)
def test_bad_input_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("unitaries", "gain", "message"),
    [
        (np.eye(8), np.ones((1, 1)), r"must have shape \(cells, 2\*\*wires, 2\*\*wires\), not \(8, 8\)"),
        (np.eye(6)[None], np.ones((1, 1)), "unitaries must have shape"),
        (np.eye(1)[None], np.ones((1, 1)), "unitaries must have shape"),
        (2 * np.eye(8)[None], np.ones((1, 1)), r"unitaries\[0\] is not unitary"),
        (np.full((1, 4, 4), np.nan), np.ones((1, 1)), r"unitaries\[0\] is not unitary"),
        (np.eye(8)[None], np.ones((2, 1)), r"gain must have shape \(1 cells, channels\)"),
        (np.eye(8)[None], np.ones(1), "gain must have shape"),
        (np.eye(8)[None], np.ones((1, 3)), "of 3 wires 3 are input"),
        (np.eye(8)[None], np.full((1, 1), np.inf), "gain has a value that is NaN or infinite"),
    ],
)
def test_parts_that_do_not_fit_are_refused(unitaries, gain, message):
    with pytest.raises(ValueError, match=message):
        PersistentReservoir(unitaries.astype(complex), gain, np.zeros(gain.shape), StepNoise(), engine=NUMPY)


def test_a_state_of_ones_own_is_where_to_begin():
    drawn = reservoir(noise=StepNoise())
    mixed = PersistentState(np.eye(4)[None, None] / 4 + 0j)
    features, _ = drawn.go_on(inputs(4), mixed)
    assert np.any(features != drawn.features(inputs(4)))
