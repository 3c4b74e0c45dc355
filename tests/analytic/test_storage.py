"""Storage at one repeater: printed values, brute-force sums, and the cycle as a Markov chain."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import storage, waiting
from tests.analytic.printed import printed

probabilities = st.floats(0.01, 1)
decays = st.floats(0, 1)


@pytest.mark.parametrize(
    ("success", "decay", "text"),
    [
        (0.5, 0.99, "0.98679868"),
        (0.1, 0.99, "0.91308547"),
        (0.1, exp(-1 / 50), "0.84078288"),
        (0.01, exp(-1 / 100), "0.50126781"),
    ],
)
def test_storage_factor_as_printed(success: float, decay: float, text: str) -> None:
    assert storage.storage_factor(success, decay) == printed(text)


@pytest.mark.parametrize(
    ("success", "decay", "patience", "mean", "factor"),
    [
        (0.1, 0.99, 5, "20.75117248", "0.97573487"),
        (0.1, 0.99, 20, "15.35343999", "0.93524258"),
        (0.01, exp(-0.01), 50, "224.98611469", "0.80186386"),
    ],
)
def test_cutoff_as_printed(success: float, decay: float, patience: int, mean: str, factor: str) -> None:
    assert storage.cutoff_mean(success, patience) == printed(mean)
    assert storage.cutoff_storage_factor(success, decay, patience) == printed(factor)


@pytest.mark.parametrize(("success", "decay"), [(0.2, 0.9), (0.5, 0.0), (0.7, 1.0)])
def test_storage_factor_is_the_double_sum(success: float, decay: float) -> None:
    times = np.arange(1, 300)
    shares = success * (1 - success) ** (times - 1)
    ages = np.abs(times[:, None] - times[None, :])
    expected = shares @ np.power(decay, ages) @ shares
    assert storage.storage_factor(success, decay) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("success", "decay", "patience"), [(0.1, 0.95, 7), (0.4, 0.8, 1), (0.3, 0.9, 0)])
def test_cutoff_is_the_markov_chain(success: float, decay: float, patience: int) -> None:
    p, q = success, 1 - success
    # State 0: both free; state k: the other link has failed k-1 more times.
    moves = np.zeros((patience + 1, patience + 1))
    done = np.zeros(patience + 1)
    weighted = np.zeros(patience + 1)
    moves[0, 0] = q * q + (2 * p * q if patience == 0 else 0)
    done[0] = weighted[0] = p * p
    if patience:
        moves[0, 1] = 2 * p * q
    for age in range(1, patience + 1):
        moves[age, age + 1 if age < patience else 0] = q
        done[age], weighted[age] = p, p * decay**age
    visits = np.linalg.solve(np.eye(patience + 1) - moves.T, np.eye(patience + 1)[0])
    assert visits @ done == pytest.approx(1)
    assert storage.cutoff_mean(p, patience) == pytest.approx(visits.sum(), rel=1e-12)
    assert storage.cutoff_storage_factor(p, decay, patience) == pytest.approx(visits @ weighted, rel=1e-12)


@settings(deadline=None)
@given(probabilities, decays, st.floats(0.1, 1))
def test_endless_patience_is_no_cutoff(success: float, decay: float, swap: float) -> None:
    expected = waiting.one_repeater_mean(success, swap)
    assert storage.cutoff_mean(success, 10_000, swap) == pytest.approx(expected, rel=1e-9)
    factor = storage.storage_factor(success, decay)
    assert storage.cutoff_storage_factor(success, decay, 10_000) == pytest.approx(factor, rel=1e-9)


@settings(deadline=None)
@given(probabilities, decays)
def test_no_patience_wants_both_at_once(success: float, decay: float) -> None:
    assert storage.cutoff_mean(success, 0) == pytest.approx(success**-2)
    assert storage.cutoff_storage_factor(success, decay, 0) == pytest.approx(1)


@settings(deadline=None)
@given(probabilities, decays, st.integers(0, 50))
def test_patience_trades_fidelity_for_time(success: float, decay: float, patience: int) -> None:
    means = [storage.cutoff_mean(success, patience + more) for more in (0, 1)]
    factors = [storage.cutoff_storage_factor(success, decay, patience + more) for more in (0, 1)]
    assert means[1] <= means[0] * (1 + 1e-12)
    assert factors[1] <= factors[0] * (1 + 1e-12)
    assert storage.cutoff_storage_factor(success, 1.0, patience) == pytest.approx(1)
