"""A user's own series: CSV, Parquet and NumPy files.

Nothing is mended unasked: a missing value, a text, a short row or an unknown column is an error that names
the file, the column and the row, for a gap that is filled in silently becomes a result that is believed. What
is recognised (dates) or was asked for (a policy for gaps) is told in notes.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from qml.series_arrays import check_channels, check_values, load_arrays
from qml.series_text import are_dates, decimal_of, number, separator_of
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


#: What can be done about missing values.
MISSING: Final = ("refuse", "previous", "interpolate", "drop")


class NamedSeries(NamedTuple):
    """A series and what its channels are called.

    Attributes:
        values: (steps, channels).
        columns: a name for each channel.
        notes: what was recognised in the file and left out, and what was done about gaps.
    """

    values: Array
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_series(
    path: str | Path,
    columns: Sequence[str] | str | None = None,
    *,
    separator: str | None = None,
    decimal: str | None = None,
    missing: str = "refuse",
) -> NamedSeries:
    """Read a series from a file; rows are steps in time order, columns are channels.

    * ``.csv``: UTF-8. The first line names the columns, unless all its fields are numbers; then the columns
      are called ``c0``, ``c1``, ... Semicolons, tabs and bars are recognised as separators, and with them
      decimal commas.
    * ``.parquet``.
    * ``.npy``: (steps,) or (steps, channels), columns ``c0``, ``c1``, ...
    * ``.npz``: each array is (steps,), a column of that name, or (steps, channels), columns ``name_0``,
      ``name_1``, ...

    Pickled objects are never loaded.

    Args:
        path: the file.
        columns: names of the columns wanted, in that order; by default all but columns of dates and, in the
            first place, a column without a name (an index).
        separator: between the fields of a text file; by default it is recognised.
        decimal: ``.`` or ``,``, in a text file; by default it is recognised.
        missing: what is done where a value is missing: ``refuse``; take the ``previous`` one;
            ``interpolate`` on a straight line (which looks into the future within a gap); ``drop`` the step.
            Steps before the first value of a column (and, to interpolate, behind the last) are dropped.

    Returns:
        Values as float64, column names, and notes.

    Raises:
        ParameterError: the file is missing, empty, damaged or of an unknown kind; a column is unknown, named
            twice, no number or of another length; a value is infinite, or missing where that is
            refused; a row is too short or too long; there are more columns than any series has, or more
            values than a file of that size holds unless it is made to do harm.
    """
    file = Path(path)
    if missing not in MISSING:
        raise ParameterError(f"unknown policy for `missing` {missing!r}{nearest(str(missing), MISSING)}")
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise ParameterError(
            f"{file}: cannot read {file.suffix or 'a file without extension'!r}, only {known}"
        )
    if not file.is_file():
        raise ParameterError(f"{file}: {'is a folder' if file.is_dir() else 'no such file'}")
    table = _read_csv(file, separator, decimal) if reader is _read_csv else reader(file)
    chosen, notes = _choose(file, table, (columns,) if isinstance(columns, str) else columns)
    channels = [_channel(file, table, index, missing == "refuse") for index in chosen]
    names = tuple(table.names[index] for index in chosen)
    for name, channel in zip(names, channels, strict=True):
        if len(channel) != len(channels[0]):
            raise ParameterError(
                f"{file}: columns must be equally long, but {names[0]!r} has {len(channels[0])} rows and "
                f"{name!r} has {len(channel)}"
            )
    if not len(channels[0]):
        raise ParameterError(f"{file}: holds no rows")
    values, filled = _without_gaps(np.column_stack(channels), missing)
    if not len(values):
        raise ParameterError(f"{file}: no step has a value in every column")
    return NamedSeries(values, names, (*notes, *filled))


def _without_gaps(values: Array, missing: str) -> tuple[Array, list[str]]:
    gaps = np.isnan(values)
    if not gaps.any():
        return values, []
    told = f"{gaps.sum()} of {gaps.size} values are missing"
    if missing == "drop":
        whole = ~gaps.any(axis=1)
        return values[whole], [f"{told}: {(~whole).sum()} steps were dropped"]
    steps = np.arange(len(values))
    filled, first, last = values.copy(), 0, len(values)
    for column, absent in zip(filled.T, gaps.T, strict=True):
        known = steps[~absent]
        if not known.size:
            return values[:0], []
        first = max(first, int(known[0]))
        if missing == "interpolate":
            last = min(last, int(known[-1]) + 1)
            column[:] = np.interp(steps, known, column[known])
        else:
            column[:] = column[np.maximum(0, known[np.searchsorted(known, steps, side="right") - 1])]
    how = "on a straight line, which looks ahead within a gap" if missing == "interpolate" else "by the last"
    dropped = len(values) - max(0, last - first)
    return filled[first:last], [f"{told}: filled {how}" + (f"; {dropped} steps dropped" if dropped else "")]


class _Table(NamedTuple):
    """What a file holds, as it stands there: texts from CSV, arrays of any type from the others."""

    names: Sequence[str]
    columns: Sequence[Sequence[str] | npt.NDArray[Any]]
    lines: Sequence[int] | None = None
    decimal: str = "."

    def place(self, row: int) -> str:
        """Where to look for a row: its line in a text file, its number from 1 elsewhere."""
        return f"line {self.lines[row]}" if self.lines is not None else f"row {row + 1}"


def _read_csv(file: Path, separator: str | None = None, decimal: str | None = None) -> _Table:
    rows, lines = [], []
    try:
        # The mark that some spreadsheets put at the start is no part of the first name.
        with file.open(encoding="utf-8-sig", newline="") as handle:
            mark = separator or separator_of(handle.readline())
            handle.seek(0)
            reader = csv.reader(handle, strict=True, delimiter=mark)
            for row in reader:
                rows.append(row)
                lines.append(reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error, TypeError, ValueError) as error:
        raise _unreadable(file, error) from None
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise ParameterError(f"{file}: is empty")
    names = [field.strip() for field in rows[0]]
    check_channels(file, len(names))
    point = decimal or decimal_of(mark, chain.from_iterable(islice(rows, 1000)))
    if all(name and number(name, point) is not None for name in names):
        names = [f"c{index}" for index in range(len(names))]
    else:
        del rows[0], lines[0]
    for row, line in zip(rows, lines, strict=False):
        if len(row) != len(names):
            fields = f"{len(row)} field{'s'[: len(row) != 1]}"
            raise ParameterError(f"{file}: line {line} has {fields}, but there are {len(names)} columns")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return _Table(names, columns, lines, point)


def _read_parquet(file: Path) -> _Table:
    import pandas as pd

    frame = _loaded(file, _load_parquet)
    columns: list[npt.NDArray[Any]] = []
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        numeric = pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind != "c"
        columns.append(column.to_numpy(np.float64, na_value=np.nan) if numeric else column.to_numpy())
    return _Table([str(name) for name in frame.columns], columns)


def _load_parquet(file: Path) -> Any:
    import pandas as pd
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as opened:
        said = opened.metadata
        check_channels(file, said.num_columns)
        check_values(file, said.num_rows * said.num_columns)
    return pd.read_parquet(file)


def _read_npy(file: Path) -> _Table:
    array = _loaded(file, load_arrays)
    if not isinstance(array, np.ndarray):
        raise ParameterError(f"{file}: holds several arrays: call it .npz")
    columns = _split(file, "the array", array)
    return _Table([f"c{index}" for index in range(len(columns))], columns)


def _read_npz(file: Path) -> _Table:
    arrays = _loaded(file, load_arrays)
    if isinstance(arrays, np.ndarray):
        raise ParameterError(f"{file}: holds a single array: call it .npy")
    names: list[str] = []
    columns: list[npt.NDArray[Any]] = []
    for name, array in arrays.items():
        parts = _split(file, f"array {name!r}", array)
        names += [name] if array.ndim == 1 else [f"{name}_{index}" for index in range(len(parts))]
        columns += parts
    return _Table(names, columns)


_READERS: dict[str, Callable[[Path], _Table]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".npy": _read_npy,
    ".npz": _read_npz,
}


def _loaded(file: Path, load: Callable[[Path], Any]) -> Any:
    try:
        return load(file)
    except (ImportError, ParameterError):
        raise
    except Exception as error:
        # A damaged file fails in as many ways as its parser has lines (zlib, zipfile, Arrow, NumPy).
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> ParameterError:
    reason = str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__
    return ParameterError(f"{file}: cannot be read as {file.suffix.lower()}: {reason}")


def _split(file: Path, what: str, array: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    if array.ndim not in (1, 2):
        raise ParameterError(
            f"{file}: {what} must have the shape (steps,) or (steps, channels), got {array.shape}"
        )
    check_channels(file, array.shape[1] if array.ndim == 2 else 1)
    return list(array.reshape(len(array), -1).T) if array.size else [array.ravel()]


def _choose(file: Path, table: _Table, wanted: Sequence[str] | None) -> tuple[list[int], list[str]]:
    names, notes = table.names, []
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ParameterError(f"{file}: two columns are called {twice[0]!r}")
    if wanted is None:
        wanted = []
        for place, name in enumerate(names):
            dates = _are_dates(table.columns[place])
            if dates or (not name and place == 0 and len(names) > 1):
                what = "holds dates" if dates else "has no name and stands first, as an index does"
                notes.append(f"column '{name}' {what}: it is not part of the series")
            elif not name:
                raise ParameterError(
                    f"{file}: column {place + 1} has no name: say with `columns` which ones to read"
                )
            else:
                wanted.append(name)
    if not wanted:
        raise ParameterError(f"{file}: no column to read")
    places, asked = {name: place for place, name in enumerate(names)}, Counter(wanted)
    for name in wanted:
        if name not in places:
            raise ParameterError(f"{file}: no column {name!r}{nearest(str(name), names)}")
        if asked[name] > 1:
            raise ParameterError(f"`columns` asks for {name!r} twice")
    return [places[name] for name in wanted], notes


def _are_dates(column: Sequence[str] | npt.NDArray[Any]) -> bool:
    if isinstance(column, np.ndarray):
        return column.dtype.kind == "M"
    return are_dates(column)


def _channel(file: Path, table: _Table, index: int, whole: bool) -> Array:
    where = f"{file}: column {table.names[index]!r}"
    column = table.columns[index]
    if isinstance(column, np.ndarray):
        if column.dtype.kind not in "fiub":
            raise ParameterError(f"{where} must hold real numbers, got {column.dtype}")
        values = column.astype(np.float64)
    else:
        values = np.empty(len(column))
        for row, text in enumerate(column):
            found = number(text, table.decimal)
            if found is None:
                what = (
                    "is a date, not a number: leave the column out"
                    if are_dates([text])
                    else "is not a number"
                )
                raise ParameterError(f"{where}, {table.place(row)}: {text!r} {what}")
            values[row] = found
    bad = np.flatnonzero(~np.isfinite(values) if whole else np.isinf(values))
    if bad.size:
        fault = "is missing" if math.isnan(values[bad[0]]) else "is infinite"
        raise ParameterError(f"{where}, {table.place(int(bad[0]))}: the value {fault}")
    return values
