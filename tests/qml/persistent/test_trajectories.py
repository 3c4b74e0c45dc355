"""Trajectories: their mean is the density matrix, state by state and feature by feature.

Statistical tests run at fixed seeds with four standard errors of room.
"""

import numpy as np
import pytest

from qml.engines.choice import EngineChoice
from qml.persistent import Measurement, StepNoise
from qml.persistent.trajectory_drive import jumped
from qml.persistent.wire_decay import act
from tests.qml.persistent.build import JAX, NOISE, NUMPY, inputs, reservoir
from tests.statistics import ROOM, mean_of

SEEDED = EngineChoice(backend="numpy", seed=3)


@pytest.mark.parametrize(
    "noise",
    [
        NOISE,
        StepNoise(amplitude_damping=0.4),
        StepNoise(depolarising=0.7),
        StepNoise(dephasing=0.5),
        StepNoise(amplitude_damping=1.0),
    ],
)
def test_the_mean_over_jumps_is_the_channel(noise):
    rng = np.random.default_rng(4)
    ket = rng.normal(size=8) + 1j * rng.normal(size=8)
    ket /= np.linalg.norm(ket)
    matrix = np.outer(ket, ket.conj())
    expected = act(matrix[None, None].astype(complex), noise.decay.masks())[0, 0]
    after = jumped(np.repeat(ket[None], 20_000, axis=0), noise.decay, np.random.default_rng(1))
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1.0, atol=1e-12)
    products = after[:, :, None] * after[:, None, :].conj()
    for part, exact in ((products.real, expected.real), (products.imag, expected.imag)):
        error = part.std(axis=0) / 20_000**0.5
        # 64 numbers at five standard errors: one false alarm in 27,000.
        assert np.all(np.abs(part.mean(axis=0) - exact) <= 5 * error + 1e-12)


@pytest.mark.parametrize("measurement", [None, Measurement(0.7)])
@pytest.mark.parametrize("nodes", [1, 2])
def test_features_are_those_of_the_density_matrix(nodes, measurement):
    settings = {"hidden": 2, "virtual_nodes": nodes, "measurement": measurement, "channels": 1}
    values = inputs(12)
    exact = reservoir(**settings).features(values)
    runs = np.stack(
        [
            reservoir(**settings, trajectories=50, engine=EngineChoice(backend="numpy", seed=seed)).features(
                values
            )
            for seed in range(40)
        ]
    )
    for level, column in zip(exact.ravel(), runs.reshape(40, -1).T, strict=True):
        assert mean_of(column).sigmas(level) < ROOM + 1 or np.ptp(column) < 1e-12


def test_without_noise_only_the_discarded_wires_are_random():
    # A unitary that does nothing entangles nothing: each trajectory is the state itself.
    drawn = reservoir(noise=StepNoise(), trajectories=3, engine=SEEDED)
    drawn.unitaries[0] = np.eye(8)
    exact = reservoir(noise=StepNoise())
    exact.unitaries[0] = np.eye(8)
    np.testing.assert_allclose(drawn.features(inputs(6)), exact.features(inputs(6)), atol=1e-12)


@pytest.mark.parametrize("feedback", [0, 1])
def test_cuts_rows_and_repetitions_have_the_same_bits(feedback):
    drawn = reservoir(hidden=2, cells=2, trajectories=7, feedback=feedback, engine=SEEDED)
    values = inputs(10)
    whole = drawn.features(values)
    np.testing.assert_array_equal(drawn.features(values), whole)
    head, state = drawn.go_on(values[:4])
    tail, _ = drawn.go_on(values[4:], state)
    np.testing.assert_array_equal(np.concatenate([head, tail]), whole)
    np.testing.assert_array_equal(drawn.features_of_many(np.stack([values, values]))[0], whole)
    other = reservoir(hidden=2, cells=2, trajectories=7, feedback=feedback, engine=NUMPY).features(values)
    assert np.any(other != whole)


def test_ten_wires():
    drawn = reservoir(hidden=9, dynamics="ising", trajectories=4, readout=("z",), engine=SEEDED)
    features, state = drawn.go_on(inputs(3))
    assert features.shape == (3, 10)
    assert np.abs(features).max() <= 1.0
    assert state.hidden.shape == (1, 1, 4, 512)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="trajectories are computed step by step in NumPy"):
        reservoir(trajectories=5, engine=JAX)
    with pytest.raises(ValueError, match="noisy by themselves"):
        reservoir(trajectories=5, engine=EngineChoice(shots=5))
    with pytest.raises(ValueError, match="trajectories must be a whole number of at least 1"):
        reservoir(trajectories=0)
    with pytest.raises(ValueError, match="another reservoir"):
        reservoir(trajectories=5).go_on(inputs(3), reservoir().rest())
