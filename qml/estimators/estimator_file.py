"""A file of plain numbers and words: a zip archive of ``header.json`` and one ``.npy`` for each array.

Nothing in it is executed when it is read. NumPy opens it too, as it would an ``.npz``.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qsim.archives import TABLES_GROW, WORDS_GROW, read_archive
from qsim.errors import ResultError
from qsim.files import guarded, read_json, read_whole, write_whole

#: What the header says that the file is, and the version of its layout.
FORMAT, VERSION = "qsim-estimator", 1

_HEADER = "header.json"
#: Fixed, so that the same estimator gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def write(path: Path, content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Write a file, complete or not at all.

    Args:
        path: where to; missing folders are made, a file of that name is replaced.
        content: for the header; ready for JSON.
        arrays: by name.

    Raises:
        ResultError: the place cannot be written to.
    """
    from qsim.versions import versions

    header = {"format": FORMAT, "version": VERSION, "qsim": versions()["qsim"], **content}
    text = json.dumps(header, indent=1, ensure_ascii=False, allow_nan=False)

    def fill(place: Path) -> None:
        with zipfile.ZipFile(place, "w") as file:
            file.writestr(zipfile.ZipInfo(_HEADER, _DATE), text)
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, array, allow_pickle=False)
                file.writestr(zipfile.ZipInfo(f"{name}.npy", _DATE), buffer.getvalue())

    write_whole(path, fill)


def read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read what `write` wrote: the header and the arrays.

    Raises:
        ResultError: there is no such file, or it is damaged, of another version, or something else.
    """
    place = str(path)
    try:
        contents = read_whole(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ResultError(f"'{place}' cannot be read: {error.strerror}") from None
    if not zipfile.is_zipfile(io.BytesIO(contents)):
        raise ResultError(f"'{place}' is no stored estimator of qsim, or was cut short or changed")
    members = read_archive(contents, place, _growth)
    if _HEADER not in members:
        raise ResultError(f"'{place}' is no stored estimator of qsim")
    header = read_json(members.pop(_HEADER), place)
    _check(path, header)
    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        arrays = {name.removesuffix(".npy"): _array(data) for name, data in members.items()}
    return header, arrays


def _growth(member: str) -> int:
    """How far a member may grow when it is unpacked."""
    if member == _HEADER:
        return WORDS_GROW
    return TABLES_GROW if member.endswith(".npy") else 0


def _array(data: bytes) -> NDArray[Any]:
    """The array of a member, whose header must not ask for more than is there.

    Raises:
        ValueError: it does, or is no array of plain numbers.
    """
    page = io.BytesIO(data)
    version = np.lib.format.read_magic(page)
    if version != (1, 0):
        raise ValueError("an array is of another layout than qsim writes")
    shape, _, kind = np.lib.format.read_array_header_1_0(page)
    if kind.hasobject:
        raise ValueError("an array holds objects, which only pickle could read")
    if math.prod(shape) * kind.itemsize != len(data) - page.tell():
        raise ValueError("an array is not of the size that it says")
    page.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(page, allow_pickle=False)
    return array


def elsewhere(header: dict[str, Any]) -> str:
    """A clause that says so where a file was written by another version of qsim; otherwise nothing."""
    from qsim.versions import versions

    written = header.get("qsim")
    return "" if written == versions()["qsim"] else f" or not for this qsim (written by {written})"


def _check(path: Path, header: Any) -> None:
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise ResultError(f"'{path}' is no stored estimator of qsim")
    if header.get("version") != VERSION:
        raise ResultError(
            f"'{path}' has layout {header.get('version')} and was written by qsim {header.get('qsim')}; "
            f"this qsim reads layout {VERSION}"
        )
