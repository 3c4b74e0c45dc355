"""Cascade: what it tells of the bits, and what it mends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.qkd.cascade import Cascade, Parities
from protocols.qkd.reconciliation import reconcile
from qsim.analytic.qkd import binary_entropy


def bits_with_errors(rng: np.random.Generator, count: int, errors: int) -> tuple[np.ndarray, np.ndarray]:
    """Bits of one end, and those of the other with a given number of errors at random places."""
    one = rng.integers(0, 2, count, dtype=np.uint8)
    other = one.copy()
    other[rng.permutation(count)[:errors]] ^= 1
    return one, other


@pytest.mark.parametrize(
    ("error_rate", "low", "high"),
    [(0.01, 1.1129, 1.153), (0.03, 1.141, 1.1836), (0.08, 1.1806, 1.2271)],
)
def test_efficiency_of_the_published_protocol(error_rate: float, low: float, high: float) -> None:
    """Between an independent sequential implementation and public data of 10,000 frames of 10^4 bits each."""
    rng = np.random.default_rng(1)
    told = []
    for _ in range(12):
        one, other = bits_with_errors(rng, 10_000, round(10_000 * error_rate))
        found = reconcile(Cascade(), other, one, error_rate, rng)
        assert (found.bits == one).all()
        assert found.changed == round(10_000 * error_rate)
        told.append(found.told / (10_000 * binary_entropy(error_rate)))
    assert low < np.mean(told) < high
    # Pieces of a pass are searched side by side: far fewer round trips than errors.
    assert found.questions < 100


@pytest.mark.parametrize(("error_rate", "public"), [(0.05, 1.185)])
def test_efficiency_between_the_published_points(error_rate: float, public: float) -> None:
    rng = np.random.default_rng(2)
    frames = [bits_with_errors(rng, 10_000, round(10_000 * error_rate)) for _ in range(8)]
    told = [reconcile(Cascade(), other, one, error_rate, rng).told for one, other in frames]
    assert np.mean(told) / (10_000 * binary_entropy(error_rate)) == pytest.approx(public, abs=0.02)


def test_at_ten_per_cent_it_stays_below_a_quarter_over_the_limit() -> None:
    rng = np.random.default_rng(3)
    one, other = bits_with_errors(rng, 10_000, 1000)
    found = reconcile(Cascade(), other, one, 0.1, rng)
    assert (found.bits == one).all()
    assert 1.19 < found.told / (10_000 * binary_entropy(0.1)) < 1.23


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.floats(0, 0.5), st.integers(0, 5), st.integers(0, 2**31))
def test_an_error_more_or_less_is_never_made_of_nothing(
    count: int, expected: float, errors: int, seed: int
) -> None:
    """What differs afterwards is an even number of bits, and no more than differed before."""
    rng = np.random.default_rng(seed)
    one, other = bits_with_errors(rng, count, min(errors, count))
    before = int((one != other).sum())
    found = reconcile(Cascade(), other, one, expected, rng)
    after = int((found.bits != one).sum())
    assert after % 2 == 0
    assert after <= before
    assert found.changed == int((found.bits != other).sum())
    assert (other == one).sum() == count - before
    if before <= 1:
        assert after == 0


def test_bits_without_errors_cost_the_parities_of_the_passes() -> None:
    rng = np.random.default_rng(4)
    one, other = bits_with_errors(rng, 1000, 0)
    found = reconcile(Cascade(), other, one, 0.0, rng)
    # Two halves in each of four passes.
    assert (found.told, found.changed, found.questions) == (8, 0, 4)
    assert (found.bits == one).all()


def test_both_ends_count_what_was_told_alike() -> None:
    rng = np.random.default_rng(5)
    one, other = bits_with_errors(rng, 500, 25)
    side, asking = Parities(one), Cascade().correct(other, 0.05, rng)
    question, sizes = next(asking), 0
    while True:
        sizes += question.bits
        try:
            question = asking.send(side.answer(question))
        except StopIteration as stop:
            found = stop.value
            break
    assert side.told == found.told
    assert sizes == 64 * (found.questions + found.told)


def test_more_passes_leave_fewer_errors() -> None:
    def left(passes: int) -> int:
        rng = np.random.default_rng(6)
        frames = [bits_with_errors(rng, 60, 3) for _ in range(300)]
        return sum(
            (reconcile(Cascade(passes), other, one, 0.05, rng).bits != one).any() for one, other in frames
        )

    assert left(10) < left(4) / 4
