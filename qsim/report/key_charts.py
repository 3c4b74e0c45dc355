"""The charts of keys on the page of a sweep: secret bits per second against the length that varies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError
from qsim.plots.key_rates import key_metrics, swept_length
from qsim.plots.style import prefixed
from qsim.plots.sweep_labels import metric_text, metric_words, parameter_words
from qsim.plots.sweep_lines import Point, line_parameters, lines_of

if TYPE_CHECKING:
    from qsim.results.run_metrics import RunMetric
    from qsim.sweeps import SweepResult

#: Charts that the page holds, one for each key rate.
_CHARTS = 6


def key_charts(sweep: SweepResult, described: Mapping[str, RunMetric]) -> list[dict[str, Any]]:
    """A logarithmic chart for each key rate of the runs; none where no length varies or nothing gives key.

    Args:
        sweep: the sweep.
        described: the metrics of its runs.
    """
    across = swept_length(sweep)
    if across is None:
        return []
    charts = []
    for name in key_metrics(described)[:_CHARTS]:
        lines, others = _lines(sweep, across, described[name])
        positive = {label: [point for point in line if point.mean > 0] for label, line in lines.items()}
        if any(positive.values()):
            charts.append(_chart(sweep, across, described[name], positive, others))
    return charts


def _lines(sweep: SweepResult, across: str, wanted: RunMetric) -> tuple[dict[str, list[Point]], list[str]]:
    """The lines of a metric and what tells them apart; one of means where there are too many."""
    others = line_parameters(sweep, across, None)
    try:
        return lines_of(sweep, across, wanted, others, "student"), others
    except ResultError:
        return lines_of(sweep, across, wanted, (), "student"), []


def _chart(
    sweep: SweepResult,
    across: str,
    wanted: RunMetric,
    lines: Mapping[str, list[Point]],
    others: list[str],
) -> dict[str, Any]:
    points = [point for line in lines.values() for point in line]
    axis, rate = metric_text(wanted, [point.mean for point in points])
    length, name = prefixed("m", [point.at for point in points])
    words = parameter_words(across, sweep.document)
    title = f"{metric_words(wanted.name)} against {words}"
    return {
        "title": f"{title[:1].upper()}{title[1:]}",
        "about": (
            "Secret bits per second, means over the replicates of a point with 95 % intervals. Points "
            "without key are left out, and so are intervals that reach down to none."
        ),
        "x": {"label": f"{words} ({name})", "zero": False},
        "y": {"label": axis, "log": True},
        "lines": ", ".join(filter(None, (parameter_words(path, sweep.document) for path in others))) or None,
        "series": [
            {
                "name": label or metric_words(wanted.name),
                "style": "line",
                "points": [_shown(point, length, rate) for point in line],
            }
            for label, line in lines.items()
            if line
        ],
    }


def _shown(point: Point, length: float, rate: float) -> list[float]:
    """Place and mean, and the ends of the interval where a logarithmic axis can show them."""
    values = [point.mean, point.low, point.high] if 0 < point.low < point.high else [point.mean]
    return [float(f"{point.at / length:.12g}"), *(float(f"{value / rate:.12g}") for value in values)]
