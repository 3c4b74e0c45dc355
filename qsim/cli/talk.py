"""What the command line says to people, always on standard error."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import IO

import typer

_RED = "31"
_YELLOW = "33"


@dataclass(slots=True)
class Talk:
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

    def say(self, text: str) -> None:
        """A remark; not when quiet."""
        if not self.quiet:
            typer.echo(text, err=True)

    def detail(self, text: str) -> None:
        """A remark for those who want to know more."""
        if self.verbose:
            typer.echo(text, err=True)

    def warn(self, text: str) -> None:
        """Something that needs attention; not when quiet."""
        if not self.quiet:
            typer.echo(f"{_painted('warning:', _YELLOW)} {text}", err=True)

    def error(self, text: str) -> None:
        """What went wrong."""
        typer.echo(f"{_painted('error:', _RED)} {text}", err=True)


def is_terminal(stream: IO[str]) -> bool:
    """Whether a stream is a terminal that understands control characters."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _painted(text: str, colour: str) -> str:
    if os.environ.get("NO_COLOR") or not is_terminal(sys.stderr):
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"
