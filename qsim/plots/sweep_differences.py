"""Paired differences between two settings of a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.plots import sweep_labels as labels
from qsim.plots.style import COLOURS, COLUMN, MARKERS, canvas, legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.sweeps.sweep_result import SweepResult
    from qsim.sweeps.sweep_runs import Value


def draw(
    sweep: SweepResult,
    between: Mapping[str, tuple[Value, Value]],
    columns: str | Sequence[str] | None,
    ax: Axes | None,
) -> Axes:
    """See `SweepPlots.differences`."""
    table = sweep.difference(between, columns)
    rows = [row for row in labels.records(table) if isfinite(row["relative"]) and row["first"] != 0]
    if not rows:
        raise ResultError("no metric has a value under both settings that differs from zero under the first")
    others = [varied for varied in sweep.parameters if varied.path in table.columns]
    settings = dict.fromkeys(_setting(row, others, sweep) for row in rows)
    few = len(settings) <= len(COLOURS)
    kinds = list(
        dict.fromkeys(row["metric"] if few else (row["metric"], _setting(row, others, sweep)) for row in rows)
    )
    with canvas(ax, COLUMN, 0.9 + len(kinds) * max(0.25, 0.13 * len(settings) * few)) as axes:
        axes.axvline(0, color=COLOURS[6], linewidth=0.6)
        for row in rows:
            setting = _setting(row, others, sweep)
            number = list(settings).index(setting) if few else 0
            place = kinds.index(row["metric"] if few else (row["metric"], setting))
            aside = 0.8 * ((number + 0.5) / len(settings) - 0.5) if few else 0.0
            _draw_row(axes, place + aside, row, number)
        axes.set_yticks(range(len(kinds)), [_row_name(kind) for kind in kinds])
        axes.set_ylim(len(kinds) - 0.5, -0.5)
        axes.set_xlabel(f"change (%) from {_ends(sweep, table, 0)} to {_ends(sweep, table, 1)}")
        axes.grid(axis="x", alpha=0.25, linewidth=0.5)
        if few and len(settings) > 1:
            for number, setting in enumerate(settings):
                axes.plot([], [], MARKERS[number], color=COLOURS[number], markersize=4, label=setting)
            legend(axes)
    return axes


def _ends(sweep: SweepResult, table: Any, end: int) -> str:
    """One of the two settings in words."""
    return ", ".join(
        labels.value_text(values[end], labels.parameter(sweep, path).unit)
        for path, values in table.attrs["between"].items()
    )


def _draw_row(axes: Axes, place: float, row: Mapping[str, Any], number: int) -> None:
    base = abs(row["first"])
    middle, low, high = (
        100 * row[name] / base if isfinite(row[name]) else None for name in ("difference", "low", "high")
    )
    assert middle is not None
    sure = low is not None and high is not None and (low > 0 or high < 0)
    axes.errorbar(
        [middle],
        [place],
        xerr=None if low is None or high is None else [[middle - low], [high - middle]],
        marker=MARKERS[number],
        markersize=4,
        capsize=2,
        color=COLOURS[number],
        markerfacecolor=COLOURS[number] if sure else "white",
    )


def _row_name(kind: str | tuple[str, str]) -> str:
    if isinstance(kind, str):
        return labels.metric_words(kind)
    return f"{labels.metric_words(kind[0])} ({kind[1]})"


def _setting(row: Mapping[str, Any], others: Sequence[Any], sweep: SweepResult) -> str:
    """The other parameters of a row in words; nothing where there are none."""
    return ", ".join(
        f"{labels.parameter_words(varied.path, sweep.document)} "
        f"{labels.value_text(row[varied.path], varied.unit)}".strip()
        for varied in others
    )
