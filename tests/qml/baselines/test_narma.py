"""Scores on white-noise NARMA-10 against figures measured independently of this code."""

from __future__ import annotations

from functools import cache
from math import pi, sqrt

import numpy as np
import pytest

from qml.baselines import NVAR, LinearTaps
from qml.readouts import RidgeReadout
from tests.statistics import ROOM

WASHOUT, TRAIN, TEST = 200, 2000, 1000
SEEDS = 8
#: NRMSE of one realisation each, by another implementation.
REFERENCE = [(LinearTaps(25), 0.387), (NVAR(12), 0.319), (NVAR(20), 0.176), (NVAR(30), 0.102)]


def narma10(seed):
    """Inputs uniform in [0, 0.5], and what a model that has seen u[0..t] should answer: y[t + 1]."""
    steps = WASHOUT + TRAIN + TEST
    u = np.random.default_rng(seed).uniform(0, 0.5, steps)
    y = [0.0] * 10
    for t in range(steps):
        oldest = u[t - 9] if t >= 9 else 0.0
        y.append(0.3 * y[-1] + 0.05 * y[-1] * sum(y[-10:]) + 1.5 * oldest * u[t] + 0.1)
    return u, np.array(y[10:])


@cache
def scores(features):
    """NRMSE on the test block, for every seed."""
    found = []
    for seed in range(SEEDS):
        u, y = narma10(seed)
        x = features.features(u)
        readout = RidgeReadout().fit(x[WASHOUT:-TEST], y[WASHOUT:-TEST])
        found.append(np.sqrt(np.mean((readout.predict(x[-TEST:]) - y[-TEST:]) ** 2)) / y[-TEST:].std())
    return np.array(found)


@pytest.mark.parametrize(("features", "reference"), REFERENCE, ids=lambda case: getattr(case, "name", ""))
def test_narma10_scores(features, reference):
    # Rare outbursts of the series give the scores a long tail, so the typical one is their median and
    # their scatter that of the median absolute deviation. The reference scatters as one realisation does,
    # the median of n as sqrt(pi / 2n) of that.
    found = scores(features)
    typical = np.median(found)
    scatter = 1.4826 * np.median(np.abs(found - typical))
    assert abs(typical - reference) < ROOM * scatter * sqrt(1 + pi / (2 * SEEDS))


def test_more_lags_and_products_help_on_every_realisation():
    ranked = np.stack([scores(features) for features, _ in REFERENCE])
    assert np.all(np.diff(ranked, axis=0) < 0)
