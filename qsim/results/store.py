"""Results in directories.

A stored result is a directory with the files that `qsim.results.encoding` makes of it. They are staged and
moved into place, the manifest last: a directory with a manifest is complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TypeVar

from qsim.errors import ResultError
from qsim.files import check_folder, write_folder
from qsim.model.outcome import RunOutcome
from qsim.results.encoding import MANIFEST, decode, encode

_R = TypeVar("_R", bound=RunOutcome)


def check_destination(directory: str | PathLike[str], *, force: bool = False) -> None:
    """Refuse a place where no result should be written, before a run is spent on it.

    Raises:
        ResultError: the place is a file, holds something else than a result, or cannot be written.
    """
    check_folder(Path(directory), "a result", MANIFEST.is_in, force=force)


def save(
    result: RunOutcome, directory: str | PathLike[str], *, force: bool = False, overrides: Iterable[str] = ()
) -> None:
    """Store a result; see `Result.save`."""
    check_destination(directory, force=force)
    place = Path(directory).absolute()
    files = encode(result, overrides=tuple(overrides))
    try:
        write_folder(place, files)
    except OSError as error:
        raise ResultError(f"cannot store the result in '{place}': {error.strerror or error}") from error


def load(directory: str | PathLike[str], make: type[_R]) -> _R:
    """Read a stored result; see `Result.load`."""
    place = Path(directory)
    return decode(MANIFEST.load(place), lambda name: _contents(place / name), str(place), make)


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise ResultError(f"'{path}' cannot be read: {error.strerror or error}") from None
