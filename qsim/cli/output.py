"""Text to a file or to standard output."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import typer

from qsim.errors import ResultError


def write_text(text: str, out: Path | None) -> None:
    """Write text to a file, which is replaced only when all of it is there, or to standard output.

    Raises:
        ResultError: the file cannot be written.
    """
    if out is None:
        typer.echo(text, nl=False)
        return
    staging = out.with_name(f".{out.name}-{secrets.token_hex(4)}")
    try:
        staging.write_text(text, encoding="utf-8")
        os.replace(staging, out)
    except OSError as error:
        raise ResultError(f"cannot write '{out}': {error.strerror or error}") from error
    finally:
        staging.unlink(missing_ok=True)
