"""The yardsticks themselves: they pass what agrees and fail what does not."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from tests.statistics import (
    FALSE_ALARM,
    ROOM,
    Estimate,
    follows,
    mean_of,
    same_distribution,
    same_frequencies,
    share_of,
    worst,
)

RNG = np.random.default_rng(1)
EARLY, LATE = RNG.geometric(0.1, 2000), RNG.geometric(0.1, 3000)


def test_distances_are_counted_in_combined_standard_errors() -> None:
    assert Estimate(10, 3).sigmas(16) == 2
    assert Estimate(10, 3).sigmas(Estimate(20, 4)) == 2
    assert Estimate(10, 0).sigmas(10) == 0
    assert Estimate(10, 0).sigmas(11) == inf


def test_errors_of_means_shares_and_ratios() -> None:
    assert mean_of([1, 2, 3, 4]) == Estimate(2.5, pytest.approx((5 / 3 / 4) ** 0.5), 3)
    assert share_of(30, 100, 0.5) == Estimate(0.3, 0.05)
    ratio = Estimate(4, 0.3).over(Estimate(2, 0.2))
    assert (ratio.value, ratio.error) == (2, pytest.approx(2 * (0.075**2 + 0.1**2) ** 0.5))


def test_few_samples_have_the_room_of_students_law() -> None:
    from scipy import stats

    few, other = mean_of([1.0, 2.0, 4.0]), mean_of([3.0, 3.5, 7.0, 9.0])
    assert 2 * stats.norm.sf(few.sigmas(0)) == pytest.approx(stats.ttest_1samp([1.0, 2.0, 4.0], 0).pvalue)
    welch = stats.ttest_ind([1.0, 2.0, 4.0], [3.0, 3.5, 7.0, 9.0], equal_var=False)
    assert 2 * stats.norm.sf(few.sigmas(other)) == pytest.approx(welch.pvalue)


def test_the_worst_of_many_counts_as_one() -> None:
    from scipy import stats

    deviates = np.array([[0.3, -4.0], [1.0, 2.0]])
    assert stats.norm.sf(worst(deviates)) == pytest.approx(4 * stats.norm.sf(4.0))
    assert worst(deviates[:1, 1:]) == pytest.approx(4.0)


def test_samples_of_one_distribution_pass() -> None:
    assert same_distribution(EARLY, LATE) > 0.01
    assert mean_of(EARLY).sigmas(10) < ROOM


def test_without_ties_the_p_value_is_that_of_the_usual_test() -> None:
    from scipy import stats

    a, b = RNG.random(500), RNG.random(400) ** 1.1
    assert same_distribution(a, b) == pytest.approx(stats.ks_2samp(a, b, method="asymp").pvalue, rel=0.2)


@pytest.mark.parametrize("other", [RNG.geometric(0.14, 3000), LATE + 1])
def test_samples_of_different_distributions_fail(other: np.ndarray) -> None:
    assert same_distribution(EARLY, other) < FALSE_ALARM


def test_tolerance_forgives_small_shifts_of_a_lattice_and_no_more() -> None:
    shifted = LATE + 0.01 * RNG.random(3000)
    assert same_distribution(EARLY, shifted) < FALSE_ALARM
    assert same_distribution(EARLY, shifted, tolerance=0.01) > 0.01
    assert same_distribution(EARLY, shifted + 1, tolerance=0.01) < FALSE_ALARM


def test_counts_are_held_to_their_expectation() -> None:
    assert follows([48, 52], [50, 50]) > 0.1
    assert follows([30, 70], [50, 50]) == pytest.approx(0.0000633, rel=0.01)


def test_frequencies_are_compared_value_by_value() -> None:
    assert same_frequencies({"a": 50, "b": 60, "c": 1}, {"a": 55, "b": 52}) > 0.1
    assert same_frequencies({"a": 50, "b": 60}, {"a": 50, "c": 60}) < FALSE_ALARM
    # A value that only one sample has, though no more than a tenth of it.
    assert same_frequencies({"a": 900, "b": 100}, {"a": 1000}) < FALSE_ALARM
