"""Delivered pairs by column: ten million of them take half a gigabyte, where rows would take eight."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, overload

from qsim.errors import ResultError, nearest
from qsim.model.rows import Column, PairRow, columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Rows that are made at a time where all are asked for, one after the other.
_BLOCK = 4096


class PairTable(Sequence[PairRow]):
    """A table of delivered pairs that looks like a sequence of its rows and keeps columns.

    A row is made when it is asked for, a slice is a table, and a table equals any tuple or list of the same
    rows. An empty cell is NaN in its column and None in its row.

    Args:
        cells: an array for each column of `PairRow`; of one length, and not to be changed any more.

    Raises:
        ResultError: a column is missing, or they differ in length.

    Example:
        >>> table = PairTable.of([PairRow(0, 1.75, 0.93, 1e-4), PairRow(1, 2.0, 0.92, 2e-4)])
        >>> len(table), table[1].fidelity, table.column("time_s").tolist()
        (2, 0.92, [1.75, 2.0])
    """

    __slots__ = ("_cells",)

    def __init__(self, cells: Mapping[str, NDArray[Any]]) -> None:
        if cells.keys() != {column.name for column in _columns()}:
            wanted = ", ".join(column.name for column in _columns())
            raise ResultError(f"a table of pairs has the columns {wanted}; got {', '.join(cells)}")
        if len({array.shape for array in cells.values()}) > 1:
            sizes = ", ".join(f"{name} {array.shape}" for name, array in cells.items())
            raise ResultError(f"the columns of a table of pairs differ in length: {sizes}")
        self._cells = {column.name: _typed(column, cells[column.name]) for column in _columns()}

    @classmethod
    def of(cls, rows: Iterable[PairRow]) -> PairTable:
        """The table of some rows; a table is itself."""
        if isinstance(rows, cls):
            return rows
        import numpy as np

        listed = list(rows)
        cells = {column.name: [getattr(row, column.name) for row in listed] for column in _columns()}
        # None becomes NaN on the way to a number.
        return cls({column.name: np.array(cells[column.name], dtype=column.type) for column in _columns()})

    @classmethod
    def joined(cls, tables: Sequence[PairTable]) -> PairTable:
        """The rows of several tables, one table after the other."""
        import numpy as np

        if not tables:
            return cls.of(())
        return cls(
            {
                column.name: np.concatenate([table.column(column.name) for table in tables])
                for column in _columns()
            }
        )

    def column(self, name: str) -> NDArray[Any]:
        """The cells of one column, int64 or float64, which cannot be written to; empty ones are NaN.

        Raises:
            ResultError: there is no such column.
        """
        if name not in self._cells:
            raise ResultError(f"a table of pairs has no column '{name}'{nearest(name, self._cells)}")
        return self._cells[name]

    def chosen(self, which: NDArray[np.bool_]) -> PairTable:
        """The rows for which a mask, one truth value a row, holds."""
        return PairTable({name: array[which] for name, array in self._cells.items()})

    @property
    def digest(self) -> str:
        """Digest of every bit of the table, 32 hexadecimal characters, the same on all machines."""
        made = hashlib.blake2b(digest_size=16)
        for name, array in self._cells.items():
            made.update(f"{name} {len(array)}\n".encode())
            made.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
        return made.hexdigest()

    def __len__(self) -> int:
        return len(self._cells["flow"])

    @overload
    def __getitem__(self, place: int) -> PairRow: ...
    @overload
    def __getitem__(self, place: slice) -> PairTable: ...
    def __getitem__(self, place: int | slice) -> PairRow | PairTable:
        if isinstance(place, slice):
            return PairTable({name: array[place] for name, array in self._cells.items()})
        (row,) = self._rows([array[place].item()] for array in self._cells.values())
        return row

    def __iter__(self) -> Iterator[PairRow]:
        for begin in range(0, len(self), _BLOCK):
            yield from self._rows(array[begin : begin + _BLOCK].tolist() for array in self._cells.values())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PairTable):
            return len(self) == len(other) and all(
                _same(array, other.column(name)) for name, array in self._cells.items()
            )
        if isinstance(other, tuple | list):
            return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<PairTable of {len(self)} pairs>"

    @staticmethod
    def _rows(cells: Iterable[list[Any]]) -> Iterator[PairRow]:
        filled = (
            [None if cell != cell else cell for cell in own] if column.optional else own
            for column, own in zip(_columns(), cells, strict=True)
        )
        return map(PairRow, *filled)


def cells(rows: Sequence[Any], column: Column) -> Any:
    """The cells of one column of any table: an array where the table keeps columns, a list otherwise."""
    if isinstance(rows, PairTable):
        return rows.column(column.name)
    return [getattr(row, column.name) for row in rows]


def joined(tables: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The rows of several tables of one sort, one table after the other."""
    if any(isinstance(table, PairTable) for table in tables):
        return PairTable.joined([PairTable.of(table) for table in tables])
    return [row for table in tables for row in table]


@cache
def _columns() -> tuple[Column, ...]:
    return columns("pairs")


def _typed(column: Column, array: NDArray[Any]) -> NDArray[Any]:
    """A view of an array of the column's type that cannot be written to, in one piece."""
    import numpy as np

    typed: NDArray[Any] = np.ascontiguousarray(array, dtype=column.type).view()
    typed.flags.writeable = False
    return typed


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    import numpy as np

    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
