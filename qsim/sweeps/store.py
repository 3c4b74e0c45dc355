"""A sweep on disk: its plan, and one file for each finished run.

::

    DIR/
      sweep.json          the plan: what varies, every point, every run's key
      runs/KEY.zip        a finished run: the files of its result and its place in the sweep
      failed/KEY.json     a run that ended in an error, with its traceback

A run's file appears under its name when all of it is there. Its name is a key made of everything that the
run depends on, so a file is that run's or no use, whoever wrote it and whenever: a sweep that was cut short
goes on with exactly the runs that are missing, and several may fill one directory together.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from qsim.errors import ResultError
from qsim.files import (
    MOST_WORDS,
    ManifestFile,
    check_folder,
    guarded,
    read_json,
    read_whole,
    write_whole,
)
from qsim.results.result import Result
from qsim.sweeps.gathering import Gathered
from qsim.sweeps.plan import Plan, PlannedRun
from qsim.sweeps.sweep_runs import SweepOutcome
from qsim.sweeps.work import Outcome, unpack_run
from qsim.versions import versions

_S = TypeVar("_S", bound=SweepOutcome)

PLAN = ManifestFile("sweep.json", "qsim-sweep", 1, "sweep")
RUNS = "runs"
FAILED = "failed"


class Store:
    """The directory of a sweep."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self, *, force: bool = False) -> None:
        """Refuse a place that is no sweep's, before anything runs.

        Raises:
            ResultError: the place is a file, holds other things, or cannot be written.
        """
        check_folder(self.folder, "a sweep", PLAN.is_in, force=force)

    def write_plan(self, plan: Mapping[str, Any]) -> None:
        """Write down the plan.

        Raises:
            ResultError: the file cannot be written.
        """
        said = {**PLAN.head, "versions": versions(), **plan}
        text = json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        write_whole(self.folder / PLAN.file, lambda path: path.write_text(text, encoding="utf-8"))

    def keep(self, run: PlannedRun, outcome: Outcome) -> None:
        """Write down what became of a run.

        Raises:
            ResultError: the file cannot be written.
        """
        failure = self.folder / FAILED / f"{run.key}.json"
        archive = outcome.archive
        if archive is not None:
            write_whole(self._path(run.key), lambda path: path.write_bytes(archive))
            failure.unlink(missing_ok=True)
            return
        said = {**run.place, "error": outcome.error, "traceback": outcome.traceback}
        text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
        write_whole(failure, lambda path: path.write_text(text, encoding="utf-8"))

    def read(self, key: str) -> Result | None:
        """The result of a finished run; None when it is not there.

        Raises:
            ResultError: the file under its name is truncated, damaged, or that of another run.
        """
        path = self._path(key)
        try:
            result, run = unpack_run(read_whole(path), str(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        if run["key"] != key:
            raise ResultError(f"'{path}' holds another run, {run['key']}")
        return result

    def take(self, key: str, gathered: Gathered, *, failures: bool = True) -> None:
        """Add what has become of a run to what is gathered, the error of a failed one if `failures` count.

        Raises:
            ResultError: as in `read`.
        """
        result = self.read(key)
        if result is not None:
            gathered.results[key] = result
            return
        failure = self.failure(key) if failures else None
        if failure is not None:
            gathered.failures[key] = failure

    def failure(self, key: str) -> tuple[str, str] | None:
        """Error and traceback of a failed run; None when it has not failed, or its file is damaged."""
        path = self.folder / FAILED / f"{key}.json"
        try:
            said = read_json(read_whole(path, MOST_WORDS), str(path))
            return str(said["error"]), str(said["traceback"])
        except (OSError, ResultError, KeyError, TypeError):
            return None

    def _path(self, key: str) -> Path:
        return self.folder / RUNS / f"{key}.zip"


def load_sweep(directory: str | PathLike[str], make: type[_S]) -> _S:
    """Read a stored sweep, as far as it has come, as a result of the class `make`.

    Raises:
        ResultError: there is no sweep, it is damaged, or another version of qsim wrote it.
    """
    store = Store(Path(directory))
    said = PLAN.load(store.folder)
    with guarded(lambda why: ResultError(f"the plan of '{directory}' is damaged: {why}")):
        plan = Plan.from_dict(said)
        wrote = dict(said["versions"])
    gathered = Gathered(plan)
    for run in plan.runs:
        store.take(run.key, gathered)
    return dataclasses.replace(gathered.sweep_result(make), versions=wrote)
