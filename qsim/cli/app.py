"""The ``qsim`` command, put together."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from qsim.cli.check import check
from qsim.cli.convert import convert
from qsim.cli.doctor import doctor
from qsim.cli.failure import FAILED, report
from qsim.cli.group import CommandGroup
from qsim.cli.report import report as report_page
from qsim.cli.run import run
from qsim.cli.schema import schema
from qsim.cli.sweep import sweep
from qsim.cli.talk import Talk
from qsim.cli.trace import trace

app = typer.Typer(
    cls=CommandGroup,
    help="Simulate quantum networks.",
    # Plain help starts in half the time, and reads the same on a terminal and in a file.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for _command in (run, sweep, report_page, check, convert, trace, schema, doctor):
    app.command()(_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: arguments without the program's name; None takes those of the process.

    Returns:
        The exit code: 0 all is well, 1 the run failed, 2 wrong usage or an invalid scenario, 3 some runs of a
        sweep failed, 130 interrupted.
    """
    talk = Talk()
    _open_closed_streams()
    _survive_narrow_encodings()
    try:
        command = typer.main.get_command(app)
        command.main(args=None if argv is None else list(argv), prog_name="qsim", obj=talk)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:  # the one place where everything that no command expects ends up
        code = report(error, talk)
    else:
        code = 0
    return _flushed(code, talk)


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda asked: _show_version(asked), is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Simulate quantum networks."""


def _show_version(asked: bool) -> None:
    if asked:
        import qsim

        typer.echo(f"qsim {qsim.__version__}")
        raise typer.Exit


def _open_closed_streams() -> None:
    """Let what is said to a stream that is closed from the start (``qsim run FILE >&-``) go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (open until the end)


def _survive_narrow_encodings() -> None:
    """Let a terminal that cannot show a character show its escape, where Python would raise."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flushed(code: int, talk: Talk) -> int:
    """Flush standard output and give the exit code, which a failure changes.

    A reader who has gone needs no word (``qsim schema | head``), nor does what has been reported already.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at exit: that must not fail again.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError) and not code:
            report(error, talk)
        return code or FAILED
    return code
