"""Runs in several processes, here or on a cluster.

A process that is killed takes what it was at along and nothing else: the runs that were under way are tried
once more, one at a time, and one that ends its process again is a failed run. A process is given one run at a
time, or as many as take a quarter of a second together: sending more than that at once would save nothing,
and whoever kills a sweep would lose them.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from qsim.errors import ParameterError
from qsim.sweeps.plan import PlannedRun
from qsim.sweeps.work import TASK_S, Done, Outcome, Setting, perform, perform_apart

#: How joblib does it on this machine.
_LOCAL = {"backend": "loky", "inner_max_num_threads": 1}
#: A task has at most one of so many shares of what is waiting, so that all processes end together.
_SHARES = 16
#: Seconds that a run passes for at least: one may fail at once.
_LEAST_S = 1e-3
_KILLED = (
    "the process that ran it was killed, twice; most often there was not enough memory "
    "(use fewer workers, or a shorter run)"
)


@dataclass(frozen=True, slots=True)
class Pool:
    """Where runs are done.

    Attributes:
        workers: number of processes; 1 does the runs in this one.
        scheduler: address of a Dask scheduler whose workers do the runs instead, such as
            ``tcp://10.0.0.1:8786``.
    """

    workers: int = 1
    scheduler: str | None = None

    def outcomes(
        self, runs: Sequence[PlannedRun], setting: Setting, stopped: Callable[[], bool]
    ) -> Generator[Outcome]:
        """Do runs; their outcomes come as they are finished.

        Args:
            runs: the runs.
            setting: what other processes must know.
            stopped: whether no further run shall begin; those under way are still finished.
        """
        if self.scheduler is not None:
            with _dask(self.scheduler) as backend:
                yield from _spread(_Queue(runs, stopped), setting, -1, backend)
        elif self.workers == 1:
            for run in runs:
                if stopped():
                    return
                yield perform(run, setting.stored)
        else:
            yield from self._here(_Queue(runs, stopped), setting)

    def _here(self, queue: _Queue, setting: Setting) -> Generator[Outcome]:
        while queue.waiting and not queue.stopped():
            try:
                yield from _spread(queue, setting, self.workers, _LOCAL)
            except BrokenProcessPool:
                for suspect in queue.under_way():
                    if queue.stopped():
                        return
                    yield _again(suspect, setting)


class _Queue:
    """Runs that wait for a process, and those under way in one.

    Args:
        runs: the runs.
        stopped: whether no further run shall begin.
    """

    def __init__(self, runs: Sequence[PlannedRun], stopped: Callable[[], bool]) -> None:
        self.waiting = deque(runs)
        self.stopped = stopped
        self._begun: dict[str, PlannedRun] = {}
        self._seconds = TASK_S

    def tasks(self) -> Iterator[list[PlannedRun]]:
        """What a process is given at a time: as many runs as take `TASK_S`, by what the last ones took."""
        while self.waiting and not self.stopped():
            share = len(self.waiting) // _SHARES
            size = max(1, min(int(TASK_S / max(self._seconds, _LEAST_S)), share))
            task = [self.waiting.popleft() for _ in range(size)]
            self._begun |= {run.key: run for run in task}
            yield task

    def take(self, done: Done) -> list[Outcome]:
        """The outcomes of a task; runs that it left wait again, before all others."""
        for outcome in done.outcomes:
            del self._begun[outcome.key]
        self.waiting.extendleft(self._begun.pop(key) for key in reversed(done.left))
        self._seconds = sum(outcome.seconds for outcome in done.outcomes) / len(done.outcomes)
        return done.outcomes

    def under_way(self) -> list[PlannedRun]:
        """The runs that have begun and not come back; they are not any more."""
        runs = list(self._begun.values())
        self._begun.clear()
        return runs


def _again(run: PlannedRun, setting: Setting) -> Outcome:
    """A run whose process was killed, in a process of its own."""
    queue = _Queue([run], lambda: False)
    try:
        [outcome] = _spread(queue, setting, 2, _LOCAL)
    except BrokenProcessPool:
        return Outcome(run.key, None, error=_KILLED)
    return outcome


def _spread(queue: _Queue, setting: Setting, workers: int, backend: Mapping[str, Any]) -> Generator[Outcome]:
    """Do the runs of a queue in processes; those that a task has left when the others are over come last."""
    from joblib import Parallel, delayed, parallel_config

    while queue.waiting and not queue.stopped():
        with parallel_config(**backend):
            # One task a process at a time: a queue of them would still be done after an interruption.
            pool = Parallel(
                n_jobs=workers,
                return_as="generator_unordered",
                batch_size=1,
                pre_dispatch="n_jobs",
                max_nbytes=None,
            )
            for done in pool(delayed(perform_apart)(task, setting) for task in queue.tasks()):
                yield from queue.take(done)


@contextlib.contextmanager
def _dask(address: str) -> Iterator[dict[str, Any]]:
    """The backend of a Dask cluster, for as long as the block lasts."""
    try:
        import distributed
        from distributed.comm import addressing
    except ImportError:
        raise ParameterError("a scheduler needs Dask: pip install 'qsim-net[dask]'") from None
    try:
        # A client that is given a misspelt address leaves its threads behind.
        addressing.resolve_address(address)
        connect: Any = distributed.Client
        client = connect(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParameterError(f"cannot reach a Dask scheduler at '{address}': {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ParameterError(f"the Dask scheduler at '{address}' has no workers; start some first")
        yield {"backend": "dask", "client": client}
