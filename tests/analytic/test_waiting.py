"""Waiting times of links: printed values, exact rational sums, and samples."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import waiting
from tests.analytic.printed import printed

MAXIMA = {
    2: ("2.666667", "14.736842", "149.748744", "1499.749875"),
    4: ("3.504762", "20.273378", "207.789922", "2082.791493"),
    8: ("4.421078", "26.295784", "270.924509", "2716.997988"),
    16: ("5.377378", "32.587248", "336.879703", "3379.538347"),
}
probabilities = st.floats(1e-3, 1)


@pytest.mark.parametrize(
    ("links", "success", "text"),
    [
        (links, success, text)
        for links, row in MAXIMA.items()
        for success, text in zip((0.5, 0.1, 0.01, 0.001), row, strict=True)
    ],
)
def test_mean_of_the_slowest_link_as_printed(links: int, success: float, text: str) -> None:
    assert waiting.maximum_mean(success, links) == printed(text)


@pytest.mark.parametrize("success", [Fraction(1, 2), Fraction(1, 10), Fraction(3, 1000), Fraction(1)])
@pytest.mark.parametrize("links", [1, 2, 7, 16, 40])
def test_mean_of_the_slowest_link_is_the_alternating_sum(success: Fraction, links: int) -> None:
    terms = (
        Fraction((-1) ** (k + 1) * comb(links, k)) / (1 - (1 - success) ** k) for k in range(1, links + 1)
    )
    assert waiting.maximum_mean(float(success), links) == pytest.approx(float(sum(terms)), rel=1e-12)


@settings(deadline=None)
@given(probabilities, st.integers(1, 30))
def test_a_slower_or_longer_chain_waits_longer(success: float, links: int) -> None:
    mean = waiting.maximum_mean(success, links)
    assert mean <= waiting.maximum_mean(success, links + 1)
    assert 1 <= mean <= links / success * (1 + 1e-12)


def test_many_links_at_once() -> None:
    survival = waiting.maximum_survival(waiting.geometric_survival(0.3, 400), 1000)
    assert waiting.maximum_mean(0.3, 1000) == pytest.approx(survival.sum(), rel=1e-10)


@settings(deadline=None)
@given(probabilities, st.floats(0.01, 1))
def test_one_repeater_is_the_slower_of_two_links_over_the_swap(success: float, swap: float) -> None:
    expected = waiting.maximum_mean(success, 2) / swap
    assert waiting.one_repeater_mean(success, swap) == pytest.approx(expected, rel=1e-10)


def test_distributions_sum_to_one_and_to_their_means() -> None:
    survival = waiting.geometric_survival(0.1, 400)
    assert survival.sum() == pytest.approx(10)
    greatest = waiting.maximum_survival(survival, 2)
    assert greatest.sum() == printed("14.736842")
    shares = waiting.pmf(greatest)
    assert shares.sum() == pytest.approx(1)
    assert shares[0] == 0
    # P(max = t) = 2 P(N=t) P(N<t) + P(N=t)², the textbook form.
    t = np.arange(1, 400)
    one = 0.1 * 0.9 ** (t - 1)
    assert shares[1:] == pytest.approx(2 * one * (1 - 0.9 ** (t - 1)) + one**2, abs=1e-15)


def test_certain_success_takes_one_attempt() -> None:
    survival = waiting.maximum_survival(waiting.geometric_survival(1.0, 4), 3)
    assert survival.tolist() == [1, 0, 0, 0]
    assert waiting.pmf(survival).tolist() == [0, 1, 0, 0]


def test_tail_of_the_slowest_keeps_its_digits() -> None:
    survival = waiting.maximum_survival(waiting.geometric_survival(0.5, 100), 2)
    assert survival[90] == pytest.approx(2 * 0.5**90, rel=1e-12)


@pytest.mark.parametrize(("success", "links", "seed"), [(0.1, 4, 1), (0.5, 8, 2)])
def test_samples_follow_the_mean(success: float, links: int, seed: int) -> None:
    samples = np.random.default_rng(seed).geometric(success, (100_000, links)).max(axis=1)
    error = samples.std() / len(samples) ** 0.5
    assert abs(samples.mean() - waiting.maximum_mean(success, links)) < 4 * error


@pytest.mark.parametrize(("levels", "text"), [(0, "10"), (1, "30"), (2, "90"), (3, "270")])
def test_three_over_two_rule_as_printed(levels: int, text: str) -> None:
    assert waiting.three_over_two(0.1, 0.5, levels) == pytest.approx(float(text))
