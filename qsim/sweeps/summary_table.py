"""The means of a sweep as a table of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qsim.documents.paths import parse_path
from qsim.results.number_text import number
from qsim.results.text_tables import TextTable
from qsim.sweeps.sweep_result import SweepResult

#: Points shown; the stored tables have all of them.
SHOWN = 40


def summary_text(sweep: SweepResult, width: int | None, metrics: Sequence[str] | None = None) -> str:
    """A row for each point of at least one run, and a mean with its 95 % half width for each metric.

    Args:
        sweep: the sweep.
        width: of the page in characters; None for no end.
        metrics: what is shown; None for the usual ones.

    Raises:
        ResultError: no run has such a metric.
    """
    summary = sweep.summary(columns=metrics)
    paths = [parameter.path for parameter in sweep.parameters]
    units = {parameter.path: parameter.unit for parameter in sweep.parameters}
    shown = list(dict.fromkeys(summary["metric"]))
    table = TextTable(sweep.name or "Sweep", shown=SHOWN)
    for path, title in zip(paths, _titles(paths), strict=True):
        table.column(_with_unit(title, units[path]), right=units[path] is not None)
    table.column("runs", right=True, keep=7)
    for place, metric in enumerate(shown):
        unit = summary.loc[summary["metric"] == metric, "unit"].iloc[0]
        table.column(_with_unit(metric, unit), right=True, keep=max(1, 6 - place))
    # Points come in the order of the plan; a sweep of nothing but replicates has a single one.
    points = summary.groupby(paths, sort=False, dropna=False) if paths else [((), summary)]
    for key, group in points:
        rows = {row.metric: row for row in group.itertuples()}
        table.row(
            *(_value(value) for value in (key if isinstance(key, tuple) else (key,))),
            str(group["n"].max()),
            *(_interval(rows[metric]) for metric in shown),
        )
    return table.text(width)


def _titles(paths: list[str]) -> list[str]:
    """The ends of key paths, as long as it takes to tell them apart."""
    steps = [[str(step) for step in parse_path(path)] for path in paths]
    length = 1
    while length < max(map(len, steps), default=1):
        titles = [".".join(each[-length:]) for each in steps]
        if len(set(titles)) == len(titles):
            return titles
        length += 1
    return [".".join(each) for each in steps]


def _with_unit(title: str, unit: str | None) -> str:
    return title if unit in (None, "1") else f"{title} ({unit})"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    # A text of several lines would break its row.
    return " ".join(str(value).split())


def _interval(row: Any) -> str:
    if row.high != row.high or row.high == row.mean:
        return number(row.mean)
    return f"{number(row.mean)} ± {number(row.high - row.mean, 2)}"
