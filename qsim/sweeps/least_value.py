"""The least value of a parameter with which a scenario meets a demand, found by bisection.

At each value that is looked at, replicates are added until an interval of the mean tells on which side of the
demand it lies, or there are as many as may be. The interval is that of Student, widened so that all that is
looked at together errs no more often than stated (Bonferroni). More of the parameter must serve better.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qsim.errors import ParameterError, ResultError
from qsim.network.builder import Network
from qsim.results.intervals import Estimate, student
from qsim.results.run_metrics import metric_value
from qsim.sweeps.front_door import planned, pool_of
from qsim.sweeps.store import Store
from qsim.sweeps.study import Study

if TYPE_CHECKING:
    from qsim.scenario.scenario import Scenario
    from qsim.sweeps.sweep_result import SweepResult

_MEET: Final = re.compile(r"(?P<metric>.+?)\s*(?P<side><=|>=)\s*(?P<bound>\S+)\s*\Z")


@dataclass(frozen=True, slots=True)
class Meet:
    """What is demanded of a run's metric, in the mean.

    Attributes:
        metric: its name, as in the table of a sweep.
        bound: in the metric's unit.
        at_most: whether the metric must not exceed the bound, or else not fall below it.
    """

    metric: str
    bound: float
    at_most: bool

    @classmethod
    def parse(cls, text: str) -> Meet:
        """Read a demand.

        Raises:
            ParameterError: it is not written so.

        Example:
            >>> Meet.parse("throughput_hz >= 5")
            Meet(metric='throughput_hz', bound=5.0, at_most=False)
        """
        match = _MEET.match(text.strip())
        try:
            bound = math.nan if match is None else float(match["bound"])
        except ValueError:
            bound = math.nan
        if match is None or not math.isfinite(bound):
            raise ParameterError(
                f"a demand is written METRIC<=NUMBER or METRIC>=NUMBER, as in throughput_hz>=5; got {text!r}"
            )
        return cls(match["metric"].strip(), bound, match["side"] == "<=")

    def judged(self, estimate: Estimate) -> bool | None:
        """Whether a mean is surely met or surely missed; None where its interval holds the bound."""
        low, high = estimate.low, estimate.high
        if (high <= self.bound) if self.at_most else (low >= self.bound):
            return True
        return False if ((low > self.bound) if self.at_most else (high < self.bound)) else None

    def __str__(self) -> str:
        return f"{self.metric} {'<=' if self.at_most else '>='} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Looked:
    """One value that was looked at.

    Attributes:
        value: of the parameter.
        estimate: the metric's mean over the replicates, with the interval by which it was judged.
        met: whether the demand is surely met or missed; None where that stayed open.
    """

    value: Any
    estimate: Estimate
    met: bool | None


@dataclass(frozen=True, slots=True)
class LeastValue:
    """What a search has found.

    Attributes:
        path: the parameter.
        meet: the demand.
        confidence: how often all judgements together are right.
        looked: the values that were looked at, in their order.
        least: the least of them that surely meets the demand; None when the greatest does not.
        missed: the greatest that surely misses it; None when the least of all is met, or open.
    """

    path: str
    meet: Meet
    confidence: float
    looked: tuple[Looked, ...]
    least: Any = None
    missed: Any = None

    @property
    def undecided(self) -> tuple[Any, ...]:
        """Values of which it stayed open whether they meet the demand."""
        return tuple(each.value for each in self.looked if each.met is None)

    def text(self) -> str:
        """The answer in a sentence or two."""
        sure = f"at {self.confidence:.4g} confidence"
        if self.least is None:
            last = self.looked[-1]
            how = "misses" if last.met is False else f"is not shown to meet (after {last.estimate.n} runs)"
            return f"no value of {self.path} meets {self.meet}: the greatest, {last.value}, {how} it, {sure}"
        said = f"{self.path} = {self.least} meets {self.meet}"
        said += f", and {self.missed} misses it, {sure}" if self.missed is not None else f", {sure}"
        if self.missed is None and not self.undecided:
            said += "; it is the least value there is to look at"
        if self.undecided:
            said += f"; of {', '.join(map(str, self.undecided))} it stayed open"
        return said


def least_value(
    scenario: str | PathLike[str] | Scenario | Network | Mapping[str, Any],
    path: str,
    values: Sequence[Any],
    meet: str | Meet,
    *,
    confidence: float = 0.95,
    at_least: int = 5,
    at_most: int = 80,
    out: str | PathLike[str] | None = None,
    workers: int | None = 1,
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    force: bool = False,
    watch: Callable[[Looked], object] = lambda _: None,
) -> LeastValue:
    """Find the least value of a parameter with which the mean of a metric meets a demand.

    Args:
        scenario: a file, a scenario, a network with its run, or a document.
        path: key path of the parameter.
        values: what may be chosen, each serving at least as well as the one before.
        meet: the demand, such as ``"throughput_hz>=5"``.
        confidence: how often all judgements together are right.
        at_least, at_most: replicates of each value that is looked at; doubled from one to the other.
        out: directory that keeps every finished run, as of a sweep.
        workers, overrides, plugins, force: as in `qsim.sweep`.
        watch: called with each value that has been looked at.

    Raises:
        ScenarioError: with every fault of the scenario at a value.
        ParameterError: an argument that cannot be.
        ResultError: a run failed or has no such metric, or the directory cannot be used.
    """
    if not values:
        raise ParameterError("there must be a value to choose")
    if not (2 <= at_least <= at_most) or not 0 < confidence < 1:
        raise ParameterError(
            "needs 2 <= at_least <= at_most and a confidence in (0, 1), got "
            f"{at_least}, {at_most}, {confidence}"
        )
    meet = Meet.parse(meet) if isinstance(meet, str) else meet
    document = scenario.document() if isinstance(scenario, Network) else scenario
    search = _Search(document, path, values, meet, confidence, at_least, at_most, tuple(overrides))
    search.pool, search.plugins, search.force, search.watch = (
        pool_of(workers, None),
        tuple(plugins),
        force,
        watch,
    )
    search.store = None if out is None else Store(Path(out))
    return search.run()


@dataclass(slots=True)
class _Search:
    """A search under way; fields as the arguments of `least_value`."""

    scenario: Any
    path: str
    values: Sequence[Any]
    meet: Meet
    confidence: float
    at_least: int
    at_most: int
    overrides: tuple[str, ...]
    pool: Any = None
    store: Store | None = None
    plugins: tuple[str, ...] = ()
    force: bool = False
    watch: Callable[[Looked], object] = lambda _: None
    looked: dict[int, Looked] = field(default_factory=dict)

    def run(self) -> LeastValue:
        """Look at the greatest value, at the least, and halve what is between."""
        top = len(self.values) - 1
        self._run([self.values[0], self.values[top]], 0)  # faults of either are told before anything runs
        found: int | None = None
        if self._look(top).met:
            below, found = -1, top
            while found - below > 1:
                middle = 0 if below == -1 and 0 not in self.looked else (below + found) // 2
                if self._look(middle).met:
                    found = middle
                else:
                    below = middle
        if self.store is not None:
            self._run([self.values[index] for index in sorted(self.looked)], self.at_least)
        missed = [index for index, each in self.looked.items() if each.met is False]
        return LeastValue(
            self.path,
            self.meet,
            self.confidence,
            tuple(self.looked[index] for index in sorted(self.looked)),
            None if found is None else self.values[found],
            self.values[max(missed)] if missed else None,
        )

    def _look(self, index: int) -> Looked:
        """Judge one value."""
        replicates = self.at_least
        while True:
            result = self._run([self.values[index]], replicates)
            estimate = student(self._measured(result), self._sure)
            judged = self.meet.judged(estimate)
            # A few runs that agree to the last bit say little: rare losses look so too.
            soon = estimate.low == estimate.high and replicates < min(4 * self.at_least, self.at_most)
            if (judged is not None and not soon) or replicates >= self.at_most:
                self.looked[index] = Looked(self.values[index], estimate, judged)
                self.watch(self.looked[index])
                return self.looked[index]
            replicates = min(2 * replicates, self.at_most)

    @property
    def _sure(self) -> float:
        """Confidence of one interval, of as many as may be looked at."""
        values = 2 + math.ceil(math.log2(len(self.values))) if len(self.values) > 1 else 1
        rounds = 1 + math.ceil(math.log2(self.at_most / self.at_least))
        return 1 - (1 - self.confidence) / (values * rounds)

    def _measured(self, result: SweepResult) -> list[float]:
        if result.failures:
            raise ResultError(f"a run failed: {result.failures[0].error}")
        found = [metric_value(run.result, self.meet.metric) for run in result.runs]
        measured = [value for value in found if value is not None]
        if len(measured) < len(found):
            raise ResultError(
                f"'{self.meet.metric}' has no value in {len(found) - len(measured)} of {len(found)} runs at "
                f"{self.path} = {result.runs[0].values[self.path]}: run longer"
            )
        return measured

    def _run(self, values: Sequence[Any], replicates: int) -> Any:
        """Do the runs at some values that are missing; none only checks the scenario at them."""
        varied = {"grid": {self.path: list(values)}, "replicates": max(1, replicates)}
        # What the scenario's own sweep varies is no part of this.
        varied |= {"zip": {}, "list": [], "sample": None}
        plan = planned(self.scenario, varied, overrides=self.overrides)
        if not replicates:
            return None
        study = Study(plan, self.pool, self.store, plugins=self.plugins)
        return study.run(force=self.force)
