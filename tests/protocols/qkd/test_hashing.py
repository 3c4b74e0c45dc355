"""Hashing by Toeplitz matrices, and the cost of tags."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.qkd.authentication import tag_bits
from protocols.qkd.toeplitz import diagonals, toeplitz
from qsim.errors import ParameterError, StateError
from tests.statistics import ROOM, share_of


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 200), st.integers(0, 200), st.integers(0, 2**31))
def test_it_is_the_product_with_the_matrix(count: int, length: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, count, dtype=np.uint8)
    matrix = diagonals(count, length, rng)
    rows = np.array([[matrix[i - j + count - 1] for j in range(count)] for i in range(length)])
    expected = rows.reshape(length, count) @ bits % 2
    assert (toeplitz(bits, matrix) == expected).all()


def test_a_long_product_is_exact() -> None:
    """Each entry is the parity of 2^18 ones, less the one diagonal that is 0."""
    count = 1 << 18
    bits = np.ones(count, dtype=np.uint8)
    matrix = np.ones(count + 1, dtype=np.uint8)
    matrix[0] = 0
    assert toeplitz(bits, matrix).tolist() == [1, 0]
    matrix[0], matrix[-1] = 1, 0
    assert toeplitz(bits, matrix).tolist() == [0, 1]


def test_two_strings_collide_as_seldom_as_universal_hashing_says() -> None:
    rng = np.random.default_rng(1)
    one = rng.integers(0, 2, 50, dtype=np.uint8)
    other = one.copy()
    other[7] ^= 1
    trials = 2000
    same = 0
    for _ in range(trials):
        matrix = diagonals(50, 4, rng)
        same += bool((toeplitz(one, matrix) == toeplitz(other, matrix)).all())
    assert share_of(same, trials, 1 / 16).sigmas(1 / 16) < ROOM


def test_too_few_diagonals_are_refused() -> None:
    with pytest.raises(StateError, match="for 5 bits has at least 5 diagonals, got 3"):
        toeplitz(np.zeros(5, dtype=np.uint8), np.zeros(3, dtype=np.uint8))


@pytest.mark.parametrize("message", [0, 1, 1e3, 1e6, 1e12])
@pytest.mark.parametrize("failure", [0.5, 1e-6, 1e-15])
def test_a_tag_is_as_short_as_its_safety_allows(message: float, failure: float) -> None:
    tag = tag_bits(message, failure)

    def forged(length: int) -> float:
        return ceil(max(1.0, message) / length) * 2.0**-length

    assert forged(tag) <= failure
    assert tag == 1 or forged(tag - 1) > failure


@pytest.mark.parametrize("failure", [0, 1, -1, float("nan")])
def test_a_tag_that_never_fails_or_always_is_refused(failure: float) -> None:
    with pytest.raises(ParameterError, match="`failure` must be in"):
        tag_bits(100, failure)
