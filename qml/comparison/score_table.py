"""Tables of scores: every score with its number of seeds and interval, never without the baselines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.errors import ResultError
from qsim.files import write_whole

if TYPE_CHECKING:
    import pandas as pd

#: Models that must stand in every table, by the names that they have there.
BASELINES = ("persistence", "linear taps", "NVAR", "ESN", "tanh units")


@dataclass(frozen=True)
class Score:
    """What one model reached on one task.

    Attributes:
        task: name of the task.
        model: name of the model.
        metric: name of the score, such as ``nrmse`` or ``mse @ epoch 30``.
        values: the score for each seed; one value for a model without chance.
        features: numbers that the readout sees; None where there is no readout.
        trained: parameters that were trained.
        seconds: processor time of features and training together, mean over seeds; None if not measured.
    """

    task: str
    model: str
    metric: str
    values: tuple[float, ...]
    features: int | None = None
    trained: int | None = None
    seconds: float | None = None

    @property
    def mean(self) -> float:
        """Mean over seeds."""
        return float(np.mean(self.values))

    @property
    def half_width(self) -> float | None:
        """Half the 95 % interval of the mean (Student); None for a single value."""
        count = len(self.values)
        if count < 2:
            return None
        from scipy.special import stdtrit

        return float(stdtrit(count - 1, 0.975) * np.std(self.values, ddof=1) / np.sqrt(count))


@dataclass
class ScoreTable:
    """Scores of several models on several tasks.

    Attributes:
        title: one line above the table.
        scores: in the order in which they are shown.
        notes: lines below the table.
        baselines: the models without which the table is not shown.
    """

    title: str
    scores: list[Score] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    baselines: tuple[str, ...] = BASELINES

    def add(self, scores: Iterable[Score]) -> None:
        """Append scores."""
        self.scores.extend(scores)

    def check(self) -> None:
        """Make sure that each task has all baselines.

        Raises:
            ResultError: a baseline is missing; the message names task and model.
        """
        for task in dict.fromkeys(score.task for score in self.scores):
            present = {score.model for score in self.scores if score.task == task}
            missing = [name for name in self.baselines if name not in present]
            if missing:
                raise ResultError(f"no table without its baselines: {task} lacks {', '.join(missing)}")

    def frame(self) -> pd.DataFrame:
        """One line for each score.

        Columns: task, model, metric, n, mean, half_width (95 %), low, high, features, trained, seconds,
        values (space-separated).

        Raises:
            ResultError: a baseline is missing.
        """
        import pandas as pd

        self.check()
        frame = pd.DataFrame([_record(score) for score in self.scores])
        return frame.astype({"features": "Int64", "trained": "Int64"})

    def text(self) -> str:
        """The table as a person reads it: one line for each task and model, one column for each metric.

        Raises:
            ResultError: a baseline is missing.
        """
        self.check()
        metrics = list(dict.fromkeys(score.metric for score in self.scores))
        head = ["task", "model", *metrics, "features", "trained", "CPU s", "n"]
        cells: dict[tuple[str, str], list[Score]] = {}
        for score in self.scores:
            cells.setdefault((score.task, score.model), []).append(score)
        lines = []
        previous = None
        for (task, model), found in cells.items():
            by_metric = {score.metric: score for score in found}
            first = found[0]
            lines.append(
                [
                    "" if task == previous else task,
                    model,
                    *(_interval(by_metric, metric) for metric in metrics),
                    "" if first.features is None else str(first.features),
                    "" if first.trained is None else str(first.trained),
                    "" if first.seconds is None else f"{first.seconds:.3g}",
                    str(len(first.values)),
                ]
            )
            previous = task
        widths, shown = aligned([head, *lines])
        rule = "  ".join("-" * width for width in widths)
        return "\n".join(
            [self.title, "", shown[0], rule, *shown[1:], *(["", *self.notes] if self.notes else [])]
        )

    def write(self, folder: Path, name: str) -> list[Path]:
        """Write ``name.txt``, ``name.csv`` and ``name.parquet``, each complete or not at all.

        Raises:
            ResultError: a baseline is missing, or the folder cannot be written to.
        """
        frame = self.frame()
        return [
            write_whole(folder / f"{name}.txt", lambda path: path.write_text(self.text() + "\n", "utf-8")),
            write_whole(folder / f"{name}.csv", lambda path: frame.to_csv(path, index=False)),
            write_whole(folder / f"{name}.parquet", lambda path: frame.to_parquet(path, index=False)),
        ]


def _record(score: Score) -> dict[str, Any]:
    half = score.half_width
    return {
        "task": score.task,
        "model": score.model,
        "metric": score.metric,
        "n": len(score.values),
        "mean": score.mean,
        "half_width": half,
        "low": None if half is None else score.mean - half,
        "high": None if half is None else score.mean + half,
        "features": score.features,
        "trained": score.trained,
        "seconds": score.seconds,
        "values": " ".join(repr(float(value)) for value in score.values),
    }


def _interval(scores: dict[str, Score], metric: str) -> str:
    return interval(scores[metric].mean, scores[metric].half_width) if metric in scores else ""


def aligned(rows: list[list[str]]) -> tuple[list[int], list[str]]:
    """The widths of the columns of a table, and its lines."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    cells = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return widths, ["  ".join(row).rstrip() for row in cells]


def interval(mean: float, half: float | None) -> str:
    """A mean and half its interval, in the digits that mean something.

    Example:
        >>> interval(0.1251, 0.0424), interval(17.5, 10.2), interval(1.4e-6, 7e-8), interval(40.0, 2e-15)
        ('0.125 ± 0.042', '18 ± 10', '1.40e-06 ± 7.0e-08', '40.00 ± 0.00')
        >>> interval(0.0032, None)
        '0.0032'
    """
    if half is None:
        return f"{mean:.3g}"
    if not 1e-4 <= abs(mean) < 1e5:
        return f"{mean:.2e} ± {half:.1e}"
    finest = 3 - floor(log10(abs(mean)))
    decimals = max(0, min(finest, 1 - floor(log10(half)) if half > 0 else finest))
    return f"{mean:.{decimals}f} ± {half:.{decimals}f}"
