"""Rates in the steady state of one run: warm-up removal and batch means.

References:
    A. M. Law, Simulation Modeling and Analysis, on batch means and on the start-up problem.
    K. P. White, Simulation 69, 323 (1997), and K. P. White, M. J. Cobb and S. C. Spratt, Proc. Winter
    Simulation Conf. 2000, 755, on the rule MSER-5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from qsim import units
from qsim.errors import ResultError, UnitError
from qsim.model.pair_table import PairTable
from qsim.results.intervals import Estimate, student

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.model.outcome import RunOutcome

#: The name of the rule that finds the warm-up.
MSER = "mser-5"
#: Values that MSER-5 averages before it looks at them.
_BUNCH = 5
#: Bunches into which a run is cut to find its warm-up.
_BUNCHES = 200
#: Events in a batch below which the rates of batches are too coarse and too skewed for Student's interval.
_LEAST = 5


@dataclass(frozen=True, slots=True)
class SteadyRate:
    """A rate in the steady state.

    Attributes:
        rate_hz: events per second after the warm-up.
        low_hz, high_hz: ends of the confidence interval, Student's over the rates of the batches.
        confidence: how often such an interval holds the true rate.
        events: events after the warm-up.
        batches: into how many spans of equal length the time after the warm-up was cut.
        batch_s: length of one, seconds.
        warm_up_s: time left out at the start, seconds.
        correlation: lag-1 autocorrelation of the batches' rates; NaN when all are equal. Beyond about
            ``2 / sqrt(batches)`` the batches are too short to pass for independent, and the interval is too
            narrow.
    """

    rate_hz: float
    low_hz: float
    high_hz: float
    confidence: float
    events: int
    batches: int
    batch_s: float
    warm_up_s: float
    correlation: float

    @property
    def half_width_hz(self) -> float:
        """Half the width of the interval."""
        return (self.high_hz - self.low_hz) / 2


def mser5(values: Sequence[float] | NDArray[np.float64]) -> int:
    """How many values at the start of a series are warm-up, by the rule MSER-5.

    The series is cut into bunches of five, and so many of their means are dropped that the standard error of
    the mean of the rest, taken as independent, is least.

    Args:
        values: the series, at least twenty values.

    Returns:
        The number of values to leave out, a multiple of five.

    Raises:
        ResultError: the series is too short, or is still moving in its second half, so that no warm-up can be
            told from it.
    """
    import numpy as np

    series = np.asarray(values, dtype=float)
    count = len(series) // _BUNCH
    if count < 4:
        raise ResultError(f"MSER-5 needs at least {4 * _BUNCH} values, got {len(series)}")
    means = series[: count * _BUNCH].reshape(count, _BUNCH).mean(axis=1)
    # Sums over the rest of the series, from every place on; centred to keep the digits.
    centred = means - means.mean()
    left = np.arange(count, 0, -1)
    sums = np.cumsum(centred[::-1])[::-1]
    squares = np.cumsum(centred[::-1] ** 2)[::-1]
    errors = np.maximum(squares - sums**2 / left, 0.0) / left**2
    # The last few places would win by chance: the rule holds where at least half of the series is left.
    half = count // 2
    best = int(np.argmin(errors[: half + 1]))
    if best == half:
        raise ResultError(
            "MSER-5 finds no steady state: the series still moves in its second half; simulate longer, or "
            "state the warm-up"
        )
    return best * _BUNCH


def batch_means(rates: Sequence[float], confidence: float = 0.95) -> tuple[Estimate, float]:
    """The mean of batches in order with Student's interval, and their lag-1 autocorrelation."""
    estimate = student(rates, confidence)
    deviations = [rate - estimate.mean for rate in rates]
    spread = math.fsum(deviation**2 for deviation in deviations)
    products = math.fsum(one * after for one, after in pairwise(deviations))
    return estimate, products / spread if spread > 0 else math.nan


def steady_rate(
    times: Sequence[float] | NDArray[np.float64],
    end: float,
    *,
    start: float = 0.0,
    warm_up: float | str = MSER,
    batches: int = 20,
    confidence: float = 0.95,
) -> SteadyRate:
    """The rate of events in the steady state, by batch means.

    Args:
        times: when the events happened, seconds.
        end: when the observation ended, seconds.
        start: when it began, seconds.
        warm_up, batches, confidence: as in `Result.steady_rate`.

    Raises:
        ResultError: too few events for so many batches, a warm-up that takes all of the time or cannot be
            found, or arguments out of bounds.
    """
    import numpy as np

    if batches < 2:
        raise ResultError(f"batch means need at least 2 batches, got {batches}")
    if not end > start:
        raise ResultError(f"an observation from {start:g} s to {end:g} s has no length")
    moments = np.asarray(times, dtype=float)
    skipped = _found(moments, start, end) if warm_up == MSER else _stated(warm_up, end - start)
    edges = np.linspace(start + skipped, end, batches + 1)
    counts, _ = np.histogram(moments, edges)
    total = int(counts.sum())
    if total < _LEAST * batches:
        raise ResultError(
            f"{total} events after the warm-up of {skipped:g} s are too few for {batches} batches of at "
            f"least {_LEAST}: simulate longer, or take fewer batches"
        )
    length = (end - start - skipped) / batches
    estimate, correlation = batch_means([int(count) / length for count in counts], confidence)
    return SteadyRate(
        estimate.mean, estimate.low, estimate.high, confidence, total, batches, length, skipped, correlation
    )


def steady_rate_of(
    result: RunOutcome, flow: int | None, warm_up: float | str, batches: int, confidence: float
) -> SteadyRate:
    """The rate of delivered pairs of a run; see `Result.steady_rate`."""
    if not result.pairs and not result.document.get("run", {}).get("record_pairs", False):
        raise ResultError("the run did not record its pairs: set `run.record_pairs: true` and run it again")
    start, end = 0.0, result.simulated_s
    pairs = PairTable.of(result.pairs)
    if flow is not None:
        served = (*result.flows, *result.unfinished)
        if not 0 <= flow < len(served):
            raise ResultError(f"the run has flows 0 to {len(served) - 1}, got {flow}")
        start, end = served[flow].start_s, min(served[flow].end_s, end)
        pairs = pairs.chosen(pairs.column("flow") == flow)
    times = pairs.column("time_s")
    return steady_rate(times, end, start=start, warm_up=warm_up, batches=batches, confidence=confidence)


def _found(moments: NDArray[np.float64], start: float, end: float) -> float:
    import numpy as np

    bins = _BUNCH * _BUNCHES
    counts, edges = np.histogram(moments, bins, (start, end))
    return float(edges[mser5(counts)]) - start


def _stated(warm_up: float | str, length: float) -> float:
    try:
        skipped = units.parse(warm_up, "s")
    except UnitError as error:
        raise ResultError(f"warm-up: {error}; or '{MSER}' to find it") from None
    if not 0 <= skipped < length:
        raise ResultError(f"a warm-up of {skipped:g} s does not fit into {length:g} s")
    return skipped
