"""Paired differences between two settings of a sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.plots import sweep_labels as labels
from qsim.plots.style import COLOURS, COLUMN, canvas

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
    with canvas(ax, COLUMN, 0.9 + 0.25 * len(rows)) as axes:
        axes.axvline(0, color=COLOURS[6], linewidth=0.6)
        for place, row in enumerate(rows):
            _draw_row(axes, place, row)
        names = [_name(row, others) for row in rows]
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        first, second = (
            ", ".join(
                labels.value_text(values[end], labels.parameter(sweep, path).unit)
                for path, values in table.attrs["between"].items()
            )
            for end in (0, 1)
        )
        # Aligned to the right, where long names leave little room below the axes.
        axes.set_title(f"from {first} to {second}", loc="right")
        axes.set_xlabel("change (%)")
        axes.grid(axis="x", alpha=0.25, linewidth=0.5)
    return axes


def _draw_row(axes: Axes, place: int, row: Mapping[str, Any]) -> None:
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
        marker="o",
        markersize=4,
        capsize=2,
        color=COLOURS[0],
        markerfacecolor=COLOURS[0] if sure else "white",
    )


def _name(row: Mapping[str, Any], others: Sequence[Any]) -> str:
    settings = ", ".join(
        f"{labels.parameter_words(varied.path)} {labels.value_text(row[varied.path], varied.unit)}".strip()
        for varied in others
    )
    return labels.metric_words(row["metric"]) + (f" ({settings})" if settings else "")
