"""Runs in several processes, here or on a cluster.

A process that is killed takes its own run along and no other: the runs that were under way are tried once
more, each in a process of its own, and one that ends its process again is a failed run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from qsim.errors import ParameterError
from qsim.sweeps.plan import PlannedRun
from qsim.sweeps.work import Outcome, Setting, perform, perform_apart

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
                yield from _parallel(_untilled(runs, stopped), setting, -1, backend)
        elif self.workers == 1:
            yield from map(perform, _untilled(runs, stopped))
        else:
            yield from self._here(runs, setting, stopped)

    def _here(
        self, runs: Sequence[PlannedRun], setting: Setting, stopped: Callable[[], bool]
    ) -> Generator[Outcome]:
        waiting = list(runs)
        while waiting and not stopped():
            begun: dict[str, PlannedRun] = {}
            done: set[str] = set()
            try:
                for outcome in _local(_noted(_untilled(waiting, stopped), begun), setting, self.workers):
                    del begun[outcome.key]
                    done.add(outcome.key)
                    yield outcome
            except BrokenProcessPool:
                suspects = list(begun.values())
                done.update(suspect.key for suspect in suspects)
                waiting = [run for run in waiting if run.key not in done]
                for suspect in _untilled(suspects, stopped):
                    yield _again(suspect, setting)
            else:
                return


def _again(run: PlannedRun, setting: Setting) -> Outcome:
    """A run whose process was killed, in a process of its own."""
    try:
        [outcome] = _local(iter([run]), setting, 2)
    except BrokenProcessPool:
        return Outcome(run.key, None, _KILLED)
    return outcome


def _local(runs: Iterator[PlannedRun], setting: Setting, workers: int) -> Generator[Outcome]:
    return _parallel(runs, setting, workers, {"backend": "loky", "inner_max_num_threads": 1})


def _parallel(
    runs: Iterator[PlannedRun], setting: Setting, workers: int, backend: dict[str, Any]
) -> Generator[Outcome]:
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(**backend):
        # One run a process at a time: a queue of runs would still be done after an interruption.
        pool = Parallel(
            n_jobs=workers,
            return_as="generator_unordered",
            batch_size=1,
            pre_dispatch="n_jobs",
            max_nbytes=None,
        )
        yield from pool(delayed(perform_apart)(run, setting) for run in runs)


def _untilled(runs: Sequence[PlannedRun], stopped: Callable[[], bool]) -> Iterator[PlannedRun]:
    for run in runs:
        if stopped():
            return
        yield run


def _noted(runs: Iterator[PlannedRun], begun: dict[str, PlannedRun]) -> Iterator[PlannedRun]:
    for run in runs:
        begun[run.key] = run
        yield run


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
        client = connect(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParameterError(f"cannot reach a Dask scheduler at '{address}': {error}") from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ParameterError(f"the Dask scheduler at '{address}' has no workers; start some first")
        yield {"backend": "dask", "client": client}
