"""Running statistics."""

from __future__ import annotations

from math import sqrt


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
        return sqrt(self._squares / (self.n - 1)) if self.n > 1 else None
