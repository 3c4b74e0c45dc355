"""Means, their intervals, and running statistics."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def weighted_mean(pairs: Iterable[tuple[float, float | None]]) -> float | None:
    """The mean of values with weights; None when nothing weighs anything."""
    known = [(weight, value) for weight, value in pairs if value is not None and weight > 0]
    total = math.fsum(weight for weight, _ in known)
    return math.fsum(weight * value for weight, value in known) / total if known else None


def half_width(values: Sequence[float], confidence: float = 0.95) -> float | None:
    """Half width of the confidence interval of the mean of independent values.

    Args:
        values: the values.
        confidence: how often such an interval holds the true mean.

    Returns:
        Student's t times the standard error, or None for fewer than two values.

    Example:
        >>> round(half_width([1.0, 2.0, 3.0]), 3)
        2.484
    """
    count = len(values)
    if count < 2:
        return None
    centre = mean(values)
    variance = math.fsum((value - centre) ** 2 for value in values) / (count - 1)
    return half_width_by(variance, count, confidence)


def half_width_by(variance: float, count: int, confidence: float = 0.95) -> float:
    """The same for at least two values of which the sample variance is known."""
    from scipy.special import stdtrit

    return float(stdtrit(count - 1, (1 + confidence) / 2)) * math.sqrt(variance / count)


class Tally:
    """Count, mean and standard deviation of a stream of numbers, in one pass.

    References:
        Welford, Technometrics 4, 419 (1962).

    Example:
        >>> tally = Tally()
        >>> for value in (1.0, 2.0, 3.0):
        ...     tally.add(value)
        >>> tally.n, tally.mean, tally.sd
        (3, 2.0, 1.0)
    """

    __slots__ = ("_mean", "_squares", "n")

    def __init__(self) -> None:
        self.n = 0
        self._mean = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Take one number."""
        self.n += 1
        delta = value - self._mean
        self._mean += delta / self.n
        self._squares += delta * (value - self._mean)

    @property
    def mean(self) -> float | None:
        """The mean; None of nothing."""
        return self._mean if self.n else None

    @property
    def sd(self) -> float | None:
        """The sample standard deviation; None below two numbers."""
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else None


class RatioTally:
    """The ratio of two sums, and the spread that gives its standard error as sd / √n, in one pass.

    Of a rate it is the sum of what came over the sum of the times, which the mean of the rates is not.

    References:
        Cochran, Sampling Techniques, 3rd ed., section 2.11 (1977).

    Example:
        >>> tally = RatioTally()
        >>> for came, took in ((1.0, 1.0), (5.0, 3.0)):
        ...     tally.add(came, took)
        >>> tally.n, tally.ratio
        (2, 1.5)
    """

    __slots__ = ("_squares", "_sums", "n")

    def __init__(self) -> None:
        self.n = 0
        self._sums = [0.0, 0.0]
        self._squares = [0.0, 0.0, 0.0]

    def add(self, above: float, below: float) -> None:
        """Take one pair of numbers."""
        self.n += 1
        self._sums[0] += above
        self._sums[1] += below
        for place, value in enumerate((above * above, above * below, below * below)):
            self._squares[place] += value

    @property
    def ratio(self) -> float | None:
        """The ratio of the sums; None where there is nothing below."""
        return self._sums[0] / self._sums[1] if self._sums[1] else None

    @property
    def sd(self) -> float | None:
        """The standard error of the ratio times √n; None below two pairs."""
        ratio = self.ratio
        if ratio is None or self.n < 2:
            return None
        own, mixed, others = self._squares
        left = max(0.0, own - 2 * ratio * mixed + ratio * ratio * others)
        return math.sqrt(left / (self.n - 1)) * self.n / self._sums[1]
