"""What is known of steps that are still to come: phases of the calendar, and columns that were planned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qml.series_files import NamedSeries, read_series
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


def split_known(series: NamedSeries, known: Sequence[str]) -> tuple[NamedSeries, Array]:
    """The series without the columns that are known ahead, and these, (steps, known).

    Raises:
        ParameterError: a column that is not there, or none left to forecast.
    """
    for name in known:
        if name not in series.columns:
            raise ParameterError(
                f"no column {name!r} among those that are read{nearest(name, series.columns)}"
            )
    stay = [index for index, name in enumerate(series.columns) if name not in known]
    if not stay:
        raise ParameterError("all columns are known ahead: there is nothing to forecast")
    beside = series.values[:, [series.columns.index(name) for name in known]]
    names = tuple(series.columns[index] for index in stay)
    return NamedSeries(series.values[:, stay], names, series.notes), beside


def with_future(known: Array, file: Path | None, names: Sequence[str], ahead: int) -> Array:
    """Known columns of the series and of the steps behind its end, (steps + ahead, known).

    Args:
        known: (steps, known).
        file: the columns for the steps behind the end.
        names: of the columns.
        ahead: how many steps are needed.

    Raises:
        ParameterError: no file, an unreadable one, or one that is too short.
    """
    if not names or not ahead:
        return np.concatenate([known, np.empty((ahead, known.shape[1]))]) if not names else known
    if file is None:
        raise ParameterError(
            f"the columns that are known ahead ({', '.join(names)}) are needed for the {ahead} steps behind"
            " the end: name a file with them under `future`"
        )
    later = read_series(file, list(names)).values
    if len(later) < ahead:
        raise ParameterError(f"{file}: has {len(later)} rows, fewer than the {ahead} steps `ahead`")
    return np.concatenate([known, later[:ahead]])


def direct_inputs(known: Array, calendar: Sequence[int], steps: int, horizon: int) -> Array:
    """Inputs that are known beforehand, each row at the step that is forecast; (steps, inputs).

    Cosine and sine of the phase in each period (the sine is left out where it is always zero), then the known
    columns at the step and at the step from which it is forecast, so that a change of them can be read off.

    Args:
        known: (steps or more, columns).
        calendar: periods in steps.
        steps: how many rows.
        horizon: steps from which a step is forecast.
    """
    phase = 2 * np.pi * np.arange(steps)[:, None] / np.array(calendar or [1])
    waves = [
        wave for column, period in zip(phase.T, calendar, strict=False) for wave in _waves(column, period)
    ]
    now = known[:steps]
    before = known[np.maximum(0, np.arange(steps) - horizon)]
    return np.column_stack([*waves, now, before]) if waves or known.size else np.empty((steps, 0))


def _waves(phase: Array, period: int) -> list[Array]:
    return [np.cos(phase)] if period == 2 else [np.cos(phase), np.sin(phase)]
