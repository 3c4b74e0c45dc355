"""What a forecast study prints and stores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qml.comparison.score_table import aligned
from qml.forecast.document import Study
from qml.forecast.evaluation import Outcome
from qml.forecast.forecast_figure import draw
from qsim import files
from qsim.model.stored_study import FIGURE, FORECAST, SCORES, STUDY
from qsim.versions import versions

if TYPE_CHECKING:
    import pandas as pd

#: Folder of finished pieces, within that of the tables.
FINISHED = "finished"


def check_folder(folder: Path) -> None:
    """Refuse a place where no study should be stored, before anything runs.

    Raises:
        ResultError: the place is a file, holds other things than a study, or cannot be written.
    """
    files.check_folder(folder, "a study", _is_ours)


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a study or the beginning of one."""
    return (folder / FINISHED).exists() or STUDY.is_in(folder)


def text(outcome: Outcome) -> str:
    """The table of scores and, if there is one, the forecast."""
    parts = [outcome.table.text()]
    if outcome.forecasts:
        first = outcome.forecasts[0].backtest
        level = f"{first.level:.0%}"
        parts.append(
            "Forecast beyond the end of the data, each step fed into the next (mean over draws, and the"
            f" {level} interval from the errors at {len(first.origins)} rolling origins)"
        )
        parts.append(_columns(outcome))
        parts.append(
            "Backtest: root mean squared error of forecasts from these origins, and the share of the truth in"
            f" the {level} intervals that were known at each"
        )
        parts.append(_backtests(outcome))
    return "\n\n".join(parts) + "\n"


def as_json(study: Study, outcome: Outcome) -> str:
    """All of it as one JSON object."""
    frame = outcome.table.frame().drop(columns="values")
    plain = {
        "name": study.title,
        "scores": [
            {key: _plain(value) for key, value in row.items()} for row in frame.to_dict(orient="records")
        ],
        "notes": outcome.table.notes,
        "forecast": [
            {
                "model": one.model,
                "mean": one.mean.tolist(),
                "low": [_plain(value) for value in one.interval[0]],
                "high": [_plain(value) for value in one.interval[1]],
                "by_seed": one.values.tolist(),
                "backtest": {
                    "origins": one.backtest.origins.tolist(),
                    "rmse": one.backtest.rmse.tolist(),
                    "level": one.backtest.level,
                    "coverage": _plain(one.backtest.coverage[0]),
                    "judged": one.backtest.coverage[1],
                },
            }
            for one in outcome.forecasts
        ],
    }
    return json.dumps(plain, indent=2, allow_nan=False) + "\n"


def forecast_frame(outcome: Outcome) -> pd.DataFrame:
    """The forecast: columns model, step (1 is the first after the end), mean, low and high, rmse.

    The mean is that over draws, low and high the ends of its interval, rmse the error of such forecasts at
    the rolling origins.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "model": one.model,
                "step": step + 1,
                "mean": mean,
                "low": low,
                "high": high,
                "rmse": rmse,
            }
            for one in outcome.forecasts
            for step, (mean, low, high, rmse) in enumerate(
                zip(one.mean, *one.interval, one.backtest.rmse, strict=True)
            )
        ]
    )


def store(study: Study, outcome: Outcome, folder: Path, overrides: list[str]) -> None:
    """Write ``scores`` and ``forecast`` tables and a ``study.json``, each complete or not at all.

    Raises:
        ResultError: the folder cannot be written to.
    """
    for name in (f"{FORECAST}.csv", f"{FORECAST}.parquet", FIGURE):
        # An earlier study's, which this one would seem to have made.
        (folder / name).unlink(missing_ok=True)
    outcome.table.write(folder, SCORES)
    manifest = {
        **STUDY.head,
        "name": study.title,
        "source": study.source,
        "overrides": overrides,
        "seeds": list(range(study.spec.seed, study.spec.seed + study.spec.seeds)),
        "features": study.spec.features,
        "models": [one if isinstance(one, str) else one.name for one in study.spec.models],
        "versions": versions(),
    }
    if outcome.forecasts:
        frame = forecast_frame(outcome)
        files.write_whole(folder / f"{FORECAST}.csv", lambda path: frame.to_csv(path, index=False))
        files.write_whole(folder / f"{FORECAST}.parquet", lambda path: frame.to_parquet(path, index=False))
        draw(study, outcome.forecasts, folder)
    said = json.dumps(manifest, indent=2) + "\n"
    files.write_whole(folder / STUDY.file, lambda path: path.write_text(said, encoding="utf-8"))


def _columns(outcome: Outcome) -> str:
    """The forecast as text: one line for each step, one column for each model."""
    head = ["step", *(one.model for one in outcome.forecasts)]
    steps = outcome.forecasts[0].values.shape[1]
    rows = [
        [
            str(step + 1),
            *(_spread(one.mean[step], *(end[step] for end in one.interval)) for one in outcome.forecasts),
        ]
        for step in range(steps)
    ]
    return "\n".join(aligned([head, *rows])[1])


def _spread(mean: float, low: float, high: float) -> str:
    return f"{mean:.5g} ({low:.5g} to {high:.5g})" if np.isfinite(low) else f"{mean:.5g}"


def _backtests(outcome: Outcome) -> str:
    """One line for each model: the error at some steps ahead, and how often the truth lay in its interval."""
    ahead = outcome.forecasts[0].values.shape[1]
    shown = sorted({1, (ahead + 1) // 2, ahead})
    head = ["model", *(f"{step} ahead" for step in shown), "in the interval", "of"]
    rows = []
    for one in outcome.forecasts:
        share, judged = one.backtest.coverage
        errors = (f"{one.backtest.rmse[step - 1]:.4g}" for step in shown)
        rows.append([one.model, *errors, f"{share:.0%}" if judged else "too few to say", str(judged)])
    return "\n".join(aligned([head, *rows])[1])


def _plain(value: Any) -> Any:
    """A cell of a data frame as JSON has it; what is missing as null."""
    import pandas as pd

    return None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value
