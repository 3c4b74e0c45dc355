"""Several stored runs or sweeps side by side: what differs in their scenarios and in their results."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim.errors import ParameterError, ResultError, nearest
from qsim.results.intervals import student
from qsim.results.result import Result
from qsim.results.run_metrics import described_metrics, run_metrics
from qsim.results.tidy import Names, usual_columns
from qsim.sweeps.differences import difference_of
from qsim.sweeps.document_differences import differing, named_path, value_at
from qsim.sweeps.sweep_result import SweepResult, load_result

if TYPE_CHECKING:
    import pandas as pd

    from qsim.results.run_metrics import RunMetric
    from qsim.sweeps.sweep_runs import Value

Source = Result | SweepResult | str | PathLike[str]
#: One setting of what any of the sides varies: a value for each path.
Setting = tuple[Any, ...]

_MEANINGS = {
    "metric": "the quantity compared, a metric of the runs",
    "unit": "its SI unit",
    "side": "whose mean it is",
    "n": "runs with a value; pairs of runs of one seed where `paired`",
    "mean": "mean over its runs",
    "low": "lower end of Student's confidence interval of the mean",
    "high": "upper end of Student's confidence interval of the mean",
    "difference": "mean less that of the first side",
    "difference_low": "lower end of the confidence interval of the difference",
    "difference_high": "upper end of the confidence interval of the difference",
    "relative": "difference over the mean of the first side",
    "paired": "whether runs of the same seeds were compared (Student), or independent ones (Welch)",
}


@dataclass(frozen=True)
class Side:
    """One of the results that are compared.

    Attributes:
        name: what it is called.
        document: of its scenario, at the first point of a sweep.
        runs: its runs, each with the values of what the sweep varies, its seed and its result.
        varied: paths that it varies.
    """

    name: str
    document: Mapping[str, Any]
    runs: tuple[tuple[Mapping[str, Value], int, Result], ...]
    varied: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Results side by side, as `qsim.compare` makes it.

    Attributes:
        sides: what is compared; the first is what the others are held against.
        confidence: how often an interval holds the true value.
        chosen: the metrics compared unless others are asked for; None for the usual ones.
    """

    sides: tuple[Side, ...]
    confidence: float = 0.95
    chosen: tuple[str, ...] | None = None

    @property
    def metrics(self) -> dict[str, RunMetric]:
        """The metrics that any of the runs has, by name."""
        return described_metrics(result for side in self.sides for _, _, result in side.runs)

    @property
    def varied(self) -> tuple[str, ...]:
        """The paths that any side varies."""
        return tuple(dict.fromkeys(path for side in self.sides for path in side.varied))

    def scenarios(self) -> pd.DataFrame:
        """What differs between the scenarios: a row a key path, a column a side.

        What a sweep varies is left out; values are those of documents with every default filled in.
        """
        import pandas as pd

        found = differing([side.document for side in self.sides])
        varied = {named_path(side.document, path) for side in self.sides for path in self.varied}
        rows = {path: values for path, values in found.items() if path not in varied}
        names = [side.name for side in self.sides]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype="object")
        return frame.rename_axis("path").reset_index()

    def results(self, columns: Names = None) -> pd.DataFrame:
        """The metrics of every side, and their differences from the first side with intervals.

        Runs of the same seed are compared with one another, so that what chance does to both alike drops out;
        where the seeds differ, the interval is Welch's. A single run has no interval.

        Args:
            columns: metrics; None takes those chosen, else the usual ones and those that applications
                measured.

        Returns:
            One row a setting that more than one side has, metric and side: the values of what is varied, then
            metric, unit, side, n, mean, low, high, difference, difference_low, difference_high, relative and
            paired. Differences of the first side are NaN.

        Raises:
            ResultError: no run has such a metric.
        """
        import pandas as pd

        known = self.metrics
        rows = [
            {**dict(zip(self.varied, setting, strict=True)), "metric": name, "unit": known[name].unit, **row}
            for setting, cells in self._cells().items()
            for name in self._chosen(columns, known)
            for row in self._rows(cells, name)
        ]
        frame = pd.DataFrame(rows, columns=[*self.varied, *_MEANINGS])
        frame.attrs["columns"] = dict(_MEANINGS)
        return frame

    @property
    def unmatched(self) -> dict[str, int]:
        """How many settings of each side no other side has."""
        shared = self._cells()
        return {
            side.name: len({self._setting(side, values) for values, _, _ in side.runs} - shared.keys())
            for side in self.sides
        }

    def text(self, width: int | None = 80) -> str:
        """The comparison as text; a width of None lets lines be as long as they are."""
        from qsim.sweeps.comparison_text import as_text

        return as_text(self, width)

    def __repr__(self) -> str:
        return self.text(100)

    def _repr_html_(self) -> str:
        from qsim.sweeps.comparison_text import as_card

        return as_card(self)

    def _chosen(self, columns: Names, known: Mapping[str, RunMetric]) -> list[str]:
        if columns is None and self.chosen is None:
            own = [name for name in known if ": " in name and not name.endswith(", n")]
            return [*usual_columns("runs", known), *own]
        columns = self.chosen if columns is None else columns
        names = [columns] if isinstance(columns, str) else list(columns or ())
        for name in names:
            if name not in known:
                raise ResultError(f"a run has no metric '{name}'{nearest(name, known)}")
        return names

    def _cells(self) -> dict[Setting, list[dict[int, list[dict[str, Any]]]]]:
        """For each setting that several sides have: of each side the metrics of its runs, by seed."""
        cells: dict[Setting, list[dict[int, list[dict[str, Any]]]]] = {}
        for place, side in enumerate(self.sides):
            for values, seed, result in side.runs:
                setting = self._setting(side, values)
                found = cells.setdefault(setting, [defaultdict(list) for _ in self.sides])
                found[place][seed].append(run_metrics(result))
        return {setting: found for setting, found in cells.items() if sum(map(bool, found)) > 1}

    def _setting(self, side: Side, values: Mapping[str, Value]) -> Setting:
        """The values of all that is varied; what a side does not vary stands in its document."""
        from qsim.documents.paths import parse_path

        return tuple(
            values[path] if path in values else _scalar(value_at(side.document, parse_path(path)))
            for path in self.varied
        )

    def _rows(self, cells: Sequence[Mapping[int, list[dict[str, Any]]]], name: str) -> list[dict[str, Any]]:
        values = [_by_seed(cell, name) for cell in cells]
        rows = []
        for place, (side, own) in enumerate(zip(self.sides, values, strict=True)):
            if not cells[place]:
                continue
            estimate = student(list(own.values()), self.confidence)
            change = difference_of(values[0], own, self.confidence) if place else None
            rows.append(
                {
                    "side": side.name, "n": change.n if change and change.paired else estimate.n,
                    "mean": estimate.mean, "low": estimate.low, "high": estimate.high,
                    "difference": change.mean if change else math.nan,
                    "difference_low": change.low if change else math.nan,
                    "difference_high": change.high if change else math.nan,
                    "relative": change.relative if change else math.nan,
                    "paired": bool(change and change.paired),
                }
            )  # fmt: skip
        return rows


