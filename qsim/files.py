"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from pathlib import Path

from qsim.errors import ResultError


def write_whole(path: Path, fill: Callable[[Path], object], *, folders: bool = True) -> Path:
    """Write a file beside its place and move it in when all of it is there.

    Args:
        path: of the file; a file of that name is replaced.
        fill: writes to the path that it is given, which has the same suffix.
        folders: make missing folders, or refuse where there are some.

    Returns:
        `path`.

    Raises:
        ResultError: the file cannot be written; what was there before is still there.
    """
    staging = path.with_name(f".{path.stem}-{secrets.token_hex(4)}{path.suffix}")
    try:
        if folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        fill(staging)
        staging.replace(path)
    except OSError as error:
        raise ResultError(f"cannot write '{path}': {error.strerror or error}") from error
    finally:
        # Where not even the folder can be, there is nothing to clear away, and that has been said.
        with contextlib.suppress(OSError):
            staging.unlink(missing_ok=True)
    return path
