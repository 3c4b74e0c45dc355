"""Conformal intervals: ranks by hand, the promise for errors in any order, what is known at an origin."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from qml.forecast.conformal import RATE, Backtest, followed, half_width
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


@pytest.mark.parametrize("growth", [-0.5, 0.0, 0.5])
def test_the_level_is_kept_while_errors_shrink_or_grow(growth: float) -> None:
    # The share outside is off by at most (0.9 + RATE) / (RATE n) on any series (Gibbs and Candes, proposition
    # 4.1), as long as the largest earlier error is as wide as the recursion asks for.
    steps = 2000
    rng = np.random.default_rng(5)
    errors = rng.standard_normal(steps) * np.exp(growth * np.linspace(0, 3, steps))
    widths = followed(errors, np.arange(steps), 0.9)
    judged = np.isfinite(widths)
    outside = np.mean(np.abs(errors[judged]) > widths[judged])
    assert abs(outside - 0.1) < (0.9 + RATE) / (RATE * judged.sum())
    # The ranks of all earlier errors alone do not do it.
    plain = np.array([half_width(errors[:known], 0.9) for known in range(9, steps)])
    apart = abs(np.mean(np.abs(errors[9:]) > plain) - 0.1)
    assert (apart > 0.03) == (growth != 0)


def test_levels_by_hand() -> None:
    # Errors 1 to 9 promise 0.9 by the largest; then 100 is missed, and 0.873 + ... asks for more than ten do.
    errors = np.array([*range(1, 10), 100.0, 0.0])
    widths = followed(errors, np.array([*range(11), 11]), 0.9)
    assert np.isnan(widths[:9]).all()
    # Level 0.9: rank 9 of 9. Missed: level 0.927 asks for rank 11 of 10, more than there are: the largest.
    # Held: level 0.924, rank 12 of 11.
    assert widths[9:].tolist() == [9.0, 100.0, 100.0]


def test_errors_of_zero_are_no_trouble_and_do_not_blind_for_ever() -> None:
    errors = np.concatenate([np.zeros(1000), np.ones(60)])
    widths = followed(errors, np.arange(len(errors)), 0.9)
    assert widths[9:1000].max() == 0.0
    assert widths[-1] == 1.0


def test_without_origins_that_were_judged_there_is_no_interval() -> None:
    one = Backtest(np.array([50]), np.zeros((1, 2)), np.ones((1, 2)), 0.9)
    assert np.isnan(one.half_widths).all()
    assert one.coverage[1] == 0
