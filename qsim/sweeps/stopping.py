"""When a point has been run often enough."""

from __future__ import annotations

from collections.abc import Sequence

from qsim.results.result import Result
from qsim.results.run_metrics import run_metrics
from qsim.results.summary import half_width
from qsim.scenario.sweep_section import UntilSpec


def wanted(until: UntilSpec | None, runs: Sequence[Result | None], known: int) -> int:
    """How many replicates of a point are wanted, as far as its replicates tell so far.

    The first look is after `at_least` replicates and another after each further `at_least`. It falls on the
    replicates with the lowest numbers, whichever were finished first, so the answer does not depend on the
    number of workers.

    Args:
        until: the stopping rule; without one all are wanted.
        runs: the outcomes of all replicates that there can be, by number; None for one that failed or has
            not been run.
        known: how many of them, from the first on, have been run.
    """
    if until is None:
        return len(runs)
    look = 0
    while look < until.at_most:
        look = min(look + until.at_least, until.at_most)
        if known < look:
            return look
        if _met(until, runs[:look]):
            return look
    return until.at_most


def unmet(until: UntilSpec | None, runs: Sequence[Result | None], known: int) -> bool:
    """Whether a point has been run as often as it may be and its mean is still not known well enough.

    Args:
        until, runs, known: as in `wanted`.
    """
    if until is None or known < until.at_most:
        return False
    return wanted(until, runs, known) == until.at_most and not _met(until, runs)


def _met(until: UntilSpec, runs: Sequence[Result | None]) -> bool:
    # A quantity that an application measures is missing from runs in which it had nothing to measure.
    values = [run_metrics(run).get(until.metric) for run in runs if run is not None]
    half = half_width([value for value in values if value is not None])
    return half is not None and half < until.half_width
