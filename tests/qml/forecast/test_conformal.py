"""Conformal intervals: ranks by hand, the promise for errors in any order, what is known at an origin."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from qml.forecast.conformal import Backtest, half_width
from tests.statistics import ROOM


def test_ranks_by_hand() -> None:
    errors = np.array([3.0, -1.0, 2.0, -9.0, 5.0, 4.0, -7.0, 6.0, 8.0])
    # ceil(10 * 0.9) = 9 of 9; ceil(10 * 0.5) = 5 of 9.
    assert half_width(errors, 0.9) == 9.0
    assert half_width(errors, 0.5) == 5.0
    assert np.isnan(half_width(errors[:8], 0.9))
    # 20 * 0.9 is 18 and not, by rounding, a little more.
    assert half_width(np.arange(1.0, 20.0), 0.9) == 18.0


@pytest.mark.parametrize("count", [9, 19, 50])
def test_the_promise_for_errors_of_any_law(count: int) -> None:
    # The probability is ceil((n + 1) level) / (n + 1), exactly, for errors without ties.
    rng, trials = np.random.default_rng(2), 4000
    errors = rng.standard_cauchy((trials, count + 1))
    held = np.mean([abs(row[-1]) <= half_width(row[:-1], 0.9) for row in errors])
    expected = np.ceil((count + 1) * 0.9 - 1e-9) / (count + 1)
    assert abs(held - expected) < ROOM * sqrt(expected * (1 - expected) / trials)


def test_an_interval_uses_what_had_come_true_by_then() -> None:
    origins = np.arange(50, 80)
    truth = np.zeros((30, 3))
    answers = np.ones((30, 3))
    # From origin 70 on errors are tenfold: a forecast 3 ahead learns of it 3 steps later.
    answers[20:] = 10.0
    backtest = Backtest(origins, answers, truth, 0.9)
    held = backtest.held
    for ahead in range(3):
        judged = np.flatnonzero(np.isfinite(held[:, ahead]))
        # Nine errors are known at the first origin that is 8 + ahead + 1 steps after the first of all.
        assert judged[0] == 9 + ahead
        # Two of 22 errors are more than the tenth that may lie outside, as soon as two are known.
        wrong = np.flatnonzero(held[:, ahead] == 0)
        assert wrong[0] == 20
        assert wrong[-1] == 20 + ahead + 1
    assert backtest.rmse == pytest.approx(sqrt((20 + 10 * 100) / 30))
    assert backtest.half_widths.tolist() == [10.0] * 3
    share, count = backtest.coverage
    assert count == np.isfinite(held).sum()
    assert share == pytest.approx(1 - (2 + 3 + 4) / count)
