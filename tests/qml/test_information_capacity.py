"""Capacities that are known exactly, and how often an unrelated function counts."""

import numpy as np
import pytest

from qml import processing_capacity
from qml.persistent import persistent
from tests.qml.persistent.build import NUMPY
from tests.statistics import ROOM, share_of


def even(steps, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, steps)


def delayed(inputs, *lags):
    return np.stack([np.roll(inputs, lag) for lag in lags], axis=1)


def test_a_delay_line_has_a_capacity_of_one_for_each_lag():
    inputs = even(3000)
    line = delayed(inputs, *range(12))
    # Mixed by any regular matrix, and shifted: what can be read linearly is the same.
    mixed = line @ np.random.default_rng(1).normal(size=(12, 12)) + 3.0
    found = processing_capacity(inputs, mixed, (20, 6))
    np.testing.assert_allclose(found.by_degree, [12.0, 0.0], atol=1e-9)
    assert set(found.significant) == {((lag, 1),) for lag in range(12)}
    assert (found.rank, found.rows) == (12, 2980)


def test_products_are_found_under_their_own_names():
    inputs = even(3000, 2)
    now, before, old = delayed(inputs, 0, 1, 4).T
    features = np.stack([now * before, (3 * old**2 - 1) / 2, (5 * now**3 - 3 * now) / 2], axis=1)
    found = processing_capacity(inputs, features, (5, 5, 3))
    np.testing.assert_allclose(found.by_degree, [0.0, 2.0, 1.0], atol=1e-9)
    assert set(found.significant) == {((0, 1), (1, 1)), ((4, 2),), ((0, 3),)}


def test_a_feature_shares_its_capacity_among_what_it_is_made_of():
    # x^3 = 3/5 P1 + 2/5 P3, of variances 1/3 and 1/7: shares 9/25/3 and 4/25/7 of 1/7.
    inputs = even(200_000, 3)
    found = processing_capacity(inputs, inputs**3, (2, 2, 2))
    linear, cubic = 0.6**2 / 3 * 7, 0.4**2
    np.testing.assert_allclose(found.by_degree, [linear, 0.0, cubic], atol=0.01)
    assert linear + cubic == pytest.approx(1.0)


def test_constant_and_repeated_features_add_nothing():
    inputs = even(1000)
    features = np.column_stack([np.ones(1000), inputs, 2 * inputs - 1])
    found = processing_capacity(inputs, features, (3,))
    assert found.rank == 1
    assert found.total == pytest.approx(1.0)


@pytest.mark.parametrize("features", [1, 20])
def test_unrelated_functions_count_as_often_as_is_said(features):
    chance, counted, tried = 0.02, 0, 0
    for seed in range(10):
        noise = np.random.default_rng(100 + seed).normal(size=(600, features))
        found = processing_capacity(even(600, seed), noise, (30, 12), false_alarm=chance)
        counted += len(found.significant)
        tried += len(found.functions)
    # Functions of one series are nearly uncorrelated, their squared correlations with it nearly independent.
    assert share_of(counted, tried, chance).sigmas(chance) < ROOM


def test_the_total_of_a_reservoir_is_bounded_by_its_features():
    inputs = even(4000, 5)
    drawn = persistent(seed=1, hidden=3, dynamics="ising", readout=("z",), virtual_nodes=3, engine=NUMPY)
    found = processing_capacity(inputs, drawn.features(inputs), (30, 12, 6), washout=50)
    assert found.rank == 12
    # The standard error of a capacity is below 1/sqrt(rows); the functions tried do not exhaust the total.
    assert 4.0 < found.total < 12 * (1 + ROOM / 4000**0.5)
    assert found.capacities.max() <= 1.0


def test_what_has_no_capacity_is_refused():
    inputs = even(500)
    with pytest.raises(ValueError, match=r"inputs must be drawn evenly from \[-1, 1\], got numbers from"):
        processing_capacity(inputs + 1, inputs)
    with pytest.raises(ValueError, match="not spread evenly"):
        processing_capacity(inputs**3, inputs)
    with pytest.raises(ValueError, match="a row for each of the 500 inputs, not 499"):
        processing_capacity(inputs, inputs[1:])
    with pytest.raises(ValueError, match="no feature varies"):
        processing_capacity(inputs, np.ones(500))
    with pytest.raises(ValueError, match="too few for 300 independent features"):
        processing_capacity(inputs, np.random.default_rng(0).normal(size=(500, 300)), (3,))
    with pytest.raises(ValueError, match="at most 1000000 are taken"):
        processing_capacity(inputs, inputs, (100, 100, 100, 100))
    with pytest.raises(ValueError, match="delays must hold"):
        processing_capacity(inputs, inputs, ())
