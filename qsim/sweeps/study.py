"""A sweep under way."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qsim.errors import ResultError
from qsim.sweeps.gathering import Gathered
from qsim.sweeps.plan import Plan, PlannedRun, Shard
from qsim.sweeps.pool import Pool
from qsim.sweeps.store import Store
from qsim.sweeps.sweep_result import SweepResult
from qsim.sweeps.work import Outcome, Setting, collect_registrations
from qsim.versions import versions


@dataclass(slots=True)
class Study:
    """A sweep under way.

    Attributes:
        plan: what to run.
        pool: where to run it.
        store: where to keep it; None keeps it in memory only.
        shard: the share of it to run.
        plugins: modules and files that its processes import first.
        gathered: what is there so far.
        finished, failed: runs of this share that are there, and that ended in an error.
        total: runs of this share that are wanted as far as it is known.
    """

    plan: Plan
    pool: Pool = field(default_factory=Pool)
    store: Store | None = None
    shard: Shard = field(default_factory=Shard)
    plugins: tuple[str, ...] = ()
    gathered: Gathered = field(init=False)
    finished: int = field(init=False, default=0)
    failed: int = field(init=False, default=0)
    total: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.gathered = Gathered(self.plan)

    def run(
        self,
        *,
        force: bool = False,
        stopped: Callable[[], bool] = lambda: False,
        watch: Callable[[Study, str], object] = lambda _, __: None,
        remark: Callable[[str], object] = lambda _: None,
    ) -> SweepResult:
        """Do the runs that are missing.

        Args:
            force: write into a directory that holds other things too.
            stopped: whether no further run shall begin.
            watch: called at the beginning and after every run, with the error of one that failed.
            remark: takes what a person should know of files that were found, and of a stopping rule that was
                not met.

        Raises:
            ResultError: the directory holds other things, or cannot be written.
        """
        if self.store is not None:
            self.store.check(force=force)
            self.store.write_plan(self.plan.to_dict())
            self._find(self.store, remark)
        missing = self._missing()
        watch(self, "")
        while missing and not stopped():
            self._run(missing, stopped, watch)
            missing = self._missing()
        if self.store is not None and self.shard.of > 1:
            # Others have worked on their shares meanwhile.
            self._find(self.store, remark, afterwards=True)
        self._tell_unmet(remark)
        return self.gathered.sweep_result(SweepResult, interrupted=bool(missing))

    def _tell_unmet(self, remark: Callable[[str], object]) -> None:
        until, points = self.plan.until, self.gathered.unmet()
        if until is not None and points:
            remark(
                f"at {points} of {len(self.plan.by_point())} points the half width of {until.metric} is not "
                f"below {until.half_width:g} after {until.at_most} replicates, the most that are run"
            )

    def _missing(self) -> list[PlannedRun]:
        """The runs of this share that are still wanted as far as it is known."""
        wanted = self.shard.of_plan(self.plan, self.gathered.wanted())
        self.total = len(wanted)
        self.finished = sum(run.key in self.gathered.results for run in wanted)
        missing = [run for run in wanted if not self.gathered.knows(run)]
        self.failed = self.total - self.finished - len(missing)
        return missing

    def _run(
        self, runs: Sequence[PlannedRun], stopped: Callable[[], bool], watch: Callable[[Study, str], object]
    ) -> None:
        # Points with the same values, as a coarse sample may have, share their runs.
        by_key = {run.key: run for run in runs}
        files = tuple(str(Path(name).resolve()) if name.endswith(".py") else name for name in self.plugins)
        known = collect_registrations()
        setting = Setting(files, known, os.getpid(), versions()["qsim"], self.store is not None)
        with contextlib.closing(self.pool.outcomes(list(by_key.values()), setting, stopped)) as outcomes:
            for outcome in outcomes:
                self._take(by_key[outcome.key], outcome)
                watch(self, outcome.error)

    def _take(self, run: PlannedRun, outcome: Outcome) -> None:
        if self.store is not None:
            self.store.keep(run, outcome)
        if outcome.result is not None:
            self.gathered.results[run.key] = outcome.result
            self.finished += 1
        else:
            self.failed += 1
            self.gathered.failures[run.key] = outcome.error, outcome.traceback

    def _find(self, store: Store, remark: Callable[[str], object], *, afterwards: bool = False) -> None:
        """Take what is stored; failed runs only afterwards, because before they are tried again."""
        own = {run.key for run in self.shard.of_plan(self.plan, self.plan.runs)}
        for run in self.plan.runs:
            if run.key in self.gathered.results:
                continue
            try:
                store.take(run.key, self.gathered, failures=afterwards)
            except ResultError as error:
                # A damaged file of another share is the matter of that share, until this one is done.
                if afterwards or run.key in own:
                    remark(f"{error}; it is {'left out' if afterwards else 'run again'}")
