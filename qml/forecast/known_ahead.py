"""What is known of steps that are still to come: phases of the calendar, and columns that were planned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qml.series_files import NamedSeries, read_series
from qsim.documents.faults import Faults, Place
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


def split_known(
    series: NamedSeries, known: Sequence[str], target: str | None, place: Place, faults: Faults
) -> tuple[NamedSeries, Array]:
    """The series without the columns that are known ahead, and these, (steps, known).

    Args:
        series: all columns that were read.
        known: names of those that are known ahead.
        target: name of the column that is forecast.
        place: of the names in the file.
        faults: told of a column that is not there, and where none is left to forecast.
    """
    absent = [name for name in known if name not in series.columns]
    stay = [index for index, name in enumerate(series.columns) if name not in known]
    if absent:
        hint = nearest(absent[0], series.columns)
        faults.add(place, f"no column {absent[0]!r} among those that are read{hint}")
    elif not stay:
        faults.add(place, "all columns are known ahead: there is nothing to forecast")
    elif target in known:
        faults.add(place, f"the target '{target}' cannot be known ahead")
    else:
        beside = series.values[:, [series.columns.index(name) for name in known]]
        names = tuple(series.columns[index] for index in stay)
        return NamedSeries(series.values[:, stay], names, series.notes), beside
    return series, np.empty((len(series.values), 0))


def with_future(
    known: Array, file: Path | None, names: Sequence[str], ahead: int, place: Place, faults: Faults
) -> Array:
    """Known columns of the series and of the steps behind its end, (steps + ahead, known).

    Args:
        known: (steps, known).
        file: the columns for the steps behind the end.
        names: of the columns.
        ahead: how many steps are needed.
        place: where the forecast file names the other, or ought to.
        faults: told of no file, an unreadable one, or one that is too short.
    """
    if not ahead:
        return known
    if file is None:
        faults.add(
            place,
            f"the columns that are known ahead ({', '.join(names)}) are needed for the {ahead} steps behind"
            " the end: name a file with them under `future`",
        )
        return known
    try:
        later = read_series(file, list(names)).values
    except ParameterError as error:
        faults.add(place, str(error))
        return known
    if len(later) < ahead:
        faults.add(place, f"{file}: has {len(later)} rows, fewer than the {ahead} steps `ahead`")
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
    if known.shape[1]:
        waves += [*known[:steps].T, *known[np.maximum(0, np.arange(steps) - horizon)].T]
    return np.column_stack(waves) if waves else np.empty((steps, 0))


def _waves(phase: Array, period: int) -> list[Array]:
    return [np.cos(phase)] if period == 2 else [np.cos(phase), np.sin(phase)]
