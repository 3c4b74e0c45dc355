"""What a process does for one run, wherever it stands."""

from __future__ import annotations

import functools
import json
import signal
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qsim import plugins
from qsim.errors import ParameterError, QsimError
from qsim.scenario.loading import from_document
from qsim.scenario.scenario import Scenario
from qsim.sweeps.archive import pack
from qsim.sweeps.leader import follow
from qsim.sweeps.registrations import Registrations, enter
from qsim.sweeps.sweep_runs import Value
from qsim.versions import versions


@dataclass(frozen=True, slots=True)
class Setting:
    """What all runs of a sweep have in common.

    Attributes:
        plugins: modules and files to import first.
        registrations: classes that the sweep's own process registered, for processes that have not.
        leader: id of the process that leads the sweep.
        version: of the qsim that leads it.
    """

    plugins: tuple[str, ...] = ()
    registrations: Registrations = b""
    leader: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One run, ready to be sent to another process.

    Attributes:
        key: the run's key.
        document: the scenario at the run's point, as JSON.
        values: the values of the point.
        replicate: number of the replicate.
        seed: root seed.
        setting: what the process must know besides.
    """

    key: str
    document: str
    values: Mapping[str, Value]
    replicate: int
    seed: int
    setting: Setting


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run.

    Attributes:
        key: the run's key.
        archive: the finished run as `qsim.sweeps.archive` packs it; None for one that failed.
        error: what was wrong, one line.
        traceback: where in the code it happened.
    """

    key: str
    archive: bytes | None
    error: str = ""
    traceback: str = ""


def perform(task: Task) -> Outcome:
    """Do one run; an error in it is part of the outcome.

    Libraries of linear algebra get one thread, so that processes do not fight over the cores and sums round
    alike everywhere.
    """
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1):
            result = _scenario(task.document).with_seed(task.seed).run()
            return Outcome(task.key, pack(result, _place(task)))
    except Exception as error:
        return _failure(task, error)


def perform_apart(task: Task) -> Outcome:
    """The same in a process of its own, which leaves Ctrl-C to the one that leads the sweep."""
    follow(task.setting.leader)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _prepare(task.setting)
    except Exception as error:
        return _failure(task, error)
    return perform(task)


def _place(task: Task) -> dict[str, Any]:
    return {"key": task.key, "values": dict(task.values), "replicate": task.replicate, "seed": task.seed}


def _failure(task: Task, error: Exception) -> Outcome:
    said = " ".join(str(error).split())
    what = said if isinstance(error, QsimError) else f"{type(error).__name__}: {said}".removesuffix(": ")
    return Outcome(task.key, None, what, "".join(traceback.format_exception(error)))


@functools.lru_cache(maxsize=1)
def _prepare(setting: Setting) -> None:
    """Let this process know the kinds that the sweep's own process knows.

    Raises:
        ParameterError: another version of qsim is installed here, which may give other figures.
    """
    here = versions()["qsim"]
    if here != setting.version:
        raise ParameterError(f"the sweep is led by qsim {setting.version}, but a worker has qsim {here}")
    plugins.load(setting.plugins)
    enter(setting.registrations)


@functools.lru_cache(maxsize=2)
def _scenario(document: str) -> Scenario:
    """The scenario of a point; its replicates come one after the other."""
    return from_document(json.loads(document), source="<sweep>")
