from __future__ import annotations

import math
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.errors import ResultError
from qsim.results.intervals import METHODS, bca, student, wilson
from tests.conftest import Sized
from tests.statistics import ROOM, share_of

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=2, max_size=20)


def test_students_interval_of_three_values_by_hand() -> None:
    estimate = student([1.0, 2.0, 3.0])
    assert (estimate.n, estimate.mean, estimate.sd, estimate.confidence) == (3, 2.0, 1.0, 0.95)
    # t(2) at 97.5 % is 4.30265.
    assert estimate.half_width == pytest.approx(4.30265 / math.sqrt(3), rel=1e-5)
    assert (estimate.low + estimate.high) / 2 == pytest.approx(2.0)


@pytest.mark.parametrize(("confidence", "quantile"), [(0.9, 1.83311), (0.95, 2.26216), (0.99, 3.24984)])
def test_students_quantile_follows_the_confidence(confidence: float, quantile: float) -> None:
    """Quantiles of nine degrees of freedom as tables print them."""
    values = [float(value) for value in range(10)]
    estimate = student(values, confidence)
    assert estimate.half_width == pytest.approx(quantile * estimate.sd / math.sqrt(10), rel=1e-5)


@pytest.mark.slow
def test_students_interval_holds_the_mean_as_often_as_it_says(sized: Sized) -> None:
    trials = sized(2000, 40_000)
    samples = np.random.default_rng(1).normal(3.0, 2.0, (trials, 6))
    estimates = [student(list(sample), 0.9) for sample in samples]
    held = sum(estimate.low <= 3.0 <= estimate.high for estimate in estimates)
    assert share_of(held, trials, 0.9).sigmas(0.9) < ROOM


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_of_published_proportions(
    successes: int, trials: int, low: float, high: float
) -> None:
    """Newcombe, Statistics in Medicine 17, 857 (1998), table I, method 3."""
    estimate = wilson(successes, trials)
    assert estimate.mean == successes / trials
    assert (estimate.low, estimate.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilsons_interval_covers_on_average_what_it_says() -> None:
    """The coverage is a sum over all outcomes, so that nothing is left to chance."""
    trials = 40
    intervals = [wilson(successes, trials) for successes in range(trials + 1)]

    def coverage(share: float) -> float:
        return sum(
            comb(trials, successes) * share**successes * (1 - share) ** (trials - successes)
            for successes, interval in enumerate(intervals)
            if interval.low <= share <= interval.high
        )

    covered = [coverage(share) for share in np.linspace(0.05, 0.95, 901)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.005)
    assert min(covered) > 0.92


@given(trials=st.integers(1, 10**9), data=st.data(), confidence=st.floats(0.5, 0.999))
def test_wilsons_interval_stays_within_bounds_and_is_symmetric(
    trials: int, data: st.DataObject, confidence: float
) -> None:
    successes = data.draw(st.integers(0, trials))
    one, other = wilson(successes, trials, confidence), wilson(trials - successes, trials, confidence)
    assert 0.0 <= one.low <= one.mean <= one.high <= 1.0
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_proportion_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ResultError, match="make no proportion"):
        wilson(successes, trials)


def test_no_trials_have_no_share() -> None:
    assert math.isnan(wilson(0, 0).mean)


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    values = list(np.random.default_rng(5).normal(0.0, 1.0, 30))
    assert bca(values) == bca(values)
    assert bca(values, seed=1) != bca(values)


def test_the_bootstrap_agrees_with_student_on_many_normal_values() -> None:
    values = list(np.random.default_rng(2).normal(0.0, 1.0, 500))
    one, other = bca(values), student(values)
    # Ends of 9,999 resamples err by about 2 % of a half width.
    assert one.low == pytest.approx(other.low, abs=0.1 * other.half_width)
    assert one.high == pytest.approx(other.high, abs=0.1 * other.half_width)


def test_the_bootstrap_leans_towards_the_long_tail() -> None:
    values = list(np.random.default_rng(3).exponential(1.0, 40))
    estimate = bca(values)
    assert estimate.high - estimate.mean > 1.1 * (estimate.mean - estimate.low)


@pytest.mark.slow
def test_the_bootstrap_covers_the_mean_of_skewed_values(sized: Sized) -> None:
    """Of 40 exponential values, BCa intervals are known to hold the mean some 93 % of the time."""
    trials = sized(100, 2000)
    samples = np.random.default_rng(4).exponential(1.0, (trials, 40))
    held = sum(estimate.low <= 1.0 <= estimate.high for estimate in map(bca, samples.tolist()))
    assert share_of(held, trials, 0.93).sigmas(0.93) < ROOM


@settings(deadline=None)
@given(NUMBERS)
def test_every_interval_of_a_mean_holds_the_mean_and_widens_with_confidence(values: list[float]) -> None:
    for method in METHODS.values():
        narrow, wide = method(values, 0.8), method(values, 0.99)
        room = 1e-9 * max(map(abs, values))
        assert narrow.low - room <= narrow.mean <= narrow.high + room
        assert wide.low - room <= narrow.low
        assert narrow.high <= wide.high + room


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_have_an_interval_of_no_width(method: str) -> None:
    estimate = METHODS[method]([0.1, 0.1, 0.1], 0.95)
    assert (estimate.mean, estimate.sd, estimate.low, estimate.high) == (0.1, 0.0, 0.1, 0.1)


@pytest.mark.parametrize("method", METHODS)
def test_a_single_value_has_no_interval_and_nothing_has_no_mean(method: str) -> None:
    single, none = METHODS[method]([3.0], 0.95), METHODS[method]([], 0.95)
    assert (single.n, single.mean) == (1, 3.0)
    assert math.isnan(single.half_width)
    assert none.n == 0
    assert math.isnan(none.mean)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, -0.5, math.nan])
def test_a_confidence_outside_its_bounds_is_refused(confidence: float) -> None:
    for attempt in (*METHODS.values(), lambda _, confidence: wilson(1, 2, confidence)):
        with pytest.raises(ResultError, match="between 0 and 1"):
            attempt([1.0, 2.0], confidence)
