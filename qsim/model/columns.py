"""Tables of rows: the columns of a row dataclass, with their types, units and meanings.

The row dataclasses in `qsim.model.rows` say everything once: the order of the fields is the order of the
columns, the annotation is the type, and its `Cell` is the meaning, which travels into the stored tables.

Example:
    >>> [(column.name, column.type.__name__, column.doc) for column in columns("pairs")][1]
    ('time_s', 'float', 'when the initiator had it')
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Iterable
from typing import Any

from qsim.model.rows import FlowRow, HopRow, LinkRow, MemoryRow, MetricRow, PairRow, Stall

#: The tables of a result, each with its row class, in the order in which they are shown and stored.
TABLES: dict[str, Any] = {
    "flows": FlowRow,
    "unfinished": FlowRow,
    "hops": HopRow,
    "links": LinkRow,
    "memories": MemoryRow,
    "metrics": MetricRow,
    "pairs": PairRow,
    "stalls": Stall,
}
#: The tables that are stored; the others follow from them.
STORED = tuple(name for name in TABLES if name != "hops")


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: name of the column and of the row's field.
        type: `int`, `float`, `str`, or `tuple` for a list of names.
        optional: whether a cell may be empty.
        unit: SI unit; "1" for a pure number, None for text and for numbers whose unit their row tells.
        doc: meaning, without a full stop.
    """

    name: str
    type: type
    optional: bool
    unit: str | None
    doc: str


@functools.cache
def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table of `TABLES`, in order."""
    described = []
    for name, hint in typing.get_type_hints(TABLES[table], include_extras=True).items():
        type_, cell = typing.get_args(hint)
        kind, optional = _cell_type(type_)
        described.append(Column(name, kind, optional, cell.unit, cell.doc))
    return tuple(described)


def as_mappings(table: str, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows of a table as column names and plain values: numbers, text, lists of names, or None."""
    described = columns(table)
    return [{column.name: _plain(column, getattr(row, column.name)) for column in described} for row in rows]


def _plain(column: Column, value: Any) -> Any:
    if value is None:
        return None
    return list(value) if column.type is tuple else column.type(value)


def _cell_type(hint: Any) -> tuple[type, bool]:
    optional = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (member for member in typing.get_args(hint) if member is not types.NoneType)
        optional = True
    return typing.get_origin(hint) or hint, optional
