"""One finished run as one file: a zip archive of the files of its result."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from qsim.errors import ResultError
from qsim.results.encoding import MANIFEST, decode, encode
from qsim.results.result import Result

#: The entry of the manifest that says which run of which sweep it is.
RUN = "run"
#: The oldest date that an archive can give: files do not tell when they were made.
_DATE = (1980, 1, 1, 0, 0, 0)


def pack(result: Result, run: Mapping[str, Any]) -> bytes:
    """Pack a result.

    Args:
        result: the result.
        run: its place in the sweep: key, values, replicate, seed.
    """
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in encode(result, more={RUN: dict(run)}).items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), contents, zipfile.ZIP_DEFLATED)
    return page.getvalue()


def unpack(contents: bytes, place: str) -> tuple[Result, dict[str, Any]]:
    """The result in an archive, and its place in the sweep.

    Raises:
        ResultError: the archive is truncated, damaged, or of something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(contents)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    # A damaged archive shows in any of these ways, by where the damage is.
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ResultError(f"'{place}' is damaged: {error}") from None
    if MANIFEST.file not in files:
        raise ResultError(f"'{place}' holds no result: there is no {MANIFEST.file} in it")
    manifest = MANIFEST.read(files[MANIFEST.file], place)
    run = manifest.get(RUN)
    if not isinstance(run, dict) or "key" not in run:
        raise ResultError(f"'{place}' is no run of a sweep")
    return decode(manifest, files.__getitem__, place, Result), run
