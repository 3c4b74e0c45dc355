"""Reading a whole file, with an error that a person can use."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from qsim.errors import NetworkError

#: Larger files are refused: no network description comes near it.
LIMIT: Final = 64 * 2**20


def read_bytes(path: Path) -> bytes:
    """The contents of a file.

    Raises:
        NetworkError: the file is missing, a folder, unreadable, empty, or larger than `LIMIT`.
    """
    try:
        if path.is_dir():
            raise NetworkError(f"{path}: is a directory, not a file")
        if path.stat().st_size > LIMIT:
            raise NetworkError(f"{path}: larger than {LIMIT // 2**20} MiB")
        data = path.read_bytes()
    except FileNotFoundError:
        raise NetworkError(f"{path}: no such file") from None
    except OSError as error:
        raise NetworkError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not data.strip():
        raise NetworkError(f"{path}: the file is empty")
    return data


def read_text(path: Path) -> str:
    """The contents of a text file in UTF-8.

    Raises:
        NetworkError: as `read_bytes`, or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path}: not UTF-8 text (byte {error.start})") from None
