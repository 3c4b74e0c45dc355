"""Files that are there whole or not at all, folders that may be written to, files that say what they are."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qsim.errors import ResultError


def read_whole(path: Path) -> bytes:
    """The contents of a file.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        ResultError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise ResultError(f"'{path}' cannot be read: {error.strerror or error}") from None


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


def write_folder(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder: staged first, and moved in when all of them are there.

    Args:
        place: the folder; made when it does not exist. Files of the same names are replaced, others are left
            alone.
        files: contents by name. The last one is the seal: it goes first and comes last, so that a folder that
            has it has them all.

    Returns:
        `place`.

    Raises:
        OSError: something cannot be written; unless it happened between two moves, what was there before is
            still there.
    """
    fresh = not place.exists()
    place.parent.mkdir(parents=True, exist_ok=True)
    staging = (place.parent if fresh else place) / f".{place.name}-{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        for name, contents in files.items():
            (staging / name).write_bytes(contents)
        if fresh:
            staging.rename(place)
        else:
            (place / list(files)[-1]).unlink(missing_ok=True)
            for name in files:
                (staging / name).replace(place / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return place


def check_folder(place: Path, what: str, ours: Callable[[Path], bool], *, force: bool | None = None) -> None:
    """Refuse a folder that should not be written to, before work is spent on what it is to hold.

    Args:
        place: the folder; it need not exist.
        what: what is to be stored, for messages.
        ours: whether a folder that is not empty may be written to.
        force: whether other things in it do not matter; None where nobody can say so.

    Raises:
        ResultError: the place is a file, holds other things, or cannot be written.
    """
    if place.exists() and not place.is_dir():
        raise ResultError(f"cannot store {what} in '{place}': it is a file, not a directory")
    if not force and place.is_dir() and any(place.iterdir()) and not ours(place):
        remedy = "" if force is None else ", or force it (only files of the same names are replaced)"
        raise ResultError(
            f"cannot store {what} in '{place}': the directory holds other things; "
            f"choose an empty or new one{remedy}"
        )
    ground = next(parent for parent in (place.absolute(), *place.absolute().parents) if parent.exists())
    if not (ground.is_dir() and os.access(ground, os.W_OK | os.X_OK)):
        raise ResultError(f"cannot store {what} in '{place}': '{ground}' cannot be written")


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One sort of file.

    Attributes:
        file: its name.
        format: what its entry ``format`` says.
        schema: what its entry ``schema`` says; raised when a reader of the earlier one could not make sense
            of the files.
        what: what a folder with such a file holds, "result" or "sweep".
    """

    file: str
    format: str
    schema: int
    what: str

    @property
    def head(self) -> dict[str, Any]:
        """The entries that each such file begins with."""
        return {"format": self.format, "schema": self.schema}

    def load(self, folder: Path) -> dict[str, Any]:
        """The contents of the file of this sort in a folder.

        Raises:
            ResultError: there is none, it cannot be read, or `read` refuses it.
        """
        try:
            text = read_whole(folder / self.file)
        except (FileNotFoundError, NotADirectoryError):
            raise ResultError(f"'{folder}' holds no {self.what}: there is no {self.file} in it") from None
        return self.read(text, str(folder))

    def is_in(self, folder: Path) -> bool:
        """Whether a folder has a file of this sort that can be read."""
        try:
            self.load(folder)
        except ResultError:
            return False
        return True

    def read(self, text: bytes, place: str) -> dict[str, Any]:
        """The contents of such a file.

        Args:
            text: the file's.
            place: where it lies, for messages.

        Raises:
            ResultError: it is damaged, of something else, or of a schema that this version does not read.
        """
        try:
            said = json.loads(text.decode("utf-8"))
        except ValueError as error:
            raise ResultError(f"'{place}/{self.file}' is damaged: {error}") from None
        if not isinstance(said, dict) or said.get("format") != self.format:
            raise ResultError(f"'{place}' holds no {self.what}: {self.file} was written by something else")
        if said.get("schema") != self.schema:
            raise ResultError(
                f"'{place}' was written in schema {said.get('schema')!r} of stored {self.what}s; "
                f"this version of qsim reads schema {self.schema}"
            )
        return said
