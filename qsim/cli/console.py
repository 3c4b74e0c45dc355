"""What the command line says to people: remarks and errors on standard error, exit codes, text to files."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import typer

from qsim.errors import LimitError, QsimError, ScenarioError, printable
from qsim.files import write_whole

#: Exit codes.
FAILED = 1
USAGE = 2
PARTLY = 3
INTERRUPTED = 130

#: What a full disk says.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Spent(BaseException):
    """A command's time is up.

    No `Exception`: whoever takes a foreign parser's errors for damage must not take this for one.
    """


def report(error: Exception | Spent, console: Console) -> int:
    """Word an error on standard error.

    Args:
        error: what was raised.
        console: the voice of the command that raised it.

    Returns:
        The exit code: 2 for whatever is wrong with the usage or the scenario, 1 for a failed run or a defect.
    """
    if console.verbose:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, OSError) and error.errno in _FULL:
        console.error(f"cannot write: {error.strerror}")
        return FAILED
    if isinstance(error, Spent):
        console.error(str(error))
        return FAILED
    if isinstance(error, MemoryError):
        console.error("given up: it needs more memory than there is, or than --max-memory allows")
        return FAILED
    if not isinstance(error, QsimError):
        _defect(error, console)
        return FAILED
    if isinstance(error, ScenarioError):
        for line in error.lines:
            typer.echo(printable(line), err=True)
        faults = len(error.faults) + error.more
        console.error(f"the {console.subject} has {'a fault' if faults == 1 else f'{faults} faults'}")
    else:
        console.error("\n".join((str(error), *_notes(error))))
    # A run that is over its limit is refused before its first event.
    return FAILED if console.running and not isinstance(error, LimitError) else USAGE


def _defect(error: Exception, console: Console) -> None:
    said = str(error).strip()
    what = type(error).__name__ + (f": {said}" if said else "")
    where = "".join(f" ({note})" for note in _notes(error))
    theirs = _outside(error)
    if theirs is not None:
        frame, last = theirs
        console.error(f"{what}{where}")
        by = "raised" if last else "raised by qsim, called"
        advice = "" if console.verbose else "; -v shows the traceback"
        typer.echo(
            printable(f"{by} in {frame.filename}, line {frame.lineno}, in {frame.name}{advice}"), err=True
        )
        return
    console.error(f"unexpected {what}{where}")
    advice = "" if console.verbose else " and the traceback that -v shows"
    typer.echo(
        "This is a defect of qsim or of a plug-in. "
        f"Please report it, with the output of 'qsim doctor'{advice}.",
        err=True,
    )


def _outside(error: Exception) -> tuple[traceback.FrameSummary, bool] | None:
    """The last line of somebody else's that an error came through, and whether it was raised there.

    None where it came through nothing but qsim and the libraries that it stands on.
    """
    ours = [Path(__file__).parents[2] / name for name in ("qsim", "hardware", "protocols", "qml")]
    libraries = ("site-packages", "dist-packages", sysconfig.get_path("stdlib"))
    own = True
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in ours):
            own = False
        elif not frame.filename.startswith("<") and not any(part in frame.filename for part in libraries):
            return frame, own
    return None


def _notes(error: Exception) -> tuple[str, ...]:
    return tuple(getattr(error, "__notes__", ()))


def write_text(text: str, out: Path | None) -> None:
    """Write text to a file, which is replaced only when all of it is there, or to standard output.

    Raises:
        ResultError: the file cannot be written.
    """
    if out is None:
        typer.echo(text, nl=False)
        return
    write_whole(out, lambda path: path.write_text(text, encoding="utf-8"), folders=False)


def show(text: str) -> None:
    """Text on standard output, nothing of which a terminal obeys."""
    typer.echo(printable(text), nl=False)


_RED = "31"
_YELLOW = "33"


@dataclass(slots=True)
class Console:
    """The voice of one command.

    Attributes:
        quiet: say nothing but errors.
        verbose: say more, and show tracebacks.
        running: whether the simulation has begun, which tells a failed run from a wrong scenario.
        subject: what a file with faults is called.
    """

    quiet: bool = False
    verbose: bool = False
    running: bool = False
    subject: str = "scenario"

    @property
    def terminal(self) -> IO[str] | None:
        """Where progress is shown; None when quiet, or where nobody would see it."""
        return sys.stderr if is_terminal(sys.stderr) and not self.quiet else None

    def say(self, text: str) -> None:
        """A remark; not when quiet."""
        if not self.quiet:
            typer.echo(printable(text), err=True)

    def detail(self, text: str) -> None:
        """A remark for those who want to know more."""
        if self.verbose:
            typer.echo(printable(text), err=True)

    def warn(self, text: str) -> None:
        """Something that needs attention; not when quiet."""
        if not self.quiet:
            typer.echo(f"{_painted('warning:', _YELLOW)} {printable(text)}", err=True)

    def error(self, text: str) -> None:
        """What went wrong."""
        typer.echo(f"{_painted('error:', _RED)} {printable(text)}", err=True)


def page_width() -> int | None:
    """Columns of text on standard output; None where it is no terminal, so that nothing needs to be cut."""
    if not sys.stdout.isatty():
        return int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdecimal() else None
    return shutil.get_terminal_size().columns


def is_terminal(stream: IO[str]) -> bool:
    """Whether a stream is a terminal that understands control characters."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _painted(text: str, colour: str) -> str:
    if os.environ.get("NO_COLOR") or not is_terminal(sys.stderr):
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"
