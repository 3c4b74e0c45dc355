"""What a process does for a run, wherever it stands, and what the run comes back as."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
import time
import traceback
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qsim import limits, plugins, registry
from qsim.errors import ParameterError, QsimError, ResultError
from qsim.parameters import Declared
from qsim.results.result import Result
from qsim.results.result_files import pack, unpack
from qsim.scenario.loading import from_document
from qsim.scenario.scenario import Scenario
from qsim.versions import versions
from qsim.watch import watched

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

    from qsim.sweeps.plan import PlannedRun

#: Seconds that a process takes for several runs before it sends them home.
TASK_S = 0.25
#: Seconds between two looks.
_INTERVAL = 0.5


@functools.cache
def follow(leader: int) -> None:
    """End this process soon after its parent has ended: nobody would take its results.

    A process whose parent is not the `leader`, on another machine for instance, stays.
    """
    if os.getppid() == leader:
        threading.Thread(target=_watch, args=(leader,), daemon=True).start()


def _watch(leader: int) -> None:
    while os.getppid() == leader:
        time.sleep(_INTERVAL)
    # Not sys.exit: that would end this thread only.
    os._exit(1)


#: The entry of the manifest that says which run of which sweep it is.
RUN = "run"


def unpack_run(contents: bytes, place: str) -> tuple[Result, dict[str, Any]]:
    """The result in an archive, and its place in the sweep.

    Raises:
        ResultError: the archive is truncated, damaged, or of something else.
    """
    result, manifest = unpack(contents, place, Result)
    run = manifest.get(RUN)
    if not isinstance(run, dict) or "key" not in run:
        raise ResultError(f"'{place}' is no run of a sweep")
    return result, run


@dataclass(frozen=True, slots=True)
class Setting:
    """What all runs of a sweep have in common.

    Attributes:
        plugins: modules and files to import first.
        registrations: classes that the sweep's own process registered, for processes that have not.
        leader: id of the process that leads the sweep.
        version: of the qsim that leads it.
        stored: whether finished runs are packed for a store.
    """

    plugins: tuple[str, ...] = ()
    registrations: bytes = b""
    leader: int = 0
    version: str = ""
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run.

    Attributes:
        key: the run's key.
        result: of the finished run; None for one that failed.
        archive: the same packed for a store, if there is one.
        seconds: that it took in its process, by the clock.
        error: what was wrong, one line.
        traceback: where in the code it happened.
    """

    key: str
    result: Result | None
    archive: bytes | None = None
    seconds: float = 0.0
    error: str = ""
    traceback: str = ""


def perform(run: PlannedRun, stored: bool) -> Outcome:
    """Do one run; an error in it is part of the outcome.

    Libraries of linear algebra get one thread, so that processes do not fight over the cores and sums round
    alike everywhere.
    """
    began = time.perf_counter()
    try:
        # Who planned the sweep has compared the points with the limits, which may be higher there.
        numbers = {**dict.fromkeys(limits.NUMBERS, sys.maxsize), "events": run.events}
        with watched(), _libraries(len(sys.modules)).limit(limits=1), limits.using(**numbers):
            result = _scenario(run.point.document).with_seed(run.seed).run()
            archive = pack(result, {RUN: run.place}) if stored else None
            return Outcome(run.key, result, archive, time.perf_counter() - began)
    except Exception as error:
        return _failure(run.key, error)


@functools.lru_cache(maxsize=1)
def _libraries(_modules: int) -> ThreadpoolController:
    """The libraries of linear algebra that are loaded, looked for again when there are more modules."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@dataclass(frozen=True, slots=True)
class Done:
    """What comes back from a process of its own: outcomes, and the keys of runs that it has not begun."""

    outcomes: list[Outcome]
    left: list[str]


def perform_apart(runs: Sequence[PlannedRun], setting: Setting) -> Done:
    """Do runs in a process of its own, which leaves Ctrl-C to the one that leads the sweep.

    No run but the first begins after `TASK_S` seconds: until they come home, they can be lost.
    """
    follow(setting.leader)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _prepare(setting)
    except Exception as error:
        return Done([_failure(run.key, error) for run in runs], [])
    outcomes: list[Outcome] = []
    end = time.perf_counter() + TASK_S
    for run in runs:
        if outcomes and time.perf_counter() > end:
            break
        outcomes.append(perform(run, setting.stored))
    return Done(outcomes, [run.key for run in runs[len(outcomes) :]])


def _failure(key: str, error: Exception) -> Outcome:
    said = " ".join(str(error).split())
    what = said if isinstance(error, QsimError) else f"{type(error).__name__}: {said}".removesuffix(": ")
    return Outcome(key, None, error=what, traceback="".join(traceback.format_exception(error)))


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
    _enter(setting.registrations)


@functools.lru_cache(maxsize=2)
def _scenario(document: str) -> Scenario:
    """The scenario of a point; its replicates come one after the other."""
    return from_document(json.loads(document), source="<sweep>")


def collect_registrations() -> bytes:
    """The classes that this process has registered, packed for the processes that do its runs.

    What comes in through the entry-point group ``qsim.plugins`` every process finds by itself. What a script
    registered travels by name when it lies in a module that others can import, otherwise by value.
    """
    added = registry.added()
    if not added:
        return b""
    for _, _, cls in added:
        if issubclass(cls, Declared):
            _resolve(cls)
    # Files that were loaded as plug-ins are modules under names that nobody else can import.
    ours = {cls.__module__: sys.modules.get(cls.__module__) for _, _, cls in added}
    apart = [module for name, module in ours.items() if module is not None and not _importable(name)]
    return _packed(added, apart)


def _enter(packed: bytes) -> None:
    """Register classes that another process has collected; those that are known stay."""
    if not packed:
        return
    import cloudpickle

    for kind, name, cls in cloudpickle.loads(packed):
        if name not in registry.names(kind):
            registry.register(kind, name)(cls)


def _resolve(cls: type) -> None:
    """Write out the annotations of what travels by value: their names mean nothing without the module."""
    for base in cls.__mro__:
        if not _importable(base.__module__):
            hints = typing.get_type_hints(base, include_extras=True)
            base.__annotations__ = {name: hints[name] for name in vars(base).get("__annotations__", {})}


def _packed(added: tuple[tuple[str, str, type], ...], apart: list[ModuleType]) -> bytes:
    import cloudpickle

    for module in apart:
        cloudpickle.register_pickle_by_value(module)
    try:
        packed: bytes = cloudpickle.dumps(added)
        return packed
    finally:
        for module in apart:
            cloudpickle.unregister_pickle_by_value(module)


def _importable(module: str) -> bool:
    """Whether a process that has not imported a module can import it; the running script it cannot."""
    top = module.partition(".")[0]
    return module != "__main__" and (top in sys.stdlib_module_names or PathFinder.find_spec(top) is not None)
