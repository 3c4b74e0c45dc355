"""Intervals around forecasts from the errors of earlier forecasts, without any model of how errors fall."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def half_width(errors: Array, level: float) -> float:
    """Half the width of an interval that holds the next value with at least the given probability.

    Split conformal prediction: of n earlier errors it is the ceil((n + 1) level)-th smallest. The promise
    holds where the next error comes from the same source as the earlier ones, in any order (errors of
    neighbouring origins and of drifting series are not quite so: see `Backtest.coverage`).

    Args:
        errors: (n,), of either sign.
        level: probability, in (0, 1).

    Returns:
        In the unit of the errors; NaN where there are too few to promise the level (below 9 for 0.9).

    References:
        Lei et al., J. Am. Stat. Assoc. 113, 1094 (2018), section 2.2.
    """
    rank = ceil((len(errors) + 1) * level - 1e-9)
    if rank > len(errors):
        return float("nan")
    return float(np.partition(np.abs(errors), rank - 1)[rank - 1])


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts from rolling origins, with what came true.

    Attributes:
        origins: steps of the series that were known at each origin, (origins,), rising.
        answers: forecasts from each, shape (origins, ahead).
        truth: what came, of the same shape.
        level: of the intervals.
    """

    origins: npt.NDArray[np.int64]
    answers: Array
    truth: Array
    level: float

    @property
    def rmse(self) -> Array:
        """Root mean squared error at each step ahead, (ahead,)."""
        return np.asarray(np.sqrt(np.mean((self.answers - self.truth) ** 2, axis=0)))

    @property
    def half_widths(self) -> Array:
        """Of the interval at each step ahead, from the errors at all origins; (ahead,)."""
        errors = self.truth - self.answers
        return np.array([half_width(column, self.level) for column in errors.T])

    @property
    def held(self) -> Array:
        """Whether each value lay in the interval that was known at its origin, (origins, ahead).

        The interval at an origin comes from errors that had come to light by then: those of earlier origins
        whose forecast step lies in the past. NaN where these were too few.
        """
        errors = self.truth - self.answers
        found = np.full(errors.shape, np.nan)
        for ahead in range(errors.shape[1]):
            for number, origin in enumerate(self.origins):
                known = errors[self.origins + ahead + 1 <= origin, ahead]
                half = half_width(known, self.level)
                if np.isfinite(half):
                    found[number, ahead] = abs(errors[number, ahead]) <= half
        return found

    @property
    def coverage(self) -> tuple[float, int]:
        """Share of the values that lay in the interval known at their origin, and how many were judged."""
        judged = self.held[np.isfinite(self.held)]
        return (float(judged.mean()) if judged.size else float("nan")), judged.size
