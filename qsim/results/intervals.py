"""Confidence intervals: of means, of proportions, and by resampling.

References:
    Student, Biometrika 6, 1 (1908).
    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927).
    B. Efron, J. Am. Stat. Assoc. 82, 171 (1987), on the BCa bootstrap.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from qsim.errors import ResultError
from qsim.statistics import half_width, mean

#: Resamples of a bootstrap: the ends of a 95 % interval then err by about 1 % of its width.
RESAMPLES = 9999


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or a proportion, with its confidence interval.

    Attributes:
        n: how many values, or trials, it is of.
        mean: the mean, or the share of successes; NaN of nothing.
        sd: standard deviation of one value; NaN below two values.
        low, high: ends of the confidence interval; NaN where there is none.
        confidence: how often such an interval holds the true value.
    """

    n: int
    mean: float
    sd: float
    low: float
    high: float
    confidence: float = 0.95

    @property
    def half_width(self) -> float:
        """Half the width of the interval; NaN where there is none."""
        return (self.high - self.low) / 2


def student(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """The mean of independent values with Student's interval.

    The interval is exact for normal values, and good for others once there are some tens of them.

    Raises:
        ResultError: the confidence is not between 0 and 1.

    Example:
        >>> estimate = student([1.0, 2.0, 3.0])
        >>> round(estimate.low, 3), round(estimate.high, 3)
        (-0.484, 4.484)
    """
    _check(confidence)
    half = half_width(values, confidence)
    if half is None or min(values) == max(values):
        return _without_spread(values, confidence)
    centre = mean(values)
    return Estimate(len(values), centre, _deviation(values), centre - half, centre + half, confidence)


def wilson(successes: int, trials: int, confidence: float = 0.95) -> Estimate:
    """The share of successes in independent trials with Wilson's score interval.

    The interval stays within 0 and 1 and holds for shares near the ends, where the usual one fails.

    Args:
        successes: how many trials succeeded.
        trials: how many there were.
        confidence: how often such an interval holds the true share.

    Returns:
        The share, with the deviation of a single trial; NaN of no trials.

    Raises:
        ResultError: successes are negative or more than the trials, or the confidence is not between 0 and 1.

    Example:
        >>> estimate = wilson(81, 263)
        >>> round(estimate.low, 4), round(estimate.high, 4)
        (0.2553, 0.3662)
    """
    _check(confidence)
    if not 0 <= successes <= trials:
        raise ResultError(f"{successes} successes in {trials} trials make no proportion")
    if trials == 0:
        return Estimate(0, math.nan, math.nan, math.nan, math.nan, confidence)
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence) / 2))
    share = successes / trials
    scale = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    # At the ends the interval touches 0 or 1 exactly, which rounding would miss.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return Estimate(trials, share, math.sqrt(share * (1 - share)), low, high, confidence)


def bca(values: Sequence[float], confidence: float = 0.95, *, seed: int = 0) -> Estimate:
    """The mean of independent values with the bias-corrected and accelerated bootstrap interval.

    It follows skewed values better than Student's interval does, and is too narrow for fewer than some ten.

    Args:
        values: the values.
        confidence: how often such an interval holds the true mean.
        seed: of the resampling; the same values and seed give the same interval.

    Raises:
        ResultError: the confidence is not between 0 and 1.
    """
    _check(confidence)
    if len(values) < 2 or min(values) == max(values):
        return _without_spread(values, confidence)
    import numpy as np
    from scipy.stats import bootstrap

    # A block of resamples holds about a million values, whatever the number of values.
    batch = max(1, min(RESAMPLES, 1_000_000 // len(values)))
    found = bootstrap(
        (np.asarray(values, dtype=float),),
        np.mean,
        n_resamples=RESAMPLES,
        batch=batch,
        confidence_level=confidence,
        method="BCa",
        random_state=np.random.default_rng(seed),
    ).confidence_interval
    low, high = float(found.low), float(found.high)
    return Estimate(len(values), mean(values), _deviation(values), low, high, confidence)


#: The ways to an interval of a mean, by name.
METHODS: Mapping[str, Callable[[Sequence[float], float], Estimate]] = MappingProxyType(
    {"student": student, "bca": bca}
)


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ResultError(f"a confidence must be between 0 and 1, such as 0.95, got {confidence!r}")


def _without_spread(values: Sequence[float], confidence: float) -> Estimate:
    """The estimate from equal values, one value, or none."""
    value = float(values[0]) if len(values) else math.nan
    if len(values) < 2:
        return Estimate(len(values), value, math.nan, math.nan, math.nan, confidence)
    return Estimate(len(values), value, 0.0, value, value, confidence)


def _deviation(values: Sequence[float]) -> float:
    centre = mean(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1))
