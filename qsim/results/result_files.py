"""Results in directories: Parquet tables beside a manifest.

There is one Parquet file for each stored table and a ``manifest.json`` that names the format, holds all that
is not a table, and has the fingerprint by which damage is noticed. Files are staged and moved into place, the
manifest last: a directory with a manifest is complete. Nothing is ever pickled.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qsim.errors import ResultError
from qsim.files import ManifestFile, check_folder, read_whole, write_folder
from qsim.model.outcome import RunOutcome, finite
from qsim.model.rows import STORED, TABLES, Column, columns

if TYPE_CHECKING:
    import pyarrow as pa

_R = TypeVar("_R", bound=RunOutcome)

MANIFEST = ManifestFile("manifest.json", "qsim-result", 1, "result")

_HEAD = ("name", "seed", "simulated_s", "events", "rejected", "interrupted", "trace_fingerprint")
_TIMINGS = ("wall_s", "cpu_s", "setup_s")


def encode(
    result: RunOutcome, *, overrides: Sequence[str] = (), more: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """The files of a result by name, the manifest last.

    Args:
        result: the result.
        overrides: the ``key.path=value`` overrides the scenario was loaded with, for the record.
        more: further entries of the manifest.
    """
    import pyarrow.parquet as pq

    files = {}
    for name in STORED:
        page = io.BytesIO()
        pq.write_table(_arrow(name, result.table(name)), page)
        files[f"{name}.parquet"] = page.getvalue()
    manifest = {
        **MANIFEST.head,
        **{key: getattr(result, key) for key in _HEAD},
        "notes": list(result.notes),
        "fingerprint": result.fingerprint,
        "timings": {key: getattr(result, key) for key in _TIMINGS},
        "versions": dict(result.versions),
        "overrides": list(overrides),
        **(more or {}),
        "tables": {name: len(result.table(name)) for name in STORED},
        "document": result.document,
    }
    text = json.dumps(finite(manifest), indent=2, ensure_ascii=False, allow_nan=False)
    return {**files, MANIFEST.file: (text + "\n").encode("utf-8")}


def decode(manifest: Mapping[str, Any], read: Callable[[str], bytes], place: str, make: type[_R]) -> _R:
    """Make a result of its files.

    Args:
        manifest: what `MANIFEST` read of it.
        read: gives the contents of a file by its name; raises FileNotFoundError or KeyError without one.
        place: where the files lie, for messages.
        make: the class of the result.

    Raises:
        ResultError: a file is missing or damaged.
    """
    fields: dict[str, Any] = {name: _read_table(read, name, place) for name in STORED}
    try:
        fields |= {key: manifest[key] for key in (*_HEAD, "document", "versions")}
        fields |= {key: manifest["timings"][key] for key in _TIMINGS}
        fields["notes"] = tuple(manifest["notes"])
        result = make(**fields)
        expected = manifest["fingerprint"]
    except (KeyError, TypeError) as error:
        said = f"it has no {error}" if isinstance(error, KeyError) else error
        raise ResultError(f"'{place}/{MANIFEST.file}' is damaged: {said}") from None
    if result.fingerprint != expected:
        raise ResultError(
            f"the result in '{place}' is damaged: the tables do not match the fingerprint {expected}"
        )
    return result


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


def _read_table(read: Callable[[str], bytes], name: str, place: str) -> tuple[Any, ...]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = f"{name}.parquet"
    try:
        table = pq.ParquetFile(io.BytesIO(read(file))).read()
    except (FileNotFoundError, KeyError):
        raise ResultError(f"the result in '{place}' is incomplete: {file} is missing") from None
    except (OSError, pa.ArrowException) as error:
        raise ResultError(f"'{place}/{file}' is damaged: {str(error).splitlines()[0]}") from None
    described = [column for column in columns(name) if not column.added or column.name in table.column_names]
    wanted = [column.name for column in described]
    if table.column_names != wanted:
        got = ", ".join(table.column_names)
        raise ResultError(f"'{place}/{file}' is damaged: expected the columns {', '.join(wanted)}; got {got}")
    cells = [
        [tuple(value) if column.type is tuple else value for value in table.column(column.name).to_pylist()]
        for column in described
    ]
    return tuple(TABLES[name](*values) for values in zip(*cells, strict=True))


def check_destination(directory: str | PathLike[str], *, force: bool = False) -> None:
    """Refuse a place where no result should be written, before a run is spent on it.

    Raises:
        ResultError: the place is a file, holds something else than a result, or cannot be written.
    """
    check_folder(Path(directory), "a result", MANIFEST.is_in, force=force)


def save(
    result: RunOutcome, directory: str | PathLike[str], *, force: bool = False, overrides: Iterable[str] = ()
) -> None:
    """Store a result; see `Result.save`."""
    check_destination(directory, force=force)
    place = Path(directory).absolute()
    files = encode(result, overrides=tuple(overrides))
    try:
        write_folder(place, files)
    except OSError as error:
        raise ResultError(f"cannot store the result in '{place}': {error.strerror or error}") from error


def load(directory: str | PathLike[str], make: type[_R]) -> _R:
    """Read a stored result; see `Result.load`."""
    place = Path(directory)
    return decode(MANIFEST.load(place), lambda name: read_whole(place / name), str(place), make)
