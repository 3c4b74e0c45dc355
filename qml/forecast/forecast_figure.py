"""A figure of a forecast: the end of the series, what each model says comes next, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from qml.forecast.ahead import ModelForecast
from qml.forecast.document import Study
from qsim.files import write_whole
from qsim.model.stored_study import FIGURE

#: Steps of the past that are shown, in steps ahead, and at least so many.
_PAST, _LEAST = 4, 24


def draw(study: Study, forecasts: Sequence[ModelForecast], folder: Path) -> Path:
    """Write the figure: one pair of axes for each model, all of one scale.

    Args:
        study: whose series is continued.
        forecasts: at least one.
        folder: where to.

    Raises:
        ResultError: the folder cannot be written to.
    """
    from matplotlib.figure import Figure

    assert study.series is not None
    values = study.series.values[:, study.target]
    ahead = len(forecasts[0].mean)
    past = values[-max(_LEAST, _PAST * ahead) :]
    columns = min(3, len(forecasts))
    rows = -(-len(forecasts) // columns)
    figure = Figure(figsize=(3.4 * columns, 2.4 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    before, after = np.arange(1 - len(past), 1), np.arange(1, ahead + 1)
    for one, place in zip(forecasts, axes, strict=False):
        low, high = one.interval
        place.plot(before, past, color="0.3", linewidth=1)
        place.plot(after, one.mean, color="C0", linewidth=1.5)
        place.fill_between(after, low, high, color="C0", alpha=0.25, linewidth=0)
        place.set_title(one.model, fontsize="medium")
    for place in axes[len(forecasts) :]:
        place.set_visible(False)
    level = forecasts[0].backtest.level
    figure.supxlabel(f"steps after the end of the data (shaded: {level:.0%} interval)")
    figure.supylabel(study.series.columns[study.target])
    return write_whole(folder / FIGURE, lambda path: figure.savefig(path, dpi=150))
