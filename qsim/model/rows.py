"""The tables of a result: a dataclass for the rows of each, and its columns, which follow from it.

The order of the fields is the order of the columns, the annotation is the type, and its `Cell` the meaning.

Example:
    >>> [(column.name, column.type.__name__, column.doc) for column in columns("pairs")][1]
    ('time_s', 'float', 'when it was delivered: the later end used its half')
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from qsim import registry
from qsim.errors import ResultError, nearest


class Cell(NamedTuple):
    """What the cells of a column say.

    Attributes:
        doc: meaning, without a full stop.
        unit: SI unit; "1" for a pure number, None for text and for numbers whose unit their row tells.
        added: whether results that earlier versions stored lack the column; its cells are None there.
    """

    doc: str
    unit: str | None = None
    added: bool = False


class Row:
    """Base of the rows of a table that results have beside their own; registered under the kind "table".

    A subclass is a frozen dataclass whose fields are annotated with a `Cell`. A result has the table where
    something has left rows of it.
    """

    __slots__ = ()


registry.define_kind("table", Row, "how-to/application.md")


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One reservation that was served."""

    initiator: Annotated[str, Cell("names of the two ends")]
    responder: Annotated[str, Cell("names of the two ends")]
    path: Annotated[tuple[str, ...], Cell("names of all nodes from initiator to responder")]
    start_s: Annotated[float, Cell("the time window served, seconds of simulated time", "s")]
    end_s: Annotated[float, Cell("the time window served, seconds of simulated time", "s")]
    memories: Annotated[int, Cell("memories reserved at each end", "1")]
    target_fidelity: Annotated[float, Cell("least fidelity of a delivered pair", "1")]
    wait_s: Annotated[
        float,
        Cell("from when the request was asked for, or its stated start if that is later, to its window", "s"),
    ]
    pairs: Annotated[int, Cell("pairs delivered: both ends used their halves", "1")]
    throughput_hz: Annotated[float, Cell("pairs per second of the window", "Hz")]
    fidelity_mean: Annotated[
        float | None,
        Cell("mean fidelity of the delivered pairs as their use saw them; None when there were none", "1"),
    ]
    latency_mean_s: Annotated[
        float | None,
        Cell(
            "mean time between deliveries (at the later end), from the window's start; None when there were "
            "none",
            "s",
        ),
    ]
    status: Annotated[
        str,
        Cell(
            '"completed" when the window ended (or the request was satisfied) within the run, "short" when '
            'it did with fewer pairs than were wanted, "failed" when '
            'a fault ended it, "open" when the run ended first, "stalled" when it could no longer progress'
        ),
    ]
    wanted: Annotated[
        int | None, Cell("pairs asked for; None for as many as the window gives", "1", True)
    ] = None
    fault: Annotated[str | None, Cell("what was at fault, where a fault ended it", None, True)] = None
    hit_by: Annotated[
        str | None,
        Cell(
            "what was down on its path, or on any of its paths, in its window; separated by commas",
            None,
            True,
        ),
    ] = None
    down_s: Annotated[
        float | None,
        Cell(
            "time of its window for which anything on its path was down, or on each of its paths", "s", True
        ),
    ] = None
    error_z: Annotated[
        float | None,
        Cell("share of unequal bits if both ends measured in Z; told with `run.error_rates`", "1", True),
    ] = None
    error_x: Annotated[float | None, Cell("the same in X", "1", True)] = None
    key_fraction: Annotated[
        float | None,
        Cell("secret bits per pair of a long key: 1 - h(error_z) - h(error_x), or 0", "1", True),
    ] = None
    key_rate_hz: Annotated[float | None, Cell("secret bits per second of the window", "Hz", True)] = None


