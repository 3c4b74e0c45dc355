"""Text to a file or to standard output."""

from __future__ import annotations

from pathlib import Path

import typer

from qsim.files import write_whole


def write_text(text: str, out: Path | None) -> None:
    """Write text to a file, which is replaced only when all of it is there, or to standard output.

    Raises:
        ResultError: the file cannot be written.
    """
    if out is None:
        typer.echo(text, nl=False)
        return
    write_whole(out, lambda path: path.write_text(text, encoding="utf-8"), folders=False)
