"""Quantum reservoirs and their baselines on measured series that statsmodels and pmdarima bring."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _experiment import checkpoint_in, parser, perform
from standard import Report

from qml.comparison.candidate_models import QUANTUM, SeasonalPersistence, baselines, quantum_ensemble
from qml.comparison.compare import CandidateModel, Progress, ReadoutModel, compare
from qml.comparison.score_table import Score, ScoreTable
from qml.comparison.search import real_series
from qml.comparison.statistical_models import statistical_models
from qml.comparison.target_chain import TRANSFORMS, chains
from qml.engines.choice import EngineChoice
from qml.forecast.ahead import Plan, forecasts
from qml.forecast.document import SplitSpec, lengths_of
from qml.inputs import whole
from qml.tasks import SeriesTask, forecast_pairs
from qsim.errors import ParameterError, nearest

#: Steps ahead in the backtests of intervals, and their level.
AHEAD, LEVEL = 4, 0.9
PERSISTENCE = "persistence"


def _statsmodels(module: str, column: str) -> np.ndarray:
    data = import_module(f"statsmodels.datasets.{module}").load_pandas().data
    return np.asarray(data[column], dtype=np.float64)


def _pmdarima(name: str) -> np.ndarray:
    """A series without the missing values that some end with."""
    values = np.asarray(getattr(import_module("pmdarima.datasets"), f"load_{name}")(), dtype=np.float64)
    return values[: np.flatnonzero(np.isfinite(values))[-1] + 1]


def _co2() -> np.ndarray:
    """Monthly means of the weekly readings; five months without any lie on a straight line."""
    data = import_module("statsmodels.datasets.co2").load_pandas().data
    return np.asarray(data["co2"].resample("MS").mean().interpolate(), dtype=np.float64)


def _elnino() -> np.ndarray:
    table = import_module("statsmodels.datasets.elnino").load_pandas().data
    return np.asarray(table.drop(columns="YEAR"), dtype=np.float64).ravel()


@dataclass(frozen=True)
class Measured:
    """A measured series.

    Attributes:
        values: reads it, (steps,).
        season: steps of a season; None for none.
        tuned: whether the way to choose was developed on it.
    """

    values: Callable[[], np.ndarray]
    season: int | None = None
    tuned: bool = False


_MACRO = ("realgdp", "realinv", "unemp", "cpi", "tbilrate", "infl")
SERIES: Mapping[str, Measured] = {
    "airline": Measured(partial(_pmdarima, "airpassengers"), 12, tuned=True),
    "lynx": Measured(partial(_pmdarima, "lynx"), tuned=True),
    "sunspots": Measured(partial(_statsmodels, "sunspots", "SUNACTIVITY"), 11, tuned=True),
    "co2": Measured(_co2, 12, tuned=True),
    "ausbeer": Measured(partial(_pmdarima, "ausbeer"), 4),
    "austres": Measured(partial(_pmdarima, "austres"), 4),
    "heartrate": Measured(partial(_pmdarima, "heartrate")),
    "wineind": Measured(partial(_pmdarima, "wineind"), 12),
    "woolyrnq": Measured(partial(_pmdarima, "woolyrnq"), 4),
    "nile": Measured(partial(_statsmodels, "nile", "volume")),
    "elnino": Measured(_elnino, 12),
    **{name: Measured(partial(_statsmodels, "macrodata", name)) for name in _MACRO},
}
#: Series long enough for the coverage of intervals to mean something.
LONG = ("sunspots", "co2", "elnino", "heartrate", "ausbeer")


def series_task(name: str) -> SeriesTask:
    """A series that forecasts its next value, split as forecast files split by default."""
    values = SERIES[name].values()
    values = values[np.isfinite(values)]
    inputs, later = forecast_pairs(values)
    lengths = lengths_of(len(inputs), SplitSpec())
    assert lengths is not None
    return SeriesTask(name, inputs, later, *lengths)


def models(name: str, features: int) -> list[CandidateModel]:
    """The quantum ensemble and all baselines, with the same choices on validation."""
    season = SERIES[name].season
    allowed = chains(TRANSFORMS, season)
    engine = EngineChoice(backend="numpy")
    plain = [quantum_ensemble(features, engine), *baselines(features, "input", engine)]
    choosing = [
        replace(one, choices=real_series(features, allowed)) if isinstance(one, ReadoutModel) else one
        for one in plain
    ]
    seasonal = [] if season is None else [SeasonalPersistence(season, 1)]
    return [*choosing, *seasonal, *statistical_models(allowed, season)]


def run_real_series(
    seeds: int = 5,
    series: Sequence[str] = tuple(SERIES),
    features: int = 96,
    workers: int = 2,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Score all models one step ahead, and the intervals of the ensemble on the longer series.

    Args:
        seeds: how many; the series is always the same, the reservoirs are drawn anew.
        series: some of `SERIES`.
        features: most numbers that a readout sees.
        workers: processes.
        out: folder for tables and finished pieces.
        progress: told of every model and seed that is finished.

    Raises:
        ParameterError: an unknown series, or a package that is missing, before anything runs.
    """
    whole("`seeds`", seeds, 1)
    for name in series:
        if name not in SERIES:
            raise ParameterError(f"unknown series {name!r}{nearest(str(name), SERIES)}")
    for package in ("statsmodels", "pmdarima"):
        if find_spec(package) is None:
            raise ParameterError(
                f"the series come with {package}, which is not installed: pip install {package}"
            )
    checkpoint = checkpoint_in(out)
    table = ScoreTable(f"Measured series, one step ahead, up to {features} features, {seeds} seeds")
    for name in series:
        task = series_task(name)
        scores = compare(
            partial(_always, task),
            models(name, features),
            range(seeds),
            workers=workers,
            progress=progress,
            checkpoint=checkpoint,
        )
        table.add(scores)
        table.notes.append(_against(name, scores))
    covered = [name for name in series if name in LONG]
    table.notes += [_covered(name, features, workers) for name in covered]
    files = () if out is None else tuple(table.write(out, "real_series"))
    return Report({"real_series": table}, files)