@dataclass(frozen=True, slots=True)
class HopRow:
    """The served flows whose paths have the same number of links."""

    hops: Annotated[int, Cell("links on the path", "1")]
    flows: Annotated[int, Cell("how many flows there were", "1")]
    pairs: Annotated[int, Cell("pairs that they delivered together", "1")]
    throughput_mean_hz: Annotated[float, Cell("mean over the flows of their pairs per second", "Hz")]
    throughput_ci95_hz: Annotated[
        float | None,
        Cell(
            "half width of the 95 % confidence interval of that mean; None for a single flow",
            "Hz",
        ),
    ]
    fidelity_mean: Annotated[
        float | None, Cell("mean fidelity of the delivered pairs; None when there were none", "1")
    ]
    wait_mean_s: Annotated[float, Cell("mean over the flows of their waiting times", "s")]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link over the whole run."""

    link: Annotated[str, Cell("name of the link")]
    a: Annotated[str, Cell("its two nodes")]
    b: Annotated[str, Cell("its two nodes")]
    length_m: Annotated[float, Cell("fibre length between them", "m")]
    attempts: Annotated[int, Cell("entanglement attempts made", "1")]
    heralds: Annotated[int, Cell("attempts that were heralded as successful", "1")]
    mean_wait_s: Annotated[
        float | None,
        Cell(
            "mean time from both memories being free to the herald at the later end; None without heralds",
            "s",
        ),
    ]
    success_probability: Annotated[float, Cell("of one attempt, as modelled", "1")]
    fidelity: Annotated[float, Cell("of a freshly heralded pair, as modelled", "1")]


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The memories of one node, averaged over the simulated time and over all its memories."""

    node: Annotated[str, Cell("name of the node")]
    memories: Annotated[int, Cell("how many it has", "1")]
    utilisation: Annotated[
        float, Cell("share of memory-time that was reserved by the requests being served", "1")
    ]
    entangled: Annotated[float, Cell("share of memory-time that held one half of a pair", "1")]
    expired: Annotated[int, Cell("pairs dropped at this node because they grew too old", "1")]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One delivered pair (kept only when the run records pairs)."""

    flow: Annotated[int, Cell("index of its row among the flows, followed by the unfinished ones", "1")]
    time_s: Annotated[float, Cell("when it was delivered: the later end used its half", "s")]
    fidelity: Annotated[
        float,
        Cell("of the state that the uses saw: each half decayed until its own, or both until the later", "1"),
    ]
    age_s: Annotated[float, Cell("then, since the storage of the oldest half in it began", "s")]
    initiator_time_s: Annotated[float | None, Cell("when the initiator used its half", "s", True)] = None
    responder_time_s: Annotated[float | None, Cell("when the responder used its half", "s", True)] = None


@dataclass(frozen=True, slots=True)
class Stall:
    """A request that could no longer progress."""

    time_s: Annotated[float, Cell("when its last activity ended", "s")]
    initiator: Annotated[str, Cell("its ends")]
    responder: Annotated[str, Cell("its ends")]
    cause: Annotated[str, Cell("what blocks it, and what would cure it")]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One quantity that an application measured beside its flows."""

    source: Annotated[str, Cell("the application")]
    metric: Annotated[str, Cell("name of the quantity")]
    unit: Annotated[str, Cell('its SI unit; "1" for a pure number')]
    n: Annotated[int, Cell("how many measurements", "1")]
    mean: Annotated[float | None, Cell("their mean; None of nothing")]
    sd: Annotated[float | None, Cell("their standard deviation; None below two")]


#: The tables of every result, each with its row class, in the order in which they are shown and stored.
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
#: Those that are stored; the others follow from them.
STORED = tuple(name for name in TABLES if name != "hops")


def row_class(table: str) -> Any:
    """The class of the rows of a table.

    Raises:
        ResultError: there is no such table.
    """
    if table in TABLES:
        return TABLES[table]
    known = known_tables()
    if table not in known:
        raise ResultError(f"a result has no table '{table}'{nearest(table, known)}")
    return registry.lookup("table", table)


def known_tables() -> tuple[str, ...]:
    """The names of all tables that a result may have."""
    return (*TABLES, *registry.names("table"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: name of the column and of the row's field.
        type: `int`, `float`, `str`, or `tuple` for a list of names.
        optional: whether a cell may be empty.
        unit: SI unit; "1" for a pure number, None for text and for numbers whose unit their row tells.
        doc: meaning, without a full stop.
        added: whether results that earlier versions stored lack it.
    """

    name: str
    type: type
    optional: bool
    unit: str | None
    doc: str
    added: bool = False


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table, in order.

    Raises:
        ResultError: there is no such table.
    """
    return _columns_of(row_class(table))


@functools.cache
def _columns_of(row: type) -> tuple[Column, ...]:
    described = []
    for name, hint in typing.get_type_hints(row, include_extras=True).items():
        type_, cell = typing.get_args(hint)
        kind, optional = _cell_type(type_)
        described.append(Column(name, kind, optional, cell.unit, cell.doc, cell.added))
    return tuple(described)


def as_mappings(table: str, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The rows of a table as column names and plain values: numbers, text, lists of names, or None."""
    described = columns(table)
    return [
        {
            column.name: _plain(column, value)
            for column in described
            if (value := getattr(row, column.name)) is not None or not column.added
        }
        for row in rows
    ]


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
