"""What a reader of a forecast should know of the series: columns that count time, targets that only rise."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from qml.series_files import NamedSeries

#: Names of columns that say when, in small letters.
_CALENDAR: Final = ("year", "yr", "quarter", "month", "week", "day", "hour", "date", "time", "timestamp", "t")


def without_time(series: NamedSeries, keep: str | None) -> NamedSeries:
    """The series without columns that only say when; a note tells of each.

    A column of whole numbers says when if it rises by the same amount at every step, or never falls and is
    called year, month, time, ... Where nothing else would be left, all stay.

    Args:
        series: as read, with all its columns.
        keep: a column that was asked for by name.
    """
    found = [
        name != keep and _says_when(name, values)
        for name, values in zip(series.columns, series.values.T, strict=True)
    ]
    if all(found) or not any(found):
        return series
    notes = [
        f"column '{name}' counts time: it is not part of the series (name it under `columns` to have it seen)"
        for name, out in zip(series.columns, found, strict=True)
        if out
    ]
    stay = ~np.array(found)
    names = tuple(name for name, out in zip(series.columns, found, strict=True) if not out)
    return NamedSeries(series.values[:, stay], names, (*series.notes, *notes))


def _says_when(name: str, values: npt.NDArray[np.float64]) -> bool:
    if len(values) < 3 or np.any(values != np.round(values)):
        return False
    steps = np.diff(values)
    even = bool(steps[0] > 0 and np.all(steps == steps[0]))
    return even or (name.lower() in _CALENDAR and bool(np.all(steps >= 0)))


def about_target(name: str, values: npt.NDArray[np.float64]) -> list[str]:
    """Remarks on a target that makes scores mean less than they seem to.

    Args:
        name: of the column.
        values: (steps,).
    """
    steps = np.diff(values)
    if not (np.all(steps >= 0) or np.all(steps <= 0)):
        return []
    way = "falls" if np.all(steps >= 0) else "rises"
    return [
        f"the target '{name}' never {way}: its trend alone brings R2 near 1 and NRMSE near 0, and says"
        " nothing of skill; compare with persistence"
    ]
