"""Files that are there whole or not at all, and folders that may be written to."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
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
