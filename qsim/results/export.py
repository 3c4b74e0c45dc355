"""Tables as files for other programs."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim import registry
from qsim.errors import ResultError, nearest
from qsim.files import MOST_WORDS, check_folder, read_json, read_whole, write_folder
from qsim.model.rows import STORED

if TYPE_CHECKING:
    import pandas as pd

#: The file that explains the columns of the others.
INDEX = "columns.json"
#: What a cell begins with that a spreadsheet calculates; white space before it is passed over.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What the index says it is, by which an earlier export is known again.
FORMAT = "qsim-export"


def export(
    about: Mapping[str, Any],
    frame: Callable[[str], pd.DataFrame],
    tables: Sequence[str],
    directory: str | PathLike[str],
    format: str,
    *,
    force: bool,
    sweep: bool = False,
) -> Path:
    """Write some tables that `frame` gives as files, and what `about` says; see `Result.export`."""
    if format not in _WRITERS:
        raise ResultError(f"cannot export to the format '{format}'{nearest(format, _WRITERS)}")
    place = Path(directory)
    check_folder(place, "an export", _is_export, force=force)
    earlier = _is_export(place)
    own = _SWEEPS_OWN if sweep else ()
    frames = {name: frame(name) for name in (*own, *tables)}
    files = {f"{name}.{format}": _WRITERS[format](table) for name, table in frames.items()}
    index = {
        "format": FORMAT,
        **about,
        "files": {f"{name}.{format}": _columns(table) for name, table in frames.items()},
    }
    text = json.dumps(index, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        # The index comes last: a folder with one is a whole export.
        write_folder(place, {**files, INDEX: text.encode("utf-8")})
        if earlier:
            for name in _names() - files.keys():
                (place / name).unlink(missing_ok=True)
    except OSError as error:
        raise ResultError(f"cannot export to '{place}': {error.strerror or error}") from error
    return place


def _columns(frame: pd.DataFrame) -> dict[str, dict[str, str | None]]:
    units = frame.attrs["units"]
    return {name: {"unit": units[name], "meaning": doc} for name, doc in frame.attrs["columns"].items()}


def _csv(frame: pd.DataFrame) -> bytes:
    lists = {"path": frame["path"].map(_listed)} if "path" in frame else {}
    words = [str(name) for name in frame if frame[name].dtype.kind not in "biuf" and name != "path"]
    texts = {name: frame[name].map(_inert) for name in words}
    return frame.assign(**texts, **lists).to_csv(index=False).encode("utf-8")


def _inert(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: names in a stranger's file may hold anything."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell


def _parquet(frame: pd.DataFrame) -> bytes:
    # A column of words and numbers, or of seeds beyond 64 bits, has no type of Parquet's but text.
    mixed = [str(name) for name in frame if frame[name].dtype == object and name != "path"]
    text = {name: frame[name].map(str, na_action="ignore") for name in mixed}
    page = io.BytesIO()
    frame.assign(**text).to_parquet(page, index=False)
    return page.getvalue()


def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False)


_WRITERS: dict[str, Callable[[pd.DataFrame], bytes]] = {"csv": _csv, "parquet": _parquet}
_SWEEPS_OWN = ("runs", "timings", "failures")


def _names() -> set[str]:
    """Every file that an export may consist of, beside its index."""
    tables = (*_SWEEPS_OWN, *STORED, *registry.names("table"))
    return {f"{name}.{format}" for name in tables for format in _WRITERS}


def _is_export(place: Path) -> bool:
    try:
        index = read_json(read_whole(place / INDEX, MOST_WORDS), str(place / INDEX))
    except (OSError, ResultError):
        return False
    return isinstance(index, dict) and index.get("format") == FORMAT