def compare(
    *sources: Source,
    names: Sequence[str] | None = None,
    metrics: Names = None,
    confidence: float = 0.95,
) -> Comparison:
    """Put two or more results side by side.

    Args:
        sources: runs or sweeps, or the directories of stored ones. The first is what the others are held
            against. Points of sweeps are matched by the values of what they vary.
        names: what to call them; None takes the names of their folders, else of their scenarios.
        metrics: which metrics of the runs to compare; None takes the usual ones.
        confidence: how often an interval shall hold the true value.

    Raises:
        ParameterError: fewer than two sources, or other than a name for each, all different.
        ResultError: a folder without a result, or a metric that no run has.

    Example:
        >>> comparison = qsim.compare("runs/nested", "runs/asap")  # doctest: +SKIP
        >>> comparison.results("throughput_hz")  # doctest: +SKIP
    """
    if len(sources) < 2:
        raise ParameterError(f"a comparison needs two results at least, got {len(sources)}")
    called = _names(sources) if names is None else list(names)
    if len(called) != len(sources) or len(set(called)) != len(called):
        raise ParameterError(f"`names` needs {len(sources)} different names, got {called}")
    chosen = None if metrics is None else (metrics,) if isinstance(metrics, str) else tuple(metrics)
    made = Comparison(tuple(map(_side, sources, called)), confidence, chosen)
    made._chosen(None, made.metrics)
    return made


def _names(sources: Sequence[Source]) -> list[str]:
    """Short names that tell the sources apart."""
    paths = [Path(each).absolute() if isinstance(each, str | PathLike) else None for each in sources]
    for depth in (1, 2, 3):
        names = [
            "/".join(path.parts[-depth:]) if path is not None else source.name  # type: ignore[union-attr]
            for source, path in zip(sources, paths, strict=True)
        ]
        if len(set(names)) == len(names) and all(names):
            return names
    return [f"{name or 'unnamed'} ({place})" for place, name in enumerate(names, 1)]


def _side(source: Source, name: str) -> Side:
    found = load_result(source) if isinstance(source, str | PathLike) else source
    if isinstance(found, Result):
        return Side(name, found.document, (({}, found.seed, found),), ())
    runs = tuple((run.values, run.seed, run.result) for run in found.runs)
    return Side(name, found.document, runs, tuple(known.path for known in found.parameters))


def _by_seed(cell: Mapping[int, list[dict[str, Any]]], name: str) -> dict[int, float]:
    """The value of a metric for each seed that has one."""
    found = {}
    for seed, runs in cell.items():
        values = [run[name] for run in runs if run.get(name) is not None]
        if values:
            found[seed] = math.fsum(values) / len(values)
    return found


def _scalar(value: Any) -> Any:
    import json

    return value if isinstance(value, float | int | str | bool | None) else json.dumps(value, default=str)
