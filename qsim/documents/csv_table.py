"""Tables of comma-separated values that people bring: a header with names and units, one row a line.

A header names columns in any order, with the unit of bare numbers behind the name: ``time_s``,
``time [s]``, ``length (km)``, or the unit alone for the one column that has it (``from,to,km``). A cell may
state a unit of its own (``5 km``). Lines that are empty or begin with ``#`` are skipped. Faults are told by
line number and do not repeat what a file says whose header is none of ours: it may be a file of any kind.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from qsim import limits, units
from qsim.errors import NetworkError, UnitError
from qsim.files import guarded, read_regular

#: Larger files, and tables of more rows, are refused.
MOST_BYTES: Final = 64 * 2**20
MOST_ROWS: Final = 1_000_000
#: Longest cell that a message repeats.
_LONGEST: Final = 40
_HEADING: Final = re.compile(r"(?P<name>.*?)\s*[\[(]\s*(?P<unit>[^\])]*?)\s*[\])]\s*\Z")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table, read.

    Attributes:
        source: the file, for messages.
        cells: the cells of each column by its name, as text.
        lines: line number of each row, from 1.
        units: by column, the SI unit and what bare numbers are in.
    """

    source: str
    cells: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    units: Mapping[str, tuple[str, str]]

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def texts(self, column: str) -> tuple[str, ...]:
        """A column of words, none of them empty.

        Raises:
            NetworkError: a cell is empty.
        """
        for row, cell in enumerate(self.cells[column]):
            if not cell:
                raise self.fault(row, f"`{column}` is empty")
        return tuple(self.cells[column])

    def numbers(
        self, column: str, *, ge: float = -math.inf, le: float = math.inf, gt: float = -math.inf
    ) -> tuple[float, ...]:
        """A column of quantities in SI.

        Raises:
            NetworkError: a cell is no quantity of the column's unit, or out of bounds.
        """
        return tuple(self.number(column, row, ge=ge, le=le, gt=gt) for row in range(len(self)))

    def whole(self, column: str, *, ge: int) -> tuple[int, ...]:
        """A column of whole numbers.

        Raises:
            NetworkError: a cell is none, or too small.
        """
        numbers = self.numbers(column, ge=ge)
        for row, number in enumerate(numbers):
            if not number.is_integer():
                raise self.fault(row, f"`{column}` must be a whole number, got {self._shown(column, row)}")
        return tuple(map(int, numbers))

    def number(
        self, column: str, row: int, *, ge: float = -math.inf, le: float = math.inf, gt: float = -math.inf
    ) -> float:
        """One quantity in SI.

        Raises:
            NetworkError: the cell is none of the column's unit, or out of bounds.
        """
        si, bare = self.units[column]
        cell = self.cells[column][row]
        try:
            number = _quantity(cell, si, bare)
        except UnitError:
            wanted = units.wanted(si) + (f" (a bare number is in {bare})" if bare not in (si, "") else "")
            raise self.fault(
                row, f"`{column}` must be {wanted}, got {self._shown(column, row) if cell else 'nothing'}"
            ) from None
        if number < ge or number > le or number <= gt:
            limit = (
                f"at least {ge:g}" if number < ge else f"at most {le:g}" if number > le else f"above {gt:g}"
            )
            raise self.fault(row, f"`{column}` must be {limit}, got {self._shown(column, row)}")
        return number

    def ascending(self, column: str, numbers: Sequence[float]) -> None:
        """Refuse a column that does not ascend from row to row.

        Raises:
            NetworkError: it does not.
        """
        for row, (before, after) in enumerate(pairwise(numbers), start=1):
            if not before < after:
                line = self.lines[row - 1]
                raise self.fault(row, f"`{column}` must ascend, and is not above that of line {line}")

    def fault(self, row: int, message: str) -> NetworkError:
        """What is wrong with a row, as an error."""
        return NetworkError(f"{self.source}, line {self.lines[row]}: {message}")

    def _shown(self, column: str, row: int) -> str:
        cell = self.cells[column][row]
        return repr(cell if len(cell) <= _LONGEST else cell[: _LONGEST - 3] + "...")


