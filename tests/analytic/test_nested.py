"""Nested doubling: printed means, limits, and samples of the recursion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qsim.analytic import nested, waiting
from tests.analytic.printed import printed

PRINTED = {
    (0.5, 0.5): ("5.333333", "15.093907", "42.999865"),
    (0.1, 0.5): ("29.473684", "84.817580", "242.348372"),
    (0.01, 0.5): ("299.497487", "864.882094", "2472.889736"),
}


@pytest.mark.parametrize(
    ("success", "swap", "levels", "text"),
    [(*key, level, text) for key, row in PRINTED.items() for level, text in enumerate(row, start=1)],
)
def test_means_as_printed(success: float, swap: float, levels: int, text: str) -> None:
    assert nested.nested_mean(success, swap, levels) == printed(text)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.02, 1), st.integers(0, 4))
def test_sure_swaps_wait_for_the_slowest_link(success: float, levels: int) -> None:
    expected = waiting.maximum_mean(success, 2**levels)
    assert nested.nested_mean(success, 1.0, levels) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.02, 1), st.floats(0.1, 1))
def test_one_level_is_one_repeater(success: float, swap: float) -> None:
    expected = waiting.one_repeater_mean(success, swap)
    assert nested.nested_mean(success, swap, 1) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.05, 1), st.floats(0.3, 1), st.integers(1, 3))
def test_the_three_over_two_rule_lies_above(success: float, swap: float, levels: int) -> None:
    bound = waiting.three_over_two(success, swap, levels)
    assert nested.nested_mean(success, swap, levels) <= bound * (1 + 1e-9)


def test_distribution_is_one() -> None:
    survival = nested.nested_survival(0.2, 0.4, 2)
    shares = waiting.pmf(survival)
    assert survival[0] == pytest.approx(1, abs=1e-15)
    assert survival[-1] < 1e-12
    assert shares.min() > -1e-14
    assert shares.sum() == pytest.approx(1, abs=1e-11)
    # The first instant at which both levels can be done: all four links at once, three swaps.
    assert shares[1] == pytest.approx(0.2**4 * 0.4**3, rel=1e-9)


def test_repeated_rounds_of_one_attempt_are_geometric() -> None:
    one = np.zeros(50)
    one[0] = 1
    assert nested.repeated_survival(one, 0.3) == pytest.approx(0.7 ** np.arange(50), abs=1e-14)


@pytest.mark.parametrize(("levels", "seed"), [(2, 11), (3, 12)])
def test_samples_of_the_recursion_follow_the_distribution(levels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = _sample(levels, 0.3, 0.6, 20_000, rng)
    survival = nested.nested_survival(0.3, 0.6, levels)
    assert abs(samples.mean() - survival.sum()) < 4 * samples.std() / len(samples) ** 0.5
    for time in (1, 5, 10, 20, 40):
        share = survival[time]
        error = (share * (1 - share) / len(samples)) ** 0.5
        assert abs((samples > time).mean() - share) < 4 * error + 1e-3


def _sample(
    levels: int, success: float, swap: float, size: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Times drawn by doing what the scheme says: the slower half, again until the swap succeeds."""
    if levels == 0:
        return rng.geometric(success, size)
    total = np.zeros(size, dtype=np.int64)
    waiting_for = np.arange(size)
    while len(waiting_for):
        halves = [_sample(levels - 1, success, swap, len(waiting_for), rng) for _ in range(2)]
        total[waiting_for] += np.maximum(*halves)
        waiting_for = waiting_for[rng.random(len(waiting_for)) >= swap]
    return total
