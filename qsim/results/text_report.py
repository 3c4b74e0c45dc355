"""A result as a page of text: a head line, then the tables, then what needs attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from qsim.model.rows import FlowRow, HopRow, LinkRow, MemoryRow, MetricRow
from qsim.results.number_text import count, fidelity, number, per_cent, seconds, span
from qsim.results.text_tables import SHOWN, Cell, TextTable, plain_text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qsim.model.outcome import RunOutcome


def as_text(result: RunOutcome, width: int) -> str:
    """The report as plain text, lines no longer than `width`."""
    return plain_text(report(result, width), width)


def report(result: RunOutcome, width: int) -> RenderableType:
    """The report for a rich console.

    Args:
        result: what to show.
        width: columns of text available; less important columns of a table give way when it is narrow.
    """
    parts: list[RenderableType] = [_head(result)]
    tables = (
        _flows("Completed flows", result.flows),
        _flows("Unfinished flows", result.unfinished),
        _hops(result.hops),
        _links(result.links),
        _memories(result.memories),
        _metrics(result.metrics),
    )
    parts += [part for table in tables if table.rows for part in ("", table.render(width))]
    return Group(*parts, "", *_foot(result))


def _head(result: RunOutcome) -> RenderableType:
    rate = f", {number(result.events / result.wall_s)} events/s" if result.wall_s > 0 else ""
    simulated = f"{seconds(result.simulated_s)} simulated in {seconds(result.wall_s)}"
    return Group(
        Text(result.name or "(unnamed scenario)", style="bold"),
        Text(f"seed {result.seed}: {simulated}, {count(result.events, 'event')}{rate}"),
    )


def _foot(result: RunOutcome) -> list[RenderableType]:
    pairs = sum(flow.pairs for flow in (*result.flows, *result.unfinished))
    rate = f" ({number(pairs / result.simulated_s)} a second)" if result.simulated_s > 0 else ""
    lines: list[RenderableType] = [
        Text(f"{count(result.completed, 'flow')} completed, {len(result.unfinished)} unfinished; "
             f"{count(result.rejected, 'reservation attempt')} rejected"),
        Text(f"{count(pairs, 'pair')} delivered{rate}"),
        Text(f"fingerprint {result.fingerprint}"),
    ]  # fmt: skip
    if result.trace_fingerprint is not None:
        lines.append(Text(f"trace fingerprint {result.trace_fingerprint}"))
    lines.extend(
        Text(f"stalled: {stall.initiator} → {stall.responder} at {seconds(stall.time_s)}: {stall.cause}")
        for stall in result.stalls
    )
    lines.extend(Text(f"note: {note}") for note in result.notes)
    if result.interrupted:
        lines.append(Text(f"interrupted at {seconds(result.simulated_s)} of simulated time", style="bold"))
    return lines


def _flows(title: str, flows: tuple[FlowRow, ...]) -> TextTable:
    table = TextTable(title, shown=SHOWN)
    table.column("from → to", keep=9)
    table.column("hops", right=True, keep=3)
    table.column("window", right=True, keep=5)
    table.column("memories", right=True, keep=2)
    table.column("target F", right=True, keep=1)
    table.column("waited", right=True, keep=4)
    table.column("pairs", right=True, keep=8)
    table.column("pairs/s", right=True, keep=9)
    table.column("fidelity", right=True, keep=7)
    table.column("status", keep=0 if all(flow.status == "completed" for flow in flows) else 6)
    for flow in flows:
        table.row(
            f"{flow.initiator} → {flow.responder}",
            str(len(flow.path) - 1),
            span(flow.start_s, flow.end_s),
            str(flow.memories),
            fidelity(flow.target_fidelity),
            seconds(flow.wait_s),
            str(flow.pairs),
            number(flow.throughput_hz),
            fidelity(flow.fidelity_mean),
            Cell(flow.status, "" if flow.status == "completed" else "yellow"),
        )
    return table


def _hops(hops: tuple[HopRow, ...]) -> TextTable:
    table = TextTable("Completed flows by number of hops", shown=SHOWN)
    table.column("hops", right=True)
    table.column("flows", right=True)
    table.column("pairs", right=True, keep=7)
    table.column("mean pairs/s", right=True)
    table.column("± (95 %)", right=True, keep=6)
    table.column("fidelity", right=True, keep=8)
    table.column("mean wait", right=True, keep=5)
    for row in hops:
        table.row(
            str(row.hops),
            str(row.flows),
            str(row.pairs),
            number(row.throughput_mean_hz),
            number(row.throughput_ci95_hz),
            fidelity(row.fidelity_mean),
            seconds(row.wait_mean_s),
        )
    return table


def _links(links: tuple[LinkRow, ...]) -> TextTable:
    table = TextTable("Links", shown=SHOWN)
    table.column("between", keep=9)
    table.column("length", right=True, keep=4)
    table.column("attempts", right=True, keep=6)
    table.column("heralds", right=True, keep=8)
    table.column("mean wait", right=True, keep=7)
    table.column("p(attempt)", right=True, keep=5)
    table.column("fidelity", right=True, keep=5)
    for link in links:
        table.row(
            f"{link.a} - {link.b}",
            f"{number(link.length_m / 1e3)} km",
            str(link.attempts),
            str(link.heralds),
            seconds(link.mean_wait_s),
            number(link.success_probability),
            fidelity(link.fidelity),
        )
    return table


def _memories(memories: tuple[MemoryRow, ...]) -> TextTable:
    table = TextTable("Memories", shown=SHOWN)
    table.column("node", keep=9)
    table.column("memories", right=True)
    table.column("reserved", right=True)
    table.column("entangled", right=True)
    table.column("expired", right=True, keep=5)
    for row in memories:
        table.row(
            row.node,
            str(row.memories),
            per_cent(row.utilisation),
            per_cent(row.entangled),
            str(row.expired),
        )
    return table


def _metrics(metrics: tuple[MetricRow, ...]) -> TextTable:
    table = TextTable("Measured by applications", shown=SHOWN)
    table.column("application")
    table.column("quantity")
    table.column("n", right=True)
    table.column("mean", right=True)
    table.column("deviation", right=True, keep=5)
    for row in metrics:
        in_seconds = row.unit == "s"
        mean, deviation = ((seconds if in_seconds else number)(value) for value in (row.mean, row.sd))
        unit = "" if in_seconds or row.unit == "1" else f", {row.unit}"
        table.row(row.source, row.metric + unit, str(row.n), mean, deviation)
    return table
