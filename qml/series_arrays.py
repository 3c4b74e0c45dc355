"""Arrays from NumPy's files, none of them larger than its file gives reason for."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from qsim.errors import ParameterError

#: Values that a file may hold whatever its size, and for each of its bytes.
_FREE_VALUES: Final = 8_000_000
_VALUES_A_BYTE: Final = 2
#: Channels that a series may have.
_MOST_CHANNELS: Final = 10_000


def load_arrays(file: Path) -> npt.NDArray[Any] | dict[str, npt.NDArray[Any]]:
    """The array of a ``.npy`` file, or the arrays of a ``.npz`` file by name; pickled objects never.

    Raises:
        ParameterError: a member of an archive is no array, or there is more in the file than its size gives
            reason for: of an archive nothing is unpacked then.
        Exception: the file is damaged; NumPy and zipfile raise almost anything then.
    """
    # Opened here, for NumPy leaves a damaged archive open.
    with file.open("rb") as handle:
        packed = handle.read(2) == b"PK"
        handle.seek(0)
        return _archived(file, handle) if packed else np.load(handle, allow_pickle=False)


def _archived(file: Path, handle: IO[bytes]) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    with zipfile.ZipFile(handle) as archive:
        members = archive.infolist()
        check_values(file, sum(member.file_size for member in members) // 8)
        for member in members:
            if not member.filename.endswith(".npy"):
                raise ParameterError(f"{file}: its member {member.filename[:80]!a} is no array of NumPy's")
            with archive.open(member) as stream:
                array = np.lib.format.read_array(stream, allow_pickle=False)
            arrays[member.filename.removesuffix(".npy")] = array
            check_values(file, sum(array.size for array in arrays.values()))
    return arrays


def check_values(file: Path, values: int) -> None:
    """Refuse a small file that holds a great many values: packed, a gigabyte of zeros is a few kilobytes.

    Raises:
        ParameterError: it does.
    """
    most = _FREE_VALUES + _VALUES_A_BYTE * file.stat().st_size
    if values > most:
        raise ParameterError(f"{file}: its few bytes would grow to {values} numbers, more than {most}")


def check_channels(file: Path, channels: int) -> None:
    """Refuse more channels than any series has.

    Raises:
        ParameterError: there are more.
    """
    if channels > _MOST_CHANNELS:
        raise ParameterError(
            f"{file}: has {channels} columns, at most {_MOST_CHANNELS} may be: rows are steps, columns are "
            f"channels"
        )
