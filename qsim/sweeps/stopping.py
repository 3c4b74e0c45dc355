"""When a point has been run often enough."""

from __future__ import annotations

from collections.abc import Sequence

from qsim.model.sweep_spec import UntilSpec
from qsim.statistics import half_width


def wanted(until: UntilSpec | None, values: Sequence[float | None], known: int) -> int:
    """How many replicates of a point are wanted, as far as its replicates tell so far.

    The first look is after `at_least` replicates and another after each further `at_least`. It falls on the
    replicates with the lowest numbers, whichever were finished first, so the answer does not depend on the
    number of workers.

    Args:
        until: the stopping rule; without one all are wanted.
        values: the metric in all replicates that there can be, by number; None for one that failed, has not
            been run, or had nothing to measure.
        known: how many of them, from the first on, have been run.
    """
    if until is None:
        return len(values)
    look = 0
    while look < until.at_most:
        look = min(look + until.at_least, until.at_most)
        if known < look:
            return look
        if _met(until, values[:look]):
            return look
    return until.at_most


def unmet(until: UntilSpec | None, values: Sequence[float | None], known: int) -> bool:
    """Whether a point has been run as often as it may be and its mean is still not known well enough.

    Args:
        until, values, known: as in `wanted`.
    """
    if until is None or known < until.at_most:
        return False
    return wanted(until, values, known) == until.at_most and not _met(until, values)


def _met(until: UntilSpec, values: Sequence[float | None]) -> bool:
    half = half_width([value for value in values if value is not None])
    return half is not None and half < until.half_width
