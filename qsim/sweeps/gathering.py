"""The runs of a sweep, as far as they are there, and when a point has been run often enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from qsim.model.sweep_spec import UntilSpec
from qsim.results.result import Result
from qsim.results.run_metrics import run_metrics
from qsim.statistics import half_width
from qsim.sweeps.plan import Plan, PlannedRun
from qsim.sweeps.sweep_runs import FailedRun, SweepOutcome, SweepRun


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


def _met(until: UntilSpec, values: Sequence[float | None]) -> bool:
    half = half_width([value for value in values if value is not None])
    return half is not None and half < until.half_width


_S = TypeVar("_S", bound=SweepOutcome)


@dataclass(slots=True)
class Gathered:
    """What has become of the runs of a plan.

    Attributes:
        plan: the plan.
        results: the finished runs by key.
        failures: error and traceback of the failed runs by key.
    """

    plan: Plan
    results: dict[str, Result] = field(default_factory=dict)
    failures: dict[str, tuple[str, str]] = field(default_factory=dict)
    _figures: dict[str, float | None] = field(default_factory=dict, init=False, repr=False)

    def wanted(self) -> Iterator[PlannedRun]:
        """The runs that the sweep needs as far as it is known, finished or not."""
        for runs in self.plan.by_point():
            yield from runs[: wanted(self.plan.until, *self._known(runs))]

    def unmet(self) -> int:
        """At how many points the stopping rule is not met although nothing more is run there."""
        until = self.plan.until
        if until is None:
            return 0
        return sum(
            known >= until.at_most == wanted(until, values, known) and not _met(until, values)
            for values, known in map(self._known, self.plan.by_point())
        )

    def knows(self, run: PlannedRun) -> bool:
        """Whether a run has been done, well or not."""
        return run.key in self.results or run.key in self.failures

    def sweep_result(self, make: type[_S], *, interrupted: bool = False) -> _S:
        """Everything that is there as one result of the class `make`."""
        runs = tuple(self.wanted())
        finished: list[SweepRun] = []
        failed: list[FailedRun] = []
        for run in runs:
            place = run.point.index, run.replicate, run.point.values, run.seed
            if run.key in self.results:
                finished.append(SweepRun(*place, self.results[run.key]))
            elif run.key in self.failures:
                failed.append(FailedRun(*place, *self.failures[run.key]))
        return make(
            name=self.plan.name,
            parameters=self.plan.parameters,
            runs=tuple(finished),
            failures=tuple(failed),
            planned=len(runs),
            document=self.plan.document,
            interrupted=interrupted,
        )

    def _known(self, runs: Sequence[PlannedRun]) -> tuple[list[float | None], int]:
        """What a stopping rule looks at in the runs of a point, and how many, from the first on, are done."""
        known = next((place for place, run in enumerate(runs) if not self.knows(run)), len(runs))
        return [self._figure(run) for run in runs], known

    def _figure(self, run: PlannedRun) -> float | None:
        """The metric of the stopping rule in one run, worked out once; None without a rule or a result."""
        until, result = self.plan.until, self.results.get(run.key)
        if until is None or result is None:
            return None
        if run.key not in self._figures:
            # A quantity that an application measures is missing where it had nothing to measure.
            self._figures[run.key] = run_metrics(result).get(until.metric)
        return self._figures[run.key]
