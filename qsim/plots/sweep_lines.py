"""A metric of a sweep's runs against one of its parameters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from qsim.errors import ParameterError, ResultError
from qsim.plots import sweep_labels as labels
from qsim.plots.style import COLOURS, LINES, canvas, curve, label_axis, legend, one_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qsim.results.run_metrics import RunMetric
    from qsim.sweeps.sweep_result import SweepResult

#: Distance between neighbouring lines at one place of words, in places.
_ASIDE = 0.08
#: Places at which a bound is worked out, beside those that the sweep has.
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Point:
    """One mean with its interval; both ends equal the mean where there is no interval."""

    at: Any
    mean: float
    low: float
    high: float


def draw(
    sweep: SweepResult,
    across: str | None,
    metric: str,
    by: str | Sequence[str] | None,
    ax: Axes | None,
    xscale: str,
    yscale: str,
    join: bool,
    method: str,
    bounds: Mapping[str, Callable[[float], float]],
) -> Axes:
    """See `SweepPlots.against`."""
    for name, scale in (("xscale", xscale), ("yscale", yscale)):
        one_of(name, scale, ("linear", "log"))
    wanted = labels.metric(sweep, metric)
    varied = labels.parameter(sweep, _first(sweep) if across is None else across)
    others = line_parameters(sweep, varied.path, by)
    lines = lines_of(sweep, varied.path, wanted, others, method)
    points = [point for line in lines.values() for point in line]
    if not points:
        raise ResultError(f"no run of the sweep has a value of '{metric}'")
    numeric = labels.is_number(point.at for point in points)
    _check_scales(varied.path, points, xscale, yscale, numeric)
    if bounds and not numeric:
        raise ParameterError(f"`bounds` must be empty for '{varied.path}', whose values are no numbers")
    with canvas(ax) as axes:
        if numeric:
            places = {point.at: point.at for point in points}
        else:
            places = {value: place for place, value in enumerate(dict.fromkeys(point.at for point in points))}
        for number, (label, line) in enumerate(lines.items()):
            aside = 0.0 if numeric else _ASIDE * (number - (len(lines) - 1) / 2)
            axes.errorbar(
                [places[point.at] + aside for point in line],
                [point.mean for point in line],
                [[point.mean - point.low for point in line], [point.high - point.mean for point in line]],
                **{**curve(number), "markersize": 4, "capsize": 2},
                linestyle=LINES[number] if numeric and join else "none",
                label=label or (labels.metric_words(wanted.name) if bounds else None),
            )
        for number, (name, bound) in enumerate(bounds.items()):
            across_all = _steps([point.at for point in points], xscale)
            shown = [(at, value) for at in across_all if isfinite(value := bound(at))]
            look: dict[str, Any] = {
                "color": COLOURS[-2],
                "linestyle": LINES[(number + 1) % len(LINES)],
                "linewidth": 0.9,
            }
            axes.plot(*zip(*shown, strict=True), **look, label=name)
        axes.set_xscale(xscale)
        axes.set_yscale(yscale)
        if numeric:
            label_axis(
                axes, "x", labels.parameter_words(varied.path, sweep.document), varied.unit or "1", places
            )
        else:
            texts = [labels.value_text(value, varied.unit) for value in places]
            axes.set_xticks(list(places.values()), texts)
            axes.set_xlim(-0.5, len(places) - 0.5)
            axes.set_xlabel(labels.parameter_words(varied.path, sweep.document))
        labels.label_metric(axes, "y", wanted, [point.mean for point in points])
        axes.grid(alpha=0.25, linewidth=0.5)
        if len(lines) > 1 or bounds:
            named = [labels.parameter_words(path, sweep.document) for path in others]
            legend(axes, title=", ".join(filter(None, named)) or None)
    return axes


def _first(sweep: SweepResult) -> str:
    """The first parameter that is a number, else the first."""
    if not sweep.parameters:
        raise ResultError("the sweep varies no parameter, so there is nothing to draw against")
    for varied in sweep.parameters:
        if varied.unit is not None and labels.is_number(run.values.get(varied.path) for run in sweep.runs):
            return varied.path
    return sweep.parameters[0].path


def _steps(places: Sequence[float], scale: str) -> list[float]:
    """Places for a smooth line from the first to the last of some, these included."""
    low, high = min(places), max(places)
    if scale == "log":
        between = [low * (high / low) ** (step / _STEPS) for step in range(1, _STEPS)]
    else:
        between = [low + (high - low) * step / _STEPS for step in range(1, _STEPS)]
    return sorted({*places, *between})


def line_parameters(sweep: SweepResult, across: str, by: str | Sequence[str] | None) -> list[str]:
    """The parameters whose values have lines of their own: those of `by`, or all that vary by themselves."""
    if by is not None:
        named = [by] if isinstance(by, str) else list(by)
        for path in named:
            labels.parameter(sweep, path)
            if path == across:
                raise ResultError(f"'{path}' is across already; `by` names the parameters of the lines")
        return named
    return [
        varied.path
        for varied in sweep.parameters
        if varied.path != across and not _follows(sweep, across, varied.path)
    ]


def _follows(sweep: SweepResult, across: str, path: str) -> bool:
    """Whether the value of one parameter settles that of another, as of those that vary together."""
    found: dict[Any, set[Any]] = defaultdict(set)
    for run in sweep.runs:
        found[run.values.get(across)].add(run.values.get(path))
    return all(len(values) == 1 for values in found.values())


def lines_of(
    sweep: SweepResult, across: str, wanted: RunMetric, others: Sequence[str], method: str
) -> dict[str, list[Point]]:
    """The points of each line, by its label; numbers across are ascending.

    Raises:
        ResultError: more lines than can be told apart.
    """
    table = sweep.summary([across, *others], wanted.name, method=method)
    lines: dict[str, list[Point]] = defaultdict(list)
    units = {varied.path: varied.unit for varied in sweep.parameters}
    for row in labels.records(table):
        if row["n"] == 0:
            continue
        label = ", ".join(labels.value_text(row[path], units[path]) for path in others)
        mean = row["mean"]
        low, high = (mean if row[end] != row[end] else row[end] for end in ("low", "high"))
        low, high = wanted.bounded(low, high)
        lines[label].append(Point(row[across], mean, min(low, mean), max(high, mean)))
    if len(lines) > len(COLOURS):
        raise ResultError(
            f"that would be {len(lines)} lines, and no more than {len(COLOURS)} can be told apart; name in "
            f"`by` which of {', '.join(map(repr, others))} to have lines for, and the rest is averaged over"
        )
    for line in lines.values():
        if labels.is_number(point.at for point in line):
            line.sort(key=lambda point: point.at)
    return dict(lines)


def _check_scales(path: str, points: Sequence[Point], xscale: str, yscale: str, numeric: bool) -> None:
    if xscale == "log" and not numeric:
        raise ParameterError(f"`xscale` must be 'linear' for '{path}', whose values are no numbers")
    if xscale == "log" and min(point.at for point in points) <= 0:
        raise ParameterError(f"`xscale` must be 'linear' for '{path}', which has values at or below zero")
    if yscale == "log" and max(point.mean for point in points) <= 0:
        raise ParameterError("`yscale` must be 'linear', as no mean is above zero")
