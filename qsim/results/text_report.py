"""A result as a page of text: a head line, then the tables, then what needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from qsim.errors import printable
from qsim.model.rows import Column, FlowRow, HopRow, LinkRow, MemoryRow, MetricRow
from qsim.model.rows import columns as columns_of
from qsim.results.number_text import count, fidelity, number, per_cent, seconds, span
from qsim.results.text_tables import ALWAYS, SHOWN, Cell, TextTable, plain_text, words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qsim.model.outcome import RunOutcome

_R = TypeVar("_R")


def as_text(result: RunOutcome, width: int | None) -> str:
    """The report as plain text, lines no longer than `width`; None lets them be as long as they are."""
    if width is not None:
        return plain_text(report(result, width), width)
    # No line has to be broken, for which rich would have to be loaded.
    parts = [part.text(None) if isinstance(part, TextTable) else f"{part.text}\n" for part in _page(result)]
    return "".join(f"{line.rstrip()}\n" for line in "".join(parts).expandtabs().splitlines())


def report(result: RunOutcome, width: int) -> RenderableType:
    """The report for a rich console of so many columns of text; tables shed columns when it is narrow."""
    from rich.console import Group
    from rich.text import Text

    return Group(
        *(
            part.render(width) if isinstance(part, TextTable) else Text(part.text, style=part.style)
            for part in _page(result)
        )
    )


def _page(result: RunOutcome) -> list[Cell | TextTable]:
    """The report from top to bottom, its lines as cells."""
    tables = (
        _flows("Finished flows", result.flows),
        _flows("Unfinished flows", result.unfinished),
        _table("Finished flows by number of hops", result.hops, _HOPS),
        _table("Links", result.links, _LINKS),
        _table("Memories", result.memories, _MEMORIES),
        _table("Measured by applications", result.metrics, _METRICS),
        *(_own(name, rows) for name, rows in result.own.items()),
    )
    shown = (part for table in tables if table.rows for part in (Cell(""), table))
    return [*_head(result), *shown, Cell(""), *_foot(result)]


def _head(result: RunOutcome) -> list[Cell]:
    rate = f", {number(result.events / result.wall_s)} events/s" if result.wall_s > 0 else ""
    simulated = f"{seconds(result.simulated_s)} simulated in {seconds(result.wall_s)}"
    return [
        Cell(printable(result.name) or "(unnamed scenario)", "bold"),
        Cell(f"seed {result.seed}: {simulated}, {count(result.events, 'event')}{rate}"),
    ]


def _foot(result: RunOutcome) -> list[Cell]:
    pairs = sum(flow.pairs for flow in (*result.flows, *result.unfinished))
    rate = f" ({number(pairs / result.simulated_s)} a second)" if result.simulated_s > 0 else ""
    ended = Counter(flow.status for flow in result.flows if flow.status != "completed")
    others = "".join(f"{amount} {status}, " for status, amount in ended.items())
    lines = [
        f"{count(result.completed, 'flow')} completed, {others}{len(result.unfinished)} unfinished; "
        f"{count(result.rejected, 'reservation attempt')} rejected",
        f"{count(pairs, 'pair')} delivered{rate}",
        f"fingerprint {result.fingerprint}",
    ]
    if result.trace_fingerprint is not None:
        lines.append(f"trace fingerprint {result.trace_fingerprint}")
    lines.extend(
        printable(f"stalled: {stall.initiator} → {stall.responder} at {seconds(stall.time_s)}: {stall.cause}")
        for stall in result.stalls
    )
    lines.extend(printable(f"note: {note}") for note in result.notes)
    cells = [Cell(line) for line in lines]
    if result.interrupted:
        cells.append(Cell(f"interrupted at {seconds(result.simulated_s)} of simulated time", "bold"))
    return cells


class _Column(NamedTuple, Generic[_R]):
    """A column of a table: its heading, what it says of a row, its importance, and where it is aligned."""

    title: str
    cell: Callable[[_R], str | Cell]
    keep: int = ALWAYS
    right: bool = True


def _table(title: str, rows: Iterable[_R], columns: Sequence[_Column[_R]]) -> TextTable:
    table = TextTable(title, shown=SHOWN)
    for column in columns:
        table.column(column.title, right=column.right, keep=column.keep)
    for row in rows:
        table.row(*(column.cell(row) for column in columns))
    return table


def _flows(title: str, flows: tuple[FlowRow, ...]) -> TextTable:
    keys = any(flow.key_rate_hz is not None for flow in flows)
    usual = all(flow.status == "completed" for flow in flows)
    columns = (*_FLOWS, *(_KEYS if keys else ()), *(() if usual else (_STATUS,)))
    return _table(title, flows, columns)


def _measured(row: MetricRow, value: float | None) -> str:
    return seconds(value) if row.unit == "s" else number(value)


def _own(name: str, rows: Iterable[Any]) -> TextTable:
    """A table of which nothing is known but what its columns say of themselves."""
    columns: list[_Column[Any]] = [
        _Column(
            _heading(column),
            partial(_cell, column),
            ALWAYS if place < 4 else 9 - min(place, 8),
            right=column.type in (int, float),
        )
        for place, column in enumerate(columns_of(name))
    ]
    return _table(words(name), rows, columns)


def _heading(column: Column) -> str:
    """The name of a column in words; its unit where its cells do not tell it."""
    words = column.name
    if column.unit not in (None, "1"):
        words = words.rpartition("_")[0]
    words = words.replace("_", " ")
    return words if column.unit in (None, "1", "s") else f"{words}, {column.unit}"


def _cell(column: Column, row: Any) -> str:
    value = getattr(row, column.name)
    if column.type is tuple:
        return printable(" ".join(value))
    if column.type is not float:
        return printable(str("" if value is None else value))
    return seconds(value) if column.unit == "s" else number(value)


def _of_wanted(flow: FlowRow) -> str:
    """Pairs delivered, and how many were wanted where the flow has not got them all."""
    missing = flow.wanted is not None and flow.pairs < flow.wanted
    return f"{flow.pairs} of {flow.wanted}" if missing else str(flow.pairs)


_FLOWS: tuple[_Column[FlowRow], ...] = (
    _Column("from → to", lambda flow: f"{flow.initiator} → {flow.responder}", right=False),
    _Column("hops", lambda flow: str(len(flow.path) - 1), 3),
    _Column("window", lambda flow: span(flow.start_s, flow.end_s), 5),
    _Column("memories", lambda flow: str(flow.memories), 2),
    _Column("target F", lambda flow: fidelity(flow.target_fidelity), 1),
    _Column("waited", lambda flow: seconds(flow.wait_s), 4),
    _Column("pairs", _of_wanted, 8),
    _Column("pairs/s", lambda flow: number(flow.throughput_hz)),
    _Column("fidelity", lambda flow: fidelity(flow.fidelity_mean), 7),
)
#: Of runs that are told to say what key their pairs give.
_KEYS: tuple[_Column[FlowRow], ...] = (
    _Column("error z", lambda flow: number(flow.error_z), 2),
    _Column("error x", lambda flow: number(flow.error_x), 2),
    _Column("key bits/s", lambda flow: number(flow.key_rate_hz), 8),
)
_STATUS: _Column[FlowRow] = _Column(
    "status", lambda flow: Cell(flow.status, "" if flow.status == "completed" else "yellow"), 6, right=False
)
_HOPS: tuple[_Column[HopRow], ...] = (
    _Column("hops", lambda row: str(row.hops)),
    _Column("flows", lambda row: str(row.flows)),
    _Column("pairs", lambda row: str(row.pairs), 7),
    _Column("mean pairs/s", lambda row: number(row.throughput_mean_hz)),
    _Column("± (95 %)", lambda row: number(row.throughput_ci95_hz), 6),
    _Column("fidelity", lambda row: fidelity(row.fidelity_mean), 8),
    _Column("mean wait", lambda row: seconds(row.wait_mean_s), 5),
)
_LINKS: tuple[_Column[LinkRow], ...] = (
    _Column("between", lambda link: f"{link.a} - {link.b}", right=False),
    _Column("length", lambda link: f"{number(link.length_m / 1e3)} km", 4),
    _Column("attempts", lambda link: str(link.attempts), 6),
    _Column("heralds", lambda link: str(link.heralds), 8),
    _Column("mean wait", lambda link: seconds(link.mean_wait_s), 7),
    _Column("p(attempt)", lambda link: number(link.success_probability), 5),
    _Column("fidelity", lambda link: fidelity(link.fidelity), 5),
)
_MEMORIES: tuple[_Column[MemoryRow], ...] = (
    _Column("node", lambda row: row.node, right=False),
    _Column("memories", lambda row: str(row.memories)),
    _Column("reserved", lambda row: per_cent(row.utilisation)),
    _Column("entangled", lambda row: per_cent(row.entangled)),
    _Column("expired", lambda row: str(row.expired), 5),
)
_METRICS: tuple[_Column[MetricRow], ...] = (
    _Column("application", lambda row: row.source, right=False),
    _Column(
        "quantity", lambda row: row.metric + ("" if row.unit in ("s", "1") else f", {row.unit}"), right=False
    ),
    _Column("n", lambda row: str(row.n)),
    _Column("mean", lambda row: _measured(row, row.mean)),
    _Column("deviation", lambda row: _measured(row, row.sd), 5),
)
