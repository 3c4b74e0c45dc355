"""From an exception to a message and an exit code."""

from __future__ import annotations

import errno
import traceback
from typing import TYPE_CHECKING

import typer

from qsim.errors import QsimError, ScenarioError

if TYPE_CHECKING:
    from qsim.cli.talk import Talk

#: Exit codes.
FAILED = 1
USAGE = 2
PARTLY = 3
INTERRUPTED = 130

#: What a full disk says.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def report(error: Exception, talk: Talk) -> int:
    """Word an error on standard error.

    Args:
        error: what was raised.
        talk: the voice of the command that raised it.

    Returns:
        The exit code: 2 for whatever is wrong with the usage or the scenario, 1 for a failed run or a defect.
    """
    if talk.verbose:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, OSError) and error.errno in _FULL:
        talk.error(f"cannot write: {error.strerror}")
        return FAILED
    if not isinstance(error, QsimError):
        _defect(error, talk)
        return FAILED
    if isinstance(error, ScenarioError):
        for fault in error.faults:
            typer.echo(fault, err=True)
        faults = len(error.faults)
        talk.error(f"the {talk.subject} has {'a fault' if faults == 1 else f'{faults} faults'}")
    else:
        talk.error("\n".join((str(error), *_notes(error))))
    return FAILED if talk.running else USAGE


def _defect(error: Exception, talk: Talk) -> None:
    said = str(error).strip()
    what = type(error).__name__ + (f": {said}" if said else "")
    where = "".join(f" ({note})" for note in _notes(error))
    talk.error(f"unexpected {what}{where}")
    advice = "" if talk.verbose else " and the traceback that -v shows"
    typer.echo(
        "This is a defect of qsim or of a plug-in. "
        f"Please report it, with the output of 'qsim doctor'{advice}.",
        err=True,
    )


def _notes(error: Exception) -> tuple[str, ...]:
    return tuple(getattr(error, "__notes__", ()))
