"""Judging random numbers at fixed seeds: how far a measured value may lie from what it should be.

Every statistical test states its room in standard errors, or the p-value below which it fails. Four standard
errors are exceeded by chance once in 16,000 tests; seeds are fixed, so a test that passes once passes always.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

#: Standard errors by which a measured value may miss the exact one.
ROOM = 4.0
#: Probability with which a test of distributions may fail although all is well.
FALSE_ALARM = 1e-4


@dataclass(frozen=True)
class Estimate:
    """A measured value.

    Attributes:
        value: the estimate.
        error: its standard error.
    """

    value: float
    error: float

    def sigmas(self, expected: float | Estimate) -> float:
        """Distance to an exact or another measured value in (combined) standard errors."""
        other = expected if isinstance(expected, Estimate) else Estimate(expected, 0.0)
        distance = abs(self.value - other.value)
        error = sqrt(self.error**2 + other.error**2)
        return distance / error if error > 0 else 0.0 if distance == 0 else inf

    def over(self, other: Estimate) -> Estimate:
        """The ratio of two independent measured values."""
        ratio = self.value / other.value
        return Estimate(
            ratio, abs(ratio) * sqrt((self.error / self.value) ** 2 + (other.error / other.value) ** 2)
        )


def mean_of(samples: Sequence[float]) -> Estimate:
    """Mean of independent samples."""
    values = np.asarray(samples, dtype=float)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(len(values)))


def share_of(successes: float, trials: int, expected: float) -> Estimate:
    """Share of independent trials that succeeded, with the standard error that the expected share implies.

    It also bounds the error of a mean of numbers in [0, 1], whose variance is at most that of a coin.
    """
    return Estimate(successes / trials, sqrt(expected * (1 - expected) / trials))


def same_distribution(one: Sequence[float], other: Sequence[float], tolerance: float = 0.0) -> float:
    """Two-sample Kolmogorov-Smirnov test of numbers that may lie on a lattice.

    Ties make the test conservative: false alarms come less often than the p-value says.

    Args:
        one, other: independent samples.
        tolerance: numbers that differ by no more than this count as equal, so that differences far below the
            spacing of a lattice do not tear ties apart.

    Returns:
        p-value.
    """
    from scipy import stats

    a, b = np.sort(one), np.sort(other)
    distance = max(_excess(a, b, tolerance), _excess(b, a, tolerance))
    return float(stats.kstwobign.sf(distance * sqrt(len(a) * len(b) / (len(a) + len(b)))))


def _excess(a: NDArray[np.float64], b: NDArray[np.float64], tolerance: float) -> float:
    """Greatest amount by which the share of `a` up to some x exceeds the share of `b` up to x + tolerance."""
    up_to_x = np.searchsorted(a, a, side="right") / len(a)
    return float(np.max(up_to_x - np.searchsorted(b, a + tolerance, side="right") / len(b)))


def follows(counts: Sequence[float], expected: Sequence[float]) -> float:
    """Chi-square test of counts against expected ones of the same total.

    Returns:
        p-value.
    """
    from scipy import stats

    return float(stats.chisquare(counts, expected).pvalue)


def same_frequencies(one: Mapping[Hashable, int], other: Mapping[Hashable, int]) -> float:
    """Chi-square test that two samples have the same few values equally often.

    Values seen fewer than 20 times in all are counted together.

    Returns:
        p-value.
    """
    from scipy import stats

    common = [value for value in one.keys() | other.keys() if one.get(value, 0) + other.get(value, 0) >= 20]
    table = [[sample.get(value, 0) for value in common] for sample in (one, other)]
    for row, sample in zip(table, (one, other), strict=True):
        row.append(sum(sample.values()) - sum(row))
    columns = [column for column in zip(*table, strict=True) if sum(column) > 0]
    return float(stats.chi2_contingency(list(zip(*columns, strict=True)), correction=False).pvalue)
