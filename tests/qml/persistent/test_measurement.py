"""Measuring while the series runs on: conditional states taken one by one, limits, and the pointer's law.

Statistical tests run at fixed seeds with four standard errors of room.
"""

import numpy as np
import pytest
from scipy.stats import norm

from qml.engines.choice import EngineChoice
from qml.persistent import Measurement, PersistentState, StepNoise
from qml.persistent.reading import table
from tests.qml.persistent.build import (
    BACKENDS,
    KERNELS,
    NOISE,
    delay_line,
    encoded_z,
    inputs,
    kernel,
    reservoir,
)
from tests.qml.persistent.test_physics import random_state
from tests.statistics import ROOM, mean_of


def after_readings(matrix, strength, wires):
    """The state averaged over readings of a Gaussian pointer for each wire, by Gauss-Legendre quadrature."""
    points, weights = np.polynomial.legendre.leggauss(200)
    reach = 1 + 9 / strength
    for wire in range(wires):
        z = table(("z",), wires)[:, wire]
        total = np.zeros_like(matrix)
        for v, weight in zip(reach * points, reach * weights, strict=True):
            root = np.sqrt(norm.pdf(v, z, 1 / strength))
            total += weight * root[:, None] * matrix * root
        matrix = total
    return matrix


@pytest.mark.parametrize("strength", [0.3, 1.0, 2.5])
def test_the_mean_over_readings_of_a_pointer(strength):
    # A unitary that does nothing: what is left of the hidden wires is what the readings leave.
    still = delay_line(3, measurement=Measurement(strength))
    still.unitaries[0] = np.eye(8)
    before = random_state(4, 1)
    _, after = still.go_on([[0.3]], PersistentState(before[None, None]))
    np.testing.assert_allclose(after.hidden[0, 0], after_readings(before, strength, 2), atol=1e-12)


@pytest.mark.parametrize("kind", KERNELS)
@pytest.mark.parametrize("engine", BACKENDS)
def test_projected_wires_are_a_hidden_markov_chain(kind, engine):
    # Without coherences the hidden wires are a probability distribution; the chain is written down here.
    drawn = reservoir(hidden=2, noise=StepNoise(), measurement=Measurement(), engine=engine)
    values, shares, expected = inputs(9), np.eye(4)[0], []
    unitary, eigenvalues = drawn.unitaries[0], table(("z", "zz"), 3)
    for x in values[:, 0]:
        plus = np.sqrt([(1 + encoded_z(x)) / 2, (1 - encoded_z(x)) / 2])
        qubit = plus * np.exp([-0.5j * np.arctan(x * x), 0.5j * np.arctan(x * x)])
        joint = np.zeros(8)
        for bits, share in enumerate(shares):
            joint += share * np.abs(unitary @ np.kron(qubit, np.eye(4)[bits])) ** 2
        expected.append(joint @ eigenvalues)
        shares = joint.reshape(2, 4).sum(axis=0)
    with kernel(kind):
        np.testing.assert_allclose(drawn.features(values), expected, atol=1e-12)


def test_a_weak_measurement_tends_to_none_and_a_strong_one_to_projection():
    values = inputs(20)
    none, weak, strong, projected = (
        reservoir(measurement=measurement).features(values)
        for measurement in (None, Measurement(1e-6), Measurement(40.0), Measurement())
    )
    np.testing.assert_allclose(weak, none, atol=1e-10)
    np.testing.assert_array_equal(strong, projected)
    assert np.abs(projected - none).max() > 0.05


@pytest.mark.parametrize("count", [1, 20])
def test_readings_have_the_mean_and_variance_of_the_pointer(count):
    steps, strength = 4000, 0.8
    values = np.full((steps + 5, 1), 0.6)
    exact = delay_line(3, NOISE).features(values, washout=5)[0]
    engine = EngineChoice(shots=count)
    noisy = delay_line(3, NOISE, engine=engine, measurement=Measurement(strength)).features(values, washout=5)
    for level, column in zip(exact[:3], noisy.T[:3], strict=True):
        assert mean_of(column).sigmas(level) < ROOM
        assert mean_of((column - level) ** 2).sigmas((1 - level**2 + strength**-2) / count) < ROOM
    # A product of two readings: the second moment of each is 1 + 1/g^2, and pointers are independent.
    for level, column in zip(exact[3:], noisy.T[3:], strict=True):
        assert mean_of(column).sigmas(level) < ROOM
        variance = ((1 + strength**-2) ** 2 - level**2) / count
        assert mean_of((column - level) ** 2).sigmas(variance) < ROOM


def test_readings_do_not_depend_on_where_a_series_is_cut():
    drawn = reservoir(engine=EngineChoice(shots=7, seed=3), measurement=Measurement(0.5), virtual_nodes=2)
    values = inputs(12)
    whole, _ = drawn.go_on(values)
    first, state = drawn.go_on(values[:5])
    second, _ = drawn.go_on(values[5:], state)
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)


@pytest.mark.parametrize("strength", [0.0, -1.0, float("nan")])
def test_a_strength_that_measures_nothing_is_refused(strength):
    with pytest.raises(ValueError, match=r"Measurement.strength"):
        Measurement(strength)
