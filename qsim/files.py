"""Files that are there whole or not at all, folders that may be written to, files that say what they are."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from qsim.errors import QsimError, ResultError

#: Most bytes of a stored file that holds tables, and of one that holds words.
MOST_STORED: Final = 4 * 2**30
MOST_WORDS: Final = 256 * 2**20
#: Most values in such words: each takes some hundred bytes of memory, however short it is written.
_MOST_VALUES: Final = 4_000_000
#: Bytes that are read at once of a file that does not say its size.
_PIECE: Final = 2**16


def read_regular(path: Path, most: int) -> bytes:
    """The contents of a regular file, which is never a device or a pipe without end.

    Args:
        path: of the file.
        most: bytes that it may have.

    Raises:
        OSError: there is no such file, it cannot be read, is no regular file or has more than `most` bytes;
            `strerror` says which.
        ValueError: the path is no file name.
    """
    with open_regular(path, most) as file:
        data = read_bounded(file, most, os.fstat(file.fileno()).st_size)
        if len(data) > most:
            raise _too_large(path, most)
    return data


def read_bounded(file: BinaryIO, most: int, size: int = 0) -> bytes:
    """What a file holds from here on, as far as a byte beyond a bound; takes memory for what is there alone.

    Args:
        file: opened for reading.
        most: bytes that it may hold.
        size: bytes that it is likely to hold; more are read where there are more.
    """
    # Python takes the memory for as much as is asked for before it reads.
    data = file.read(min(size, most) + 1) or b""
    while len(data) <= most and (more := file.read(min(max(len(data), _PIECE), most + 1 - len(data)))):
        data += more
    return data


def open_regular(path: Path, most: int) -> BinaryIO:
    """A regular file, opened for reading; arguments and errors are those of `read_regular`."""
    # A pipe that nobody writes to would block while it is opened.
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    try:
        said = os.fstat(file.fileno())
        if stat.S_ISDIR(said.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(said.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if said.st_size > most:
            raise _too_large(path, most)
    except OSError:
        file.close()
        raise
    return file


def _too_large(path: Path, most: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {most / 2**20:g} MiB", str(path))


@contextlib.contextmanager
def guarded(refuse: Callable[[str], QsimError]) -> Iterator[None]:
    """Turn whatever a foreign parser raises over a damaged file into an error of ours.

    Parsers of zip, Parquet, NumPy, XML, GML and JSON raise almost anything when bits are flipped, so no list
    of types is complete. Errors of ours and those of the file system that say that there is no such file
    pass.

    Args:
        refuse: makes the error of what was wrong, one line.
    """
    try:
        yield
    except (QsimError, FileNotFoundError, NotADirectoryError):
        raise
    except Exception as error:  # as said above
        raise refuse(said_by(error)) from None


def said_by(error: Exception) -> str:
    """What is wrong in one line, by an error of a foreign library."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    said = " ".join(str(error).split())[:200]
    if isinstance(error, KeyError):
        return f"{said} is missing"
    # The words of these alone say nothing: a key, for instance.
    named = "" if said and isinstance(error, ValueError | OSError | RuntimeError) else type(error).__name__
    return f"{named} {said}".strip()


def read_whole(path: Path, most: int = MOST_STORED) -> bytes:
    """The contents of a regular file of at most so many bytes.

    Raises:
        FileNotFoundError, NotADirectoryError: there is none.
        ResultError: it cannot be read, or is larger.
    """
    with guarded(lambda why: ResultError(f"'{path}' cannot be read: {why}")):
        return read_regular(path, most)


def open_whole(path: Path) -> BinaryIO:
    """A regular file of tables, opened for reading; errors as in `read_whole`."""
    with guarded(lambda why: ResultError(f"'{path}' cannot be read: {why}")):
        return open_regular(path, MOST_STORED)


def read_json(text: bytes, place: str) -> Any:
    """The value of a JSON text that qsim wrote.

    Args:
        text: in UTF-8.
        place: where it lies, for messages.

    Raises:
        ResultError: it is no JSON.
    """
    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        if sum(text.count(mark) for mark in b",[{") > _MOST_VALUES:
            raise ResultError(f"'{place}' is refused: it holds more than {_MOST_VALUES} values")
        return json.loads(text.decode("utf-8"))


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
    staging = path.with_name(f".{path.stem}-{os.urandom(4).hex()}{path.suffix}")
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


def write_folder(place: Path, files: Mapping[str, bytes | Callable[[Path], object]]) -> Path:
    """Write files into a folder: staged first, and moved in when all of them are there.

    Args:
        place: the folder; made when it does not exist. Files of the same names are replaced, others are left
            alone.
        files: contents by name, or what writes them to a path. The last one is the seal: it goes first and
            comes last, so that a folder that has it has them all.

    Returns:
        `place`.

    Raises:
        OSError: something cannot be written; unless it happened between two moves, what was there before is
            still there.
    """
    fresh = not place.exists()
    place.parent.mkdir(parents=True, exist_ok=True)
    staging = (place.parent if fresh else place) / f".{place.name}-{os.urandom(4).hex()}"
    staging.mkdir()
    try:
        for name, contents in files.items():
            if callable(contents):
                contents(staging / name)
            else:
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
        earlier: earlier schemas that are read as well.
    """

    file: str
    format: str
    schema: int
    what: str
    earlier: tuple[int, ...] = ()

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
            text = read_whole(folder / self.file, MOST_WORDS)
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
        said = read_json(text, f"{place}/{self.file}")
        if not isinstance(said, dict) or said.get("format") != self.format:
            raise ResultError(f"'{place}' holds no {self.what}: {self.file} was written by something else")
        if said.get("schema") not in (self.schema, *self.earlier):
            known = " and ".join(map(str, (*self.earlier, self.schema)))
            raise ResultError(
                f"'{place}' was written in schema {said.get('schema')!r} of stored {self.what}s; "
                f"this version of qsim reads schema {known}"
            )
        return said
