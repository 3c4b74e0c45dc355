"""Finite shots: unbiased, of the right variance, shared by all observables, and no measurement back-action.

Statistical tests run at fixed seeds with room for chance.
"""

import numpy as np
import pytest

from qml.engines.choice import EngineChoice
from qml.persistent import StepNoise
from qml.persistent.reading import sampled, table
from tests.qml.persistent.build import KERNELS, NOISE, delay_line, inputs, kernel, reservoir
from tests.statistics import ROOM, mean_of

STEPS = 4000


def shots(count, seed=0):
    return EngineChoice(shots=count, seed=seed)


@pytest.mark.parametrize("kind", KERNELS)
@pytest.mark.parametrize("count", [1, 20])
def test_mean_and_variance_are_those_of_independent_shots(kind, count):
    # A constant input: once the line is full, expectation values stand still and shots are independent.
    values = np.full((STEPS + 5, 1), 0.6)
    with kernel(kind):
        exact = delay_line(3, NOISE).features(values, washout=5)[0]
        noisy = delay_line(3, NOISE, engine=shots(count)).features(values, washout=5)
    for level, column in zip(exact, noisy.T, strict=True):
        assert mean_of(column).sigmas(level) < ROOM
        # (x - level)^2 is unbiased for the variance.
        assert mean_of((column - level) ** 2).sigmas((1 - level**2) / count) < ROOM


def test_all_observables_share_the_shots_of_their_virtual_node():
    drawn = reservoir(engine=shots(1), virtual_nodes=2, readout=("z", "zz", "zzz"))
    read = drawn.features(inputs(60)).reshape(60, 2, 7)
    assert set(np.unique(read)) == {-1.0, 1.0}
    z = read[..., :3]
    np.testing.assert_array_equal(read[..., 3], z[..., 0] * z[..., 1])
    np.testing.assert_array_equal(read[..., 6], z.prod(axis=-1))
    assert np.any(read[:, 0] != read[:, 1])


def test_cells_and_rows_have_shots_of_their_own():
    line = delay_line(3, engine=shots(10))
    twice = np.repeat(inputs(50)[None], 2, axis=0)
    first, second = line.features_of_many(twice)
    assert np.any(first != second)
    np.testing.assert_array_equal(line.features_of_many(twice)[1], second)
    other = delay_line(3, engine=shots(10, seed=1)).features_of_many(twice)[0]
    assert np.any(first != other)


def test_reading_does_not_disturb_the_hidden_wires():
    values = inputs(30)
    _, exact = reservoir().go_on(values)
    drawn = reservoir(engine=shots(1))
    _, measured = drawn.go_on(values)
    np.testing.assert_allclose(measured.hidden, exact.hidden, atol=1e-13)


def test_a_state_can_be_gone_on_from_more_than_once():
    drawn, values = reservoir(engine=shots(10)), inputs(30)
    _, state = drawn.go_on(values)
    first, _ = drawn.go_on(values, state)
    second, _ = drawn.go_on(values, state)
    np.testing.assert_array_equal(first, second)


def test_many_shots_come_close():
    values = inputs(40)
    close = reservoir(engine=shots(10**6)).features(values)
    # Room for 40 * 6 numbers whose standard error is at most 1e-3.
    assert np.abs(close - reservoir().features(values)).max() < 5e-3


def test_rounding_below_zero_is_no_probability():
    shares = np.array([1.0 + 1e-16, -1e-16]).reshape(1, 1, 1, 2)
    noise = ((np.random.default_rng(0),),)
    np.testing.assert_array_equal(sampled(shares, np.array([[1.0], [-1.0]]), 9, noise), [[[[1.0]]]])


def test_the_table_is_in_the_order_asked_for():
    both = table(("zz", "z"), 2)
    np.testing.assert_array_equal(both, [[1, 1, 1], [-1, 1, -1], [-1, -1, 1], [1, -1, -1]])
    assert reservoir(readout=("zz", "z"), noise=StepNoise()).size == 6
