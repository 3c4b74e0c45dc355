"""Tables of a result as files: each as Parquet, or the small ones together as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from qsim.errors import ResultError
from qsim.files import guarded, read_json
from qsim.model.pair_table import PairTable, cells
from qsim.model.rows import Column, columns, row_class
from qsim.results.parquet_reader import open_parquet, read_parquet

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from qsim.model.outcome import RunOutcome

#: The file that has small tables together, a list for each column.
WORDS: Final = "tables.json"
#: Most rows of a table that goes there, and bytes of all together: Parquet takes a millisecond for a table
#: however small it is, and JSON grows with the rows.
_MOST_ROWS, _MOST_BYTES = 2000, 2**19


def parquet_name(table: str) -> str:
    """The file that holds a table as Parquet."""
    return f"{table}.parquet"


def write_parquet(table: str, rows: Sequence[Any], where: Path | BinaryIO) -> None:
    """Write a table of a result as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {int: pa.int64(), float: pa.float64(), str: pa.string(), tuple: pa.list_(pa.string())}

    def field(column: Column) -> pa.Field:
        meaning = {"description": column.doc}
        return pa.field(column.name, types[column.type], nullable=column.optional, metadata=meaning)

    described = columns(table)
    # Empty cells of an array are NaN.
    arrays = [
        pa.array(cells(rows, column), types[column.type], from_pandas=column.optional) for column in described
    ]
    made = pa.Table.from_arrays(arrays, schema=pa.schema([field(column) for column in described]))
    # Times hardly ever repeat: a dictionary of them would be made and thrown away.
    pq.write_table(made, where, use_dictionary=_repeating(table))


def _repeating(table: str) -> list[str] | bool:
    return ["flow", "fidelity"] if table == "pairs" else True


def read_parquet_table(table: str, file: BinaryIO, place: str) -> Sequence[Any]:
    """The rows of a table that `write_parquet` wrote.

    Args:
        table: its name.
        file: the open file.
        place: where it lies, for messages.

    Raises:
        ResultError: it is damaged, or would grow out of all proportion.
    """
    if table == "pairs":
        with open_parquet(file, place) as stored:
            described = _named(table, stored.schema_arrow.names, place)
            with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
                return _pairs(stored, described)
    read = read_parquet(file, place)
    described = _named(table, read.column_names, place)
    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        return _rows(table, {column.name: read.column(column.name).to_pylist() for column in described})


def _named(table: str, names: Sequence[str], place: str) -> list[Column]:
    """The columns that a file of a table has; those that earlier versions lack may be missing.

    Raises:
        ResultError: it has others.
    """
    described = [column for column in columns(table) if not column.added or column.name in names]
    if list(names) != [column.name for column in described]:
        wanted = ", ".join(column.name for column in described)
        raise ResultError(f"'{place}' is damaged: expected the columns {wanted}; got {', '.join(names)}")
    return described


def _pairs(stored: pa.parquet.ParquetFile, described: Sequence[Column]) -> PairTable:
    """The pairs of a file, column by column: all at once they would be in memory twice.

    Raises:
        TypeError: a column is of another type, or has an empty cell where none may be.
    """
    import numpy as np
    import pyarrow as pa

    size = stored.metadata.num_rows
    made = {column.name: np.full(size, np.nan) for column in columns("pairs") if column.added}
    for column in described:
        read = stored.read(columns=[column.name]).column(0)
        made[column.name] = read.to_numpy()
        empty = read.null_count and not column.optional
        if empty or (size and made[column.name].dtype != np.dtype(column.type)):
            raise TypeError(f"the column {column.name} holds no {column.type.__name__}")
        # Arrow would keep the memory of every column for later.
        del read
        pa.default_memory_pool().release_unused()
    return PairTable(made)


def to_words(result: RunOutcome) -> tuple[bytes, list[str]]:
    """Small tables of a result together as JSON, and the names of the others, which have rows too.

    Recorded pairs are always among the others. Tables without rows are left out.
    """
    texts: dict[str, str] = {}
    others = []
    for name in result.stored:
        rows = result.table(name)
        if not rows:
            continue
        text = "" if name == "pairs" or len(rows) > _MOST_ROWS else _spelt(name, rows)
        if text and sum(map(len, texts.values())) + len(text) < _MOST_BYTES:
            texts[name] = text
        else:
            others.append(name)
    listed = ",".join(f'"{name}":{text}' for name, text in texts.items())
    return f"{{{listed}}}".encode(), others


def _spelt(table: str, rows: Sequence[Any]) -> str:
    plain = {
        column.name: [None if cell is None else column.type(cell) for cell in cells(rows, column)]
        for column in columns(table)
    }
    return json.dumps(plain, separators=(",", ":"))


def from_words(contents: bytes, place: str) -> dict[str, tuple[Any, ...]]:
    """The rows of the tables that `to_words` wrote, by name.

    Raises:
        ResultError: they are damaged.
    """
    said = read_json(contents, place)
    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        return {name: _rows(name, own) for name, own in said.items()}


def _rows(table: str, lists: Mapping[str, Any]) -> tuple[Any, ...]:
    """The rows of a table of its columns.

    Raises:
        KeyError, TypeError, ValueError: they are those of no table.
    """
    described = [column for column in columns(table) if not column.added or column.name in lists]
    checked = [_checked(lists[column.name], column) for column in described]
    return tuple(row_class(table)(*values) for values in zip(*checked, strict=True))


def _checked(values: list[Any], column: Column) -> list[Any]:
    """The cells of a column as its rows hold them.

    Raises:
        TypeError: they are of another type.
    """
    if column.type is tuple:
        values = [tuple(value) for value in values]
        if not {type(name) for value in values for name in value} <= {str}:
            raise TypeError(f"the column {column.name} holds no lists of names")
    types = {column.type, type(None)} if column.optional else {column.type}
    if not {type(value) for value in values} <= types:
        raise TypeError(f"the column {column.name} holds no {column.type.__name__}")
    return values