def read_csv(
    path: str | Path, base: Path | None, columns: Mapping[str, str], required: Collection[str]
) -> CsvTable:
    """Read a table.

    Args:
        path: the file, relative to `base`.
        base: the folder that the file must lie in or below; None reads it wherever it lies, relative to the
            working directory.
        columns: the names that a header may have, each with its SI unit; empty for words.
        required: those that it must have.

    Raises:
        NetworkError: the file cannot be read or is no such table.
        LimitError: it lies outside the folder `base` and those that may be read.
    """
    place = (base or Path()) / path
    if base is not None:
        limits.current().check_file(place, base)
    rows, lines = _rows(_text(place), str(place))
    if not rows:
        raise NetworkError(f"{place}: the file is empty; it must begin with a header: {_wanted(columns)}")
    header = _header(rows[0], columns, required, f"{place}, line {lines[0]}")
    for row, line in zip(rows[1:], lines[1:], strict=True):
        if len(row) != len(header):
            raise NetworkError(
                f"{place}, line {line}: has {len(row)} cells, and the header {len(header)} columns"
            )
    cells = {name: [row[at] for row in rows[1:]] for at, (name, _) in enumerate(header)}
    known = {name: (columns[name], unit) for name, unit in header}
    return CsvTable(str(place), cells, lines[1:], known)


def _text(path: Path) -> str:
    if path.is_dir():
        raise NetworkError(f"{path}: is a directory, not a file")
    try:
        with guarded(lambda why: NetworkError(f"{path}: cannot be read: {why}")):
            data = read_regular(path, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        raise NetworkError(f"{path}: no such file") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NetworkError(f"{path}: not UTF-8 text (byte {error.start})") from None


def _rows(text: str, source: str) -> tuple[list[list[str]], list[int]]:
    """The rows that say something, and the lines on which they end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or cells[0].startswith("#"):
                continue
            rows.append(cells)
            lines.append(reader.line_num)
            if len(rows) > MOST_ROWS + 1:
                raise NetworkError(f"{source}: has more than {MOST_ROWS:,} rows, the most that are read")
    except csv.Error as error:
        raise NetworkError(f"{source}, line {reader.line_num}: no comma-separated values: {error}") from None
    return rows, lines


def _header(
    row: Sequence[str], columns: Mapping[str, str], required: Collection[str], where: str
) -> list[tuple[str, str]]:
    """The name of each column and the unit of its bare numbers."""
    header: list[tuple[str, str]] = []
    for place, cell in enumerate(row, start=1):
        found = _heading(cell, columns)
        if found is None:
            raise NetworkError(f"{where}: column {place} of the header is none of {_wanted(columns)}")
        if any(found[0] == name for name, _ in header):
            raise NetworkError(f"{where}: column {place} of the header names `{found[0]}` again")
        header.append(found)
    missing = [name for name in required if name not in dict(header)]
    if missing:
        raise NetworkError(f"{where}: the header lacks `{missing[0]}`; it may have {_wanted(columns)}")
    return header


def _heading(cell: str, columns: Mapping[str, str]) -> tuple[str, str] | None:
    """The column that a heading names, and its unit."""
    match = _HEADING.match(cell)
    name, unit = (match["name"], match["unit"]) if match else (cell, None)
    plain = name.strip().lower().replace(" ", "_")
    if plain in columns:
        return (plain, unit or columns[plain]) if _fits(columns[plain], unit) else None
    if unit is None:
        for column, si in columns.items():
            after = name.strip()[len(column) + 1 :]
            if plain.startswith(f"{column}_") and si and _fits(si, after):
                return column, after
        # A unit alone speaks of the one column that it can be of.
        fitting = [column for column, si in columns.items() if si not in ("", "1") and _fits(si, cell)]
        if len(fitting) == 1 and cell:
            return fitting[0], cell
    return None


def _fits(si: str, unit: str | None) -> bool:
    """Whether bare numbers of a column may be in a unit."""
    return not unit or (si != "" and unit in units.accepted(si))


def _wanted(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({si})" if si not in ("", "1") else name for name, si in columns.items())


def _quantity(cell: str, si: str, bare: str) -> float:
    """A cell in SI; a bare number is in the unit of the header."""
    try:
        float(cell)
    except ValueError:
        return units.parse(cell, si)
    return units.parse(f"{cell} {bare}" if bare and bare != "1" else cell, si)
