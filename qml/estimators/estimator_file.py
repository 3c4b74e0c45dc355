"""A file of plain numbers and words: a zip archive of ``header.json`` and one ``.npy`` for each array.

Nothing in it is executed when it is read. NumPy opens it too, as it would an ``.npz``.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qsim.errors import ResultError
from qsim.files import write_whole

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
    try:
        with zipfile.ZipFile(path) as file:
            members = file.namelist()
            if _HEADER not in members:
                raise ResultError(f"'{path}' is no stored estimator of qsim")
            header = json.loads(file.read(_HEADER))
            _check(path, header)
            arrays = {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(file.read(name)), allow_pickle=False
                )
                for name in members
                if name != _HEADER
            }
    except OSError as error:
        raise ResultError(f"'{path}' cannot be read: {error.strerror or error}") from None
    except zipfile.BadZipFile:
        raise ResultError(f"'{path}' is no stored estimator of qsim, or was cut short or changed") from None
    except (ValueError, EOFError, NotImplementedError, RuntimeError, MemoryError, zlib.error) as error:
        if isinstance(error, ResultError):
            raise
        raise ResultError(f"'{path}' is damaged: {one_line(error)}") from None
    return header, arrays


def one_line(error: Exception) -> str:
    """What an error says, in one line; NumPy's reader of arrays says more."""
    return " ".join(str(error).split())


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
