"""A user's own series: CSV, Parquet and NumPy files.

Nothing is guessed or mended: a missing value, a text, a short row or an unknown column is an error that names
the file, the column and the row, for a gap that is filled in silently becomes a result that is believed.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]


class NamedSeries(NamedTuple):
    """A series and what its channels are called.

    Attributes:
        values: (steps, channels).
        columns: a name for each channel.
    """

    values: Array
    columns: tuple[str, ...]


def read_series(path: str | Path, columns: Sequence[str] | str | None = None) -> NamedSeries:
    """Read a series from a file; rows are steps in time order, columns are channels.

    * ``.csv``: commas, UTF-8. The first line names the columns, unless all its fields are numbers; then the
      columns are called ``c0``, ``c1``, ...
    * ``.parquet``.
    * ``.npy``: (steps,) or (steps, channels), columns ``c0``, ``c1``, ...
    * ``.npz``: each array is (steps,), a column of that name, or (steps, channels), columns ``name_0``,
      ``name_1``, ...

    Pickled objects are never loaded.

    Args:
        path: the file.
        columns: names of the columns wanted, in that order; all by default.

    Returns:
        Values as float64 and column names.

    Raises:
        ParameterError: the file is missing, empty, damaged or of an unknown kind; a column is unknown, named
            twice, no number or of another length; a value is missing or not finite; a row is too short or
            too long.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise ParameterError(
            f"{file}: cannot read {file.suffix or 'a file without extension'!r}, only {known}"
        )
    if not file.is_file():
        raise ParameterError(f"{file}: {'is a folder' if file.is_dir() else 'no such file'}")
    table = reader(file)
    chosen = _choose(file, table.names, (columns,) if isinstance(columns, str) else columns)
    channels = [_channel(file, table, index) for index in chosen]
    names = tuple(table.names[index] for index in chosen)
    for name, channel in zip(names, channels, strict=True):
        if len(channel) != len(channels[0]):
            raise ParameterError(
                f"{file}: columns must be equally long, but {names[0]!r} has {len(channels[0])} rows and "
                f"{name!r} has {len(channel)}"
            )
    if not len(channels[0]):
        raise ParameterError(f"{file}: holds no rows")
    return NamedSeries(np.column_stack(channels), names)


class _Table(NamedTuple):
    """What a file holds, as it stands there: texts from CSV, arrays of any type from the others."""

    names: Sequence[str]
    columns: Sequence[Sequence[str] | npt.NDArray[Any]]
    lines: Sequence[int] | None = None

    def place(self, row: int) -> str:
        """Where to look for a row: its line in a text file, its number from 1 elsewhere."""
        return f"line {self.lines[row]}" if self.lines is not None else f"row {row + 1}"


def _read_csv(file: Path) -> _Table:
    rows, lines = [], []
    try:
        # The mark that some spreadsheets put at the start is no part of the first name.
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, strict=True)
            for row in reader:
                rows.append(row)
                lines.append(reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(file, error) from None
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise ParameterError(f"{file}: is empty")
    names = [field.strip() for field in rows[0]]
    if all(_number(field) is not None for field in names):
        names = [f"c{index}" for index in range(len(names))]
    else:
        del rows[0], lines[0]
    for row, line in zip(rows, lines, strict=False):
        if len(row) != len(names):
            fields = f"{len(row)} field{'s'[: len(row) != 1]}"
            raise ParameterError(f"{file}: line {line} has {fields}, but there are {len(names)} columns")
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return _Table(names, columns, lines)


def _read_parquet(file: Path) -> _Table:
    import pandas as pd

    frame = _loaded(file, pd.read_parquet)
    columns: list[npt.NDArray[Any]] = []
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        numeric = pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind != "c"
        columns.append(column.to_numpy(np.float64, na_value=np.nan) if numeric else column.to_numpy())
    return _Table([str(name) for name in frame.columns], columns)


def _read_npy(file: Path) -> _Table:
    array = _loaded(file, _load_numpy)
    if not isinstance(array, np.ndarray):
        raise ParameterError(f"{file}: holds several arrays: call it .npz")
    columns = _split(file, "the array", array)
    return _Table([f"c{index}" for index in range(len(columns))], columns)


def _read_npz(file: Path) -> _Table:
    arrays = _loaded(file, _load_numpy)
    if isinstance(arrays, np.ndarray):
        raise ParameterError(f"{file}: holds a single array: call it .npy")
    names: list[str] = []
    columns: list[npt.NDArray[Any]] = []
    for name, array in arrays.items():
        parts = _split(file, f"array {name!r}", array)
        names += [name] if array.ndim == 1 else [f"{name}_{index}" for index in range(len(parts))]
        columns += parts
    return _Table(names, columns)


def _load_numpy(file: Path) -> npt.NDArray[Any] | dict[str, npt.NDArray[Any]]:
    # Opened here, for NumPy leaves a damaged archive open.
    with file.open("rb") as handle:
        found = np.load(handle, allow_pickle=False)
        return found if isinstance(found, np.ndarray) else dict(found)


_READERS: dict[str, Callable[[Path], _Table]] = {
    ".csv": _read_csv,
    ".parquet": _read_parquet,
    ".npy": _read_npy,
    ".npz": _read_npz,
}


def _loaded(file: Path, load: Callable[[Path], Any]) -> Any:
    try:
        return load(file)
    except ImportError:
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
    return list(array.reshape(len(array), -1).T) if array.size else [array.ravel()]


def _choose(file: Path, names: Sequence[str], wanted: Sequence[str] | None) -> list[int]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParameterError(f"{file}: two columns are called {twice[0]!r}")
    if wanted is None:
        if "" in names:
            raise ParameterError(
                f"{file}: column {names.index('') + 1} has no name: say with `columns` which ones to read"
            )
        wanted = names
    if not wanted:
        raise ParameterError(f"{file}: no column to read")
    for name in wanted:
        if name not in names:
            raise ParameterError(f"{file}: no column {name!r}{nearest(str(name), names)}")
        if list(wanted).count(name) > 1:
            raise ParameterError(f"`columns` asks for {name!r} twice")
    return [names.index(name) for name in wanted]


def _channel(file: Path, table: _Table, index: int) -> Array:
    where = f"{file}: column {table.names[index]!r}"
    column = table.columns[index]
    if isinstance(column, np.ndarray):
        if column.dtype.kind not in "fiub":
            raise ParameterError(f"{where} must hold real numbers, got {column.dtype}")
        values = column.astype(np.float64)
    else:
        values = np.empty(len(column))
        for row, text in enumerate(column):
            number = math.nan if not text.strip() else _number(text)
            if number is None:
                raise ParameterError(f"{where}, {table.place(row)}: {text!r} is not a number")
            values[row] = number
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        fault = "is missing" if math.isnan(values[bad[0]]) else "is infinite"
        raise ParameterError(f"{where}, {table.place(int(bad[0]))}: the value {fault}")
    return values


def _number(text: str) -> float | None:
    # Python reads 1_000 as a number; in a data file it is a slip.
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None
