"""Judging random numbers: how far a measured value may lie from what it should be.

Every statistical check compares with `ROOM` or `FALSE_ALARM`, and the comparison enters the probability with
which it fails by chance in a ledger. When a session ends their sum is held to a bound (tests/budget.py), so
that the suite as a whole, and not each test by itself, gives next to no false alarm under other seeds.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Probabilities of a false alarm, summed for each test: what has been compared so far.
LEDGER: dict[str, float] = defaultdict(float)


def _enter(rate: float) -> None:
    name = os.environ.get("PYTEST_CURRENT_TEST", "no test")
    LEDGER[name.rpartition(" (")[0] or name] += rate


class Room(float):
    """Standard errors by which a measured value may miss; ``measured < ROOM`` is entered in the ledger.

    A multiple of it is a room in other units, with the same probability of a false alarm. The other way,
    ``measured > ROOM``, is a check of power and costs nothing.
    """

    #: NumPy's scalars leave comparison and multiplication to this class.
    __array_ufunc__ = None

    @property
    def rate(self) -> float:
        """Probability that a normal deviate is as far out on either side."""
        return erfc(float(ROOM) / sqrt(2))

    def __gt__(self, measured: Any) -> bool:
        _enter(self.rate)
        return bool(float(self) > measured)

    def __mul__(self, error: Any) -> Room:
        return Room(float(self) * float(error))

    __rmul__ = __mul__

    def __truediv__(self, error: Any) -> Room:
        return Room(float(self) / float(error))


class Level(float):
    """A p-value below which a test of distributions fails; ``p > FALSE_ALARM`` is entered in the ledger."""

    __array_ufunc__ = None

    def __lt__(self, p: Any) -> bool:
        _enter(float(self))
        return bool(float(self) < p)


#: Standard errors by which a measured value may miss the exact one: by chance once in 8e9 checks.
ROOM = Room(6.4)
#: Standard errors by which a run of a fixed seed may miss a stated value: its bits are the same each time. It
#: adds nothing to the ledger, which is of other seeds, and stands beside a comparison with `ROOM`. A change
#: that renews the random streams meets it anew, and fails a sound check once in 16 000.
FIXED_SEED = 4.0
#: Standard errors from which two values are told apart, in tests that a difference shows.
APART = 4.0
#: Probability with which a test of distributions may fail although all is well.
FALSE_ALARM = Level(2e-10)


@dataclass(frozen=True)
class Estimate:
    """A measured value.

    Attributes:
        value: the estimate.
        error: its standard error.
        freedom: degrees of freedom from which the error itself is estimated.
    """

    value: float
    error: float
    freedom: float = inf

    def sigmas(self, expected: float | Estimate) -> float:
        """Distance to an exact or another measured value in (combined) standard errors.

        Where errors come from few samples, the distance is what has the same probability under the normal law
        as it has under Student's (Welch, Biometrika 34, 28 (1947), for two of them).
        """
        other = expected if isinstance(expected, Estimate) else Estimate(expected, 0.0)
        distance = abs(self.value - other.value)
        error = sqrt(self.error**2 + other.error**2)
        if error == 0:
            return 0.0 if distance == 0 else inf
        parts = sum(one.error**4 / one.freedom for one in (self, other))
        return _as_normal(distance / error, error**4 / parts if parts else inf)

    def over(self, other: Estimate) -> Estimate:
        """The ratio of two independent measured values."""
        ratio = self.value / other.value
        return Estimate(
            ratio,
            abs(ratio) * sqrt((self.error / self.value) ** 2 + (other.error / other.value) ** 2),
            min(self.freedom, other.freedom),
        )


def _as_normal(deviate: float, freedom: float) -> float:
    """The normal deviate that is as improbable as one of Student's law."""
    if freedom == inf:
        return float(deviate)
    from scipy import special

    return float(-special.ndtri(special.stdtr(freedom, -deviate)))


def at_fixed_seed(distance: float) -> None:
    """Hold a run of a fixed seed to a stated value, from which it is so many standard errors away.

    Raises:
        AssertionError: it is farther away than `FIXED_SEED`.
    """
    assert distance < ROOM
    assert distance < FIXED_SEED


def mean_of(samples: Sequence[float]) -> Estimate:
    """Mean of independent samples."""
    values = np.asarray(samples, dtype=float)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(len(values)), len(values) - 1)


def worst(deviates: NDArray[np.float64]) -> float:
    """The greatest of many normal deviates, as the single one that is as improbable (Bonferroni)."""
    from scipy import special

    return float(-special.ndtri(min(0.5, deviates.size * special.ndtr(-np.abs(deviates).max()))))


def seen(shift: float, error: float) -> float:
    """Probability with which a check against `ROOM` sees a shift, both in the same units.

    Normal law: the far side of the room adds nothing that counts.
    """
    return erfc((float(ROOM) - abs(shift) / error) / sqrt(2)) / 2


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
