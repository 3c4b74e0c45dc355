"""Parquet tables from strangers: what they would fill in memory is known before they are read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Final

from qsim.errors import ResultError
from qsim.files import guarded

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

#: Cells that a table may have whatever its size in bytes; beyond them it has at most one for each byte.
_FREE_CELLS: Final = 100_000
#: Bytes of text that a column may have whatever the table's size, and for each byte of it.
_FREE_TEXT: Final = 64 * 2**20
_TEXT_GROWS: Final = 64
#: How tables of ours are packed; others would grow a thousandfold.
_PACKED: Final = ("SNAPPY", "UNCOMPRESSED")


def read_parquet(file: BinaryIO, place: str) -> pa.Table:
    """A table; columns of text are dictionaries, so that a text is there once.

    Args:
        file: the open file.
        place: where it lies, for messages.

    Raises:
        ResultError: it is damaged, or would grow out of all proportion.
    """
    import pyarrow as pa

    stored = open_parquet(file, place)
    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        table = stored.read()
        for field in stored.schema_arrow:
            if pa.types.is_dictionary(field.type):
                _check_text(table.column(field.name), _size(file), f"{place}: {field.name}")
    return table


def open_parquet(file: BinaryIO, place: str) -> pq.ParquetFile:
    """A file of Parquet whose size once it is read is in proportion; arguments and errors as above."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with guarded(lambda why: ResultError(f"'{place}' is damaged: {why}")):
        schema = pq.read_schema(file)
        texts = [field.name for field in schema if field.type == pa.string()]
        file.seek(0)
        stored = pq.ParquetFile(file, read_dictionary=texts)
        _check_cells(stored.metadata, _size(file), place)
    return stored


def _size(file: BinaryIO) -> int:
    here = file.tell()
    size = file.seek(0, io.SEEK_END)
    file.seek(here)
    return size


def _check_cells(said: pq.FileMetaData, size: int, place: str) -> None:
    groups = [said.row_group(index) for index in range(said.num_row_groups)]
    chunks = [group.column(index) for group in groups for index in range(group.num_columns)]
    if any(chunk.compression not in _PACKED for chunk in chunks):
        raise ResultError(f"'{place}' is refused: it is packed in another way than qsim does")
    rows = max(said.num_rows, sum(group.num_rows for group in groups))
    cells = max(rows * said.num_columns, sum(chunk.num_values for chunk in chunks))
    if cells > _FREE_CELLS + size:
        raise ResultError(f"'{place}' is refused: its {size} bytes would grow to {cells} cells")


def _check_text(column: pa.ChunkedArray, size: int, place: str) -> None:
    for chunk in column.chunks:
        longest = max((len(text) for text in chunk.dictionary.to_pylist() if text is not None), default=0)
        if longest * len(chunk) > _FREE_TEXT + _TEXT_GROWS * size:
            raise ResultError(f"'{place}' is refused: its {size} bytes would grow to {longest * len(chunk)}")
