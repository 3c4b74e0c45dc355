"""Results on disk: Parquet tables beside a manifest.

A stored result is a directory with one Parquet file for each table (flows, unfinished, links, memories,
metrics, pairs, stalls) and a ``manifest.json`` that names the format, holds all that is not a table, and has
the fingerprint by which damage is noticed. Files are staged and moved into place, the manifest last: a
directory with a manifest is complete. Nothing is ever pickled.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.results.columns import STORED, TABLES, Column, columns
from qsim.results.plain import finite
from qsim.results.result import Result

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
FORMAT = "qsim-result"
#: Raised when a reader of the earlier schema could not make sense of the files.
SCHEMA = 1

_HEAD = ("name", "seed", "simulated_s", "events", "rejected", "interrupted", "trace_fingerprint")
_TIMINGS = ("wall_s", "cpu_s", "setup_s")


def check_destination(directory: str | PathLike[str], *, force: bool = False) -> None:
    """Refuse a place where no result should be written, before a run is spent on it.

    Raises:
        ResultError: the place is a file, holds something else than a result, or cannot be written.
    """
    place = Path(directory)
    if place.exists() and not place.is_dir():
        raise ResultError(f"cannot store a result in '{place}': it is a file, not a directory")
    if place.is_dir() and any(place.iterdir()) and not force and not _is_result(place):
        raise ResultError(
            f"cannot store a result in '{place}': the directory holds other things; "
            "choose an empty or new one, or force it (only files of the same names are replaced)"
        )
    ground = next(parent for parent in (place.absolute(), *place.absolute().parents) if parent.exists())
    if not (ground.is_dir() and os.access(ground, os.W_OK | os.X_OK)):
        raise ResultError(f"cannot store a result in '{place}': '{ground}' cannot be written")


def save(
    result: Result, directory: str | PathLike[str], *, force: bool = False, overrides: Iterable[str] = ()
) -> None:
    """Store a result; see `Result.save`."""
    check_destination(directory, force=force)
    place = Path(directory).absolute()
    fresh = not place.exists()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        staging = (place.parent if fresh else place) / f".{place.name}-{secrets.token_hex(4)}"
        staging.mkdir()
        try:
            _write(result, staging, tuple(overrides))
            if fresh:
                staging.rename(place)
            else:
                _move_in(staging, place)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise ResultError(f"cannot store the result in '{place}': {error.strerror or error}") from error


def load(directory: str | PathLike[str]) -> Result:
    """Read a stored result; see `Result.load`."""
    place = Path(directory)
    manifest = _read_manifest(place)
    fields: dict[str, Any] = {name: _read_table(place, name) for name in STORED}
    try:
        fields |= {key: manifest[key] for key in (*_HEAD, "document", "versions")}
        fields |= {key: manifest["timings"][key] for key in _TIMINGS}
        fields["notes"] = tuple(manifest["notes"])
        result = Result(**fields)
        expected = manifest["fingerprint"]
    except (KeyError, TypeError) as error:
        raise ResultError(f"'{place / MANIFEST}' is damaged: {_missing(error)}") from None
    if result.fingerprint != expected:
        raise ResultError(
            f"the result in '{place}' is damaged: the tables do not match the fingerprint {expected}"
        )
    return result


def _write(result: Result, folder: Path, overrides: tuple[str, ...]) -> None:
    import pyarrow.parquet as pq

    for name in STORED:
        pq.write_table(_arrow(name, result.table(name)), folder / f"{name}.parquet")
    manifest = {
        "format": FORMAT,
        "schema": SCHEMA,
        **{key: getattr(result, key) for key in _HEAD},
        "notes": list(result.notes),
        "fingerprint": result.fingerprint,
        "timings": {key: getattr(result, key) for key in _TIMINGS},
        "versions": dict(result.versions),
        "overrides": list(overrides),
        "tables": {name: len(result.table(name)) for name in STORED},
        "document": result.document,
    }
    text = json.dumps(finite(manifest), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _move_in(staging: Path, place: Path) -> None:
    # Without its manifest a directory is no result, so a cut between the moves is noticed.
    (place / MANIFEST).unlink(missing_ok=True)
    for name in (*(f"{table}.parquet" for table in STORED), MANIFEST):
        os.replace(staging / name, place / name)


def _arrow(name: str, rows: tuple[Any, ...]) -> pa.Table:
    import pyarrow as pa

    types = {int: pa.int64(), float: pa.float64(), str: pa.string(), tuple: pa.list_(pa.string())}

    def field(column: Column) -> pa.Field:
        meaning = {"description": column.doc}
        return pa.field(column.name, types[column.type], nullable=column.optional, metadata=meaning)

    described = columns(name)
    cells = [
        pa.array([getattr(row, column.name) for row in rows], types[column.type]) for column in described
    ]
    return pa.Table.from_arrays(cells, schema=pa.schema([field(column) for column in described]))


def _read_table(place: Path, name: str) -> tuple[Any, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = place / f"{name}.parquet"
    try:
        # A single file is read as such: names of folders further up (``run=3``) are no columns.
        with pq.ParquetFile(path) as file:
            table = file.read()
    except FileNotFoundError:
        raise ResultError(f"the result in '{place}' is incomplete: {path.name} is missing") from None
    except (OSError, pa.ArrowException) as error:
        raise ResultError(f"'{path}' is damaged: {str(error).splitlines()[0]}") from None
    described = columns(name)
    wanted = [column.name for column in described]
    if table.column_names != wanted:
        got = ", ".join(table.column_names)
        raise ResultError(f"'{path}' is damaged: expected the columns {', '.join(wanted)}; got {got}")
    cells = [_cells(column, table.column(column.name).to_pylist()) for column in described]
    return tuple(TABLES[name](*values) for values in zip(*cells, strict=True))


def _cells(column: Column, values: list[Any]) -> list[Any]:
    return [tuple(value) for value in values] if column.type is tuple else values


def _read_manifest(place: Path) -> dict[str, Any]:
    path = place / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise ResultError(f"'{place}' holds no result: there is no {MANIFEST} in it") from None
    except OSError as error:
        raise ResultError(f"'{path}' cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ResultError(f"'{path}' is damaged: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ResultError(f"'{place}' holds no result: {MANIFEST} was written by something else")
    if manifest.get("schema") != SCHEMA:
        raise ResultError(
            f"'{place}' was written in schema {manifest.get('schema')!r} of stored results; "
            f"this version of qsim reads schema {SCHEMA}"
        )
    return manifest


def _is_result(place: Path) -> bool:
    try:
        _read_manifest(place)
    except ResultError:
        return False
    return True


def _missing(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)
