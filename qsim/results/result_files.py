"""Results in directories: Parquet tables beside a manifest; and packed into one file, as sweeps keep them.

A directory has one Parquet file for each stored table and a ``manifest.json`` that names the format, holds
all that is not a table, and has the fingerprint by which damage is noticed. Files are staged and moved into
place, the manifest last: a directory with a manifest is complete. A packed result has its small tables
together as JSON. Nothing is ever pickled.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qsim import registry
from qsim.archives import TABLES_GROW, WORDS_GROW, read_archive, write_archive
from qsim.errors import ResultError, printable
from qsim.files import ManifestFile, check_folder, open_whole, write_folder
from qsim.model.outcome import RunOutcome, as_json
from qsim.model.pair_table import PairTable
from qsim.model.rows import STORED
from qsim.results.stored_tables import (
    WORDS,
    from_words,
    parquet_name,
    read_parquet_table,
    to_words,
    write_parquet,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_R = TypeVar("_R", bound=RunOutcome)

MANIFEST = ManifestFile("manifest.json", "qsim-result", 2, "result", earlier=(1,))

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


def manifest_of(result: RunOutcome, more: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a result as plain data, with further entries."""
    return {
        **MANIFEST.head,
        **{key: getattr(result, key) for key in _HEAD},
        "notes": list(result.notes),
        "fingerprint": result.fingerprint,
        "timings": {key: getattr(result, key) for key in _TIMINGS},
        "versions": dict(result.versions),
        **more,
        "tables": {name: len(result.table(name)) for name in result.stored},
        "document": result.document,
    }


def pack(result: RunOutcome, more: Mapping[str, Any]) -> bytes:
    """A result as the bytes of an archive, for which a run of a sweep has a millisecond.

    Args:
        result: the result.
        more: further entries of the manifest.
    """
    words, large = to_words(result)
    manifest = as_json(manifest_of(result, more), ensure_ascii=False)
    members = {WORDS: words, MANIFEST.file: manifest.encode("utf-8")}
    for name in large:
        page = io.BytesIO()
        write_parquet(name, result.table(name), page)
        members[parquet_name(name)] = page.getvalue()
    return write_archive(members, _growth)


def unpack(contents: bytes, place: str, make: type[_R]) -> tuple[_R, dict[str, Any]]:
    """The result in an archive, and its manifest.

    Archives of schema 1 have every table as Parquet.

    Raises:
        ResultError: the archive is truncated, damaged, or of something else.
    """
    files = read_archive(contents, place, _growth)
    if MANIFEST.file not in files:
        raise ResultError(f"'{place}' holds no result: there is no {MANIFEST.file} in it")
    manifest = MANIFEST.read(files[MANIFEST.file], place)
    _check_tables(manifest, place)
    tables: dict[str, Sequence[Any]] = {}
    if WORDS in files:
        tables = {**dict.fromkeys(STORED, ()), **from_words(files[WORDS], f"{place}/{WORDS}")}
    tables |= {
        name: read_parquet_table(name, io.BytesIO(files[parquet_name(name)]), f"{place}/{parquet_name(name)}")
        for name in _known_tables()
        if parquet_name(name) in files
    }
    return _assembled(manifest, tables, place, make), manifest


def _assembled(
    manifest: Mapping[str, Any], tables: Mapping[str, Sequence[Any]], place: str, make: type[_R]
) -> _R:
    """Make a result of what `MANIFEST` read and its stored tables.

    Raises:
        ResultError: something is missing or damaged.
    """
    for name in STORED:
        if name not in tables:
            raise ResultError(f"the result in '{place}' is incomplete: {parquet_name(name)} is missing")
    fields: dict[str, Any] = {name: tables[name] for name in STORED}
    fields["own"] = {name: rows for name, rows in tables.items() if name not in STORED and rows}
    try:
        _check_types(manifest, place)
        fields |= {key: manifest[key] for key in (*_HEAD, "document", "versions")}
        fields |= {key: manifest["timings"][key] for key in _TIMINGS}
        fields["notes"] = tuple(manifest["notes"])
        result = make(**fields)
        expected, schema = manifest["fingerprint"], manifest["schema"]
    except KeyError as error:
        raise ResultError(f"'{place}/{MANIFEST.file}' is damaged: it has no {error}") from None
    known = len(result.flows) + len(result.unfinished)
    if result.pairs and not _within(PairTable.of(result.pairs).column("flow"), known):
        raise ResultError(f"the result in '{place}' is damaged: its pairs are of flows that it has not")
    # Results of schema 1 have their pairs in the fingerprint row by row, however many they are.
    found = result.fingerprint if schema > 1 else result.fingerprint_by(column=False)
    if found != expected:
        raise ResultError(
            f"the result in '{place}' is damaged: the tables do not match the fingerprint {expected}"
        )
    return result


def _within(numbers: NDArray[np.int64], size: int) -> bool:
    return bool(numbers.min() >= 0 and numbers.max() < size)


def _growth(file: str) -> int:
    """How far a member of an archive may grow when it is unpacked; 0 for one that must not be there."""
    if file in (MANIFEST.file, WORDS):
        return WORDS_GROW
    return TABLES_GROW if file in map(parquet_name, _known_tables()) else 0


def _known_tables() -> tuple[str, ...]:
    """Tables that a stored result may have."""
    return (*STORED, *registry.names("table"))


def _check_tables(manifest: Mapping[str, Any], place: str) -> None:
    """Refuse a result that has a table of a plug-in which is not there.

    Raises:
        ResultError: it has one.
    """
    named = manifest.get("tables", {})
    known = _known_tables()
    for name in named if isinstance(named, dict) else ():
        if name not in known:
            raise ResultError(
                f"the result in '{place}' has a table '{printable(name)}' that nothing here registers; name "
                "the plug-in that brings it (`--plugin`)"
            )


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
    manifest = manifest_of(result, {"overrides": list(overrides)})
    text = as_json(manifest, indent=2, ensure_ascii=False) + "\n"
    files: dict[str, bytes | Callable[[Path], object]] = {
        parquet_name(name): partial(write_parquet, name, result.table(name)) for name in result.stored
    }
    try:
        write_folder(place, {**files, MANIFEST.file: text.encode("utf-8")})
    except OSError as error:
        raise ResultError(f"cannot store the result in '{place}': {error.strerror or error}") from error


def load(directory: str | PathLike[str], make: type[_R]) -> _R:
    """Read a stored result; see `Result.load`."""
    place = Path(directory)
    manifest = MANIFEST.load(place)
    _check_tables(manifest, str(place))
    tables = {}
    for name in _known_tables():
        path = place / parquet_name(name)
        with contextlib.suppress(FileNotFoundError), open_whole(path) as file:
            tables[name] = read_parquet_table(name, file, str(path))
    return _assembled(manifest, tables, str(place), make)
