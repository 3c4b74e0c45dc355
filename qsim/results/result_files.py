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

from qsim.archives import TABLES_GROW, WORDS_GROW
from qsim.errors import ResultError
from qsim.files import ManifestFile, check_folder, guarded, read_whole, write_folder
from qsim.model.outcome import RunOutcome, finite
from qsim.model.rows import STORED, TABLES, Column, columns
from qsim.results.parquet_reader import read_parquet

if TYPE_CHECKING:
    import pyarrow as pa

_R = TypeVar("_R", bound=RunOutcome)

MANIFEST = ManifestFile("manifest.json", "qsim-result", 1, "result")

_HEAD = ("name", "seed", "simulated_s", "events", "rejected", "interrupted", "trace_fingerprint")
_TIMINGS = ("wall_s", "cpu_s", "setup_s")

#: What the entries of a manifest are.
_TYPES: Mapping[str, Any] = {
    "name": str,
    "seed": int,
    "simulated_s": int | float,
    "events": int,
    "rejected": int,
    "interrupted": bool,
    "trace_fingerprint": str | None,
    "notes": list,
    "fingerprint": str,
    "timings": dict,
    "versions": dict,
    "document": dict,
}


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
        _check_types(manifest, place)
        fields |= {key: manifest[key] for key in (*_HEAD, "document", "versions")}
        fields |= {key: manifest["timings"][key] for key in _TIMINGS}
        fields["notes"] = tuple(manifest["notes"])
        result = make(**fields)
        expected = manifest["fingerprint"]
    except KeyError as error:
        raise ResultError(f"'{place}/{MANIFEST.file}' is damaged: it has no {error}") from None
    if result.fingerprint != expected:
        raise ResultError(
            f"the result in '{place}' is damaged: the tables do not match the fingerprint {expected}"
        )
    return result


def growth(file: str) -> int:
    """How far a file of a stored result may grow when it is unpacked; 0 for a file that is none of these."""
    if file == MANIFEST.file:
        return WORDS_GROW
    return TABLES_GROW if file in {f"{name}.parquet" for name in STORED} else 0


def _check_types(manifest: Mapping[str, Any], place: str) -> None:
    """Refuse a manifest whose entries are of other types than are written.

    Raises:
        KeyError: it lacks an entry.
        ResultError: one is of another type.
    """
    said = [(key, manifest[key], kind) for key, kind in _TYPES.items()]
    if isinstance(manifest["timings"], dict):
        said += [(f"timings.{key}", manifest["timings"][key], int | float) for key in _TIMINGS]
    if isinstance(manifest["notes"], list):
        said += [(f"notes[{index}]", note, str) for index, note in enumerate(manifest["notes"])]
    for key, value, kind in said:
        if not isinstance(value, kind):
            raise ResultError(
                f"'{place}/{MANIFEST.file}' is damaged: `{key}` must not be a {type(value).__name__}"
            )


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
    file = f"{name}.parquet"
    try:
        data = read(file)
    except (FileNotFoundError, KeyError):
        raise ResultError(f"the result in '{place}' is incomplete: {file} is missing") from None
    table = read_parquet(data, f"{place}/{file}")
    described = [column for column in columns(name) if not column.added or column.name in table.column_names]
    wanted = [column.name for column in described]
    if table.column_names != wanted:
        got = ", ".join(table.column_names)
        raise ResultError(f"'{place}/{file}' is damaged: expected the columns {', '.join(wanted)}; got {got}")
    with guarded(lambda why: ResultError(f"'{place}/{file}' is damaged: {why}")):
        cells = [_cells(table.column(column.name).to_pylist(), column, file) for column in described]
        return tuple(TABLES[name](*values) for values in zip(*cells, strict=True))


def _cells(values: list[Any], column: Column, file: str) -> list[Any]:
    """The cells of a column as its rows hold them.

    Raises:
        TypeError: they are of another type.
    """
    if column.type is tuple:
        values = [tuple(value) for value in values]
    types = {column.type, type(None)} if column.optional else {column.type}
    if not {type(value) for value in values} <= types:
        raise TypeError(f"the column {column.name} of {file} holds no {column.type.__name__}")
    return values


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
