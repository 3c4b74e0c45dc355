"""What a directory holds, whatever it is."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from qsim.results.result import Result
from qsim.results.sweep_result import SweepResult


def load_result(directory: str | PathLike[str]) -> Result | SweepResult:
    """Read the result of a run or of a sweep.

    Raises:
        ResultError: there is none, it is damaged, or another version of qsim wrote it.
    """
    from qsim.sweeps.store import PLAN

    if (Path(directory) / PLAN.file).exists():
        return SweepResult.load(directory)
    return Result.load(directory)
