"""Figures of scores with their intervals, for people of all colour visions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qml.comparison.score_table import Score, ScoreTable
from qsim.files import write_whole
from qsim.plots.style import curve as curve_style

_LEVELS = (("#000000", "--"), ("#555555", ":"), ("#000000", "-."), ("#777777", (0, (6, 2))), ("#999999", "-"))
#: Distance between neighbouring curves, as a share of the logarithmic axis.
_ASIDE = 0.006
_WORDS = {"nrmse": "NRMSE", "memory capacity": "memory capacity (of 40 delays)"}


@dataclass(frozen=True)
class Curve:
    """Scores against a number.

    Attributes:
        label: for the legend.
        points: the scores by that number.
    """

    label: str
    points: Mapping[float, Score]


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Attributes:
        title: above it.
        metric: name of the score.
        curves: drawn with markers and intervals.
        levels: scores that do not depend on the number, drawn as lines across.
        ticks: words for some of the numbers.
    """

    title: str
    metric: str
    curves: Sequence[Curve]
    levels: Sequence[Score] = ()
    ticks: Mapping[float, str] = field(default_factory=dict)


def curve_figure(panels: Sequence[Panel], path: Path, title: str, across: str) -> Path:
    """Panels side by side, the number on a logarithmic axis, with one legend below.

    Args:
        panels: from left to right.
        path: of the PNG.
        title: above all.
        across: what the number is, with its unit.

    Raises:
        ResultError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.6 + 4.4 * len(panels), 5.2), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _draw_curves(axes, panel.curves)
        _draw_levels(axes, panel.levels)
        axes.set_xscale("log")
        if panel.ticks:
            axes.set_xticks(list(panel.ticks), list(panel.ticks.values()))
            axes.minorticks_off()
        shown = [score for curve in panel.curves for score in curve.points.values()]
        _scale(axes, "y", panel.metric, [*shown, *panel.levels])
        axes.set_title(panel.title, fontsize=10)
        axes.set_xlabel(across)
        axes.grid(alpha=0.25)
    _legend(figure, columns=2 + 2 * len(panels))
    return _saved(figure, path, title)


def _draw_curves(axes: Any, curves: Sequence[Curve]) -> None:
    """Markers side by side, so that intervals at the same place can be told apart."""
    everywhere = [place for curve in curves for place in curve.points]
    step = (max(everywhere) / min(everywhere)) ** _ASIDE
    for number, curve in enumerate(curves):
        aside = step ** (number - (len(curves) - 1) / 2)
        places = sorted(curve.points)
        scores = [curve.points[place] for place in places]
        axes.errorbar(
            [place * aside for place in places],
            [score.mean for score in scores],
            [score.half_width or 0.0 for score in scores],
            label=curve.label,
            **curve_style(number),
            linewidth=1.4,
        )


def _draw_levels(axes: Any, levels: Sequence[Score]) -> None:
    for score, (colour, style) in zip(levels, _LEVELS, strict=False):
        half = score.half_width or 0.0
        axes.axhspan(score.mean - half, score.mean + half, color=colour, alpha=0.08, linewidth=0)
        axes.axhline(score.mean, color=colour, linestyle=style, linewidth=1.2, label=score.model)


def error_figure(table: ScoreTable, path: Path) -> Path:
    """A panel for each task, a line for each model, a marker for each number of features allowed.

    Args:
        table: parts called ``task (conditions)``.
        path: of the PNG.

    Raises:
        ResultError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    parts = [_split(score.task) for score in table.scores]
    tasks, conditions = (list(dict.fromkeys(part[i] for part in parts)) for i in (0, 1))
    models = list(dict.fromkeys(score.model for score in table.scores))[::-1]
    figure = Figure(figsize=(2.0 + 3.2 * len(tasks), 1.8 + 0.36 * len(models)), layout="constrained")
    rows = figure.subplots(1, len(tasks), squeeze=False, sharey=True)[0]
    for axes, task in zip(rows, tasks, strict=True):
        shown = [score for score in table.scores if _split(score.task)[0] == task]
        for number, condition in enumerate(conditions):
            found = [score for score in shown if _split(score.task)[1] == condition]
            shift = 0.3 * (0.5 - number / max(1, len(conditions) - 1))
            axes.errorbar(
                [score.mean for score in found],
                [models.index(score.model) + shift for score in found],
                xerr=[score.half_width or 0.0 for score in found],
                label=condition,
                **curve_style(number),
                linestyle="none",
            )
        _scale(axes, "x", shown[0].metric, shown)
        axes.set_title(task, fontsize=10)
        axes.set_yticks(range(len(models)), models)
        axes.grid(alpha=0.25)
    _legend(figure, columns=4)
    return _saved(
        figure, path, "Error on the test steps: mean and 95 % interval (1 is the error of the mean)"
    )


def _split(task: str) -> tuple[str, str]:
    name, _, condition = task.partition(" (")
    return name, condition.rstrip(")")


def _scale(axes: Any, which: str, metric: str, shown: Sequence[Score]) -> None:
    """Label the axis of the score, and make errors logarithmic.

    Intervals are shown down to 0.4 of the mean: that of few seeds may reach below zero, where there is no
    logarithm.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    getattr(axes, f"set_{which}label")(_WORDS.get(metric, metric))
    if metric == "memory capacity":
        return
    lows = [max(score.mean - (score.half_width or 0.0), 0.4 * score.mean) for score in shown]
    highs = [min(score.mean + (score.half_width or 0.0), 2.5 * score.mean) for score in shown]
    getattr(axes, f"set_{which}scale")("log")
    getattr(axes, f"set_{which}lim")(min(lows) / 1.2, max(highs) * 1.2)
    axis = getattr(axes, f"{which}axis")
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _legend(figure: Any, columns: int) -> None:
    found: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    columns = min(len(found), columns)
    figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=columns, fontsize=9)


def _saved(figure: Any, path: Path, title: str) -> Path:
    figure.suptitle(title, fontsize=11)
    return write_whole(path, lambda staging: figure.savefig(staging, dpi=150))
