"""A metric of a sweep's runs over two of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.plots import sweep_labels as labels
from qsim.plots.style import COLUMN, canvas, prefixed
from qsim.results.number_text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.sweeps.sweep_result import SweepResult
    from qsim.sweeps.sweep_runs import SweptParameter

#: Fields up to which means are written into them.
_WRITTEN = 36


def draw(
    sweep: SweepResult, x: str | None, y: str | None, metric: str, ax: Axes | None, numbers: bool | None
) -> Axes:
    """See `SweepPlots.heatmap`."""
    import numpy as np

    wanted = labels.metric(sweep, metric)
    across, upwards = _two(sweep, x, y)
    table = sweep.summary([across.path, upwards.path], metric)
    rows = [row for row in labels.records(table) if row["n"] > 0]
    if not rows:
        raise ResultError(f"no run of the sweep has a value of '{metric}'")
    columns, lines = (_values(rows, varied) for varied in (across, upwards))
    means = np.full((len(lines), len(columns)), np.nan)
    for row in rows:
        means[lines.index(row[upwards.path]), columns.index(row[across.path])] = row["mean"]
    label, scale = labels.metric_text(wanted, [row["mean"] for row in rows])
    with canvas(ax, COLUMN, 2.8) as axes:
        axes.set_facecolor("white")
        axes.patch.set_hatch("////")
        axes.patch.set_edgecolor("#BBBBBB")
        image = axes.imshow(means / scale, origin="lower", aspect="auto", cmap="viridis")
        axes.figure.colorbar(image, ax=axes, label=label)
        _label(axes, "x", across, columns, sweep.document)
        _label(axes, "y", upwards, lines, sweep.document)
        if numbers or (numbers is None and means.size <= _WRITTEN):
            _write(axes, means / scale)
    return axes


def _two(sweep: SweepResult, x: str | None, y: str | None) -> tuple[SweptParameter, SweptParameter]:
    paths = [varied.path for varied in sweep.parameters]
    if len(paths) < 2:
        raise ResultError(f"a heat map needs two varied parameters, and the sweep varies {len(paths)}")
    if x is None:
        x = next(path for path in paths if path != y)
    if y is None:
        y = next(path for path in paths if path != x)
    if x == y:
        raise ResultError(f"a heat map needs two parameters, got '{x}' for both")
    return labels.parameter(sweep, x), labels.parameter(sweep, y)


def _values(rows: list[dict[str, Any]], varied: SweptParameter) -> list[Any]:
    """The values of a parameter: numbers ascending, others in the order of the sweep."""
    found = list(dict.fromkeys(row[varied.path] for row in rows))
    return sorted(found) if labels.is_number(found) else found


def _label(
    axes: Axes, which: str, varied: SweptParameter, values: list[Any], document: Mapping[str, Any]
) -> None:
    """Ticks at the middle of the fields, with numbers in one unit."""
    said = labels.parameter_words(varied.path, document)
    if labels.is_number(values):
        scale, unit = prefixed(varied.unit or "1", values)
        texts = [f"{value / scale:.4g}" for value in values]
        said = f"{said} ({unit})" if unit else said
    else:
        texts = [labels.value_text(value, varied.unit) for value in values]
    step = max(1, len(values) // 12)
    getattr(axes, f"set_{which}ticks")(range(0, len(values), step), texts[::step])
    getattr(axes, f"set_{which}label")(said)


def _write(axes: Axes, means: Any) -> None:
    import numpy as np

    middle = (np.nanmin(means) + np.nanmax(means)) / 2
    for (line, column), mean in np.ndenumerate(means):
        if not np.isnan(mean):
            colour = "black" if mean > middle else "white"
            axes.text(
                column, line, number(float(mean), 3), ha="center", va="center", color=colour, fontsize="small"
            )