def _always(task: SeriesTask, _seed: int) -> SeriesTask:
    return task


def _against(name: str, scores: Sequence[Score]) -> str:
    """How the ensemble stands beside persistence and the best of the baselines."""
    mean = {score.model: score.mean for score in scores}
    ours = mean.pop(QUANTUM)
    best = min(mean, key=lambda model: mean[model])
    tuned = " (developed on it)" if SERIES[name].tuned else ""
    return (
        f"{name}{tuned}: {QUANTUM} {ours / mean[PERSISTENCE]:.2f} of persistence,"
        f" {ours / mean[best]:.2f} of the best baseline, {best}"
    )


def _covered(name: str, features: int, workers: int) -> str:
    """The share of the truth in intervals that were known at each origin of the second half of a series."""
    task = series_task(name)
    values = np.concatenate([task.inputs, task.targets[-1:]])
    begun = len(values) // 2
    plan = Plan(AHEAD, task.washout, tuple(range(begun, len(values) - AHEAD + 1)), LEVEL)
    learnt = begun - 1 - task.washout
    parts = (task.washout, learnt - learnt // 4, learnt // 4, len(task.inputs) - begun + 1)
    early = SeriesTask(name, task.inputs, task.targets, *parts)
    (found,) = forecasts(models(name, features)[:1], early, values, plan, [0], workers=workers)
    share, judged = found.backtest.coverage
    return (
        f"{name}: nominal {LEVEL:.0%} intervals 1 to {AHEAD} steps ahead held {share:.1%} of {judged} values"
    )


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=5, metavar="N", help="draws of the reservoirs (5)")
    options.add_argument(
        "--series", nargs="+", default=tuple(SERIES), metavar="NAME", help="some of the series (all)"
    )
    return perform(run_real_series, vars(options.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
