"""Text tables that fit the width they are given.

A table too wide for its page first gives up its least important columns, then shortens its widest text; a row
never takes two lines.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from qsim.errors import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

_GAP = 2
#: Width of a page whose lines may be as long as they are.
UNBOUNDED = 100_000
#: Rows shown of a table; the rest is counted.
SHOWN = 20
#: The importance from which on a column is never given up.
ALWAYS = 9


def plain_text(page: RenderableType, width: int) -> str:
    """Anything that rich can render, as text without colour and without trailing blanks."""
    from rich.console import Console

    sheet = io.StringIO()
    # In a notebook rich would show the page at once and write nothing into the sheet.
    console = Console(file=sheet, width=width, color_system=None, legacy_windows=False, force_jupyter=False)
    console.print(page)
    return "\n".join(line.rstrip() for line in sheet.getvalue().splitlines()) + "\n"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its rich style, if it has one."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    right: bool
    keep: int


@dataclass(slots=True)
class TextTable:
    """A table under construction.

    Attributes:
        title: heading.
        shown: rows shown at most; the rest is counted.
        columns: the columns, left to right.
        rows: the rows, all of them.
    """

    title: str
    shown: int
    columns: list[_Column] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)

    def column(self, title: str, *, right: bool = False, keep: int = ALWAYS) -> None:
        """Add a column.

        Args:
            title: its heading.
            right: whether it is aligned to the right, as numbers are.
            keep: importance; a narrow page gives up the least important columns first, and those of 0 always.
        """
        self.columns.append(_Column(title, right, keep))

    def row(self, *cells: str | Cell) -> None:
        """Add a row, a cell for each column."""
        given = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]
        self.rows.append([Cell(printable(cell.text), cell.style) for cell in given])

    def text(self, width: int | None) -> str:
        """The table as text without colour or trailing blanks, its last line ended; None bounds no line."""
        width = UNBOUNDED if width is None else width
        lines = ((_GAP * " ").join(cell.text for cell in line).rstrip() for line in self._lines(width))
        return "\n".join((printable(self.title), *lines, *self._more(width))) + "\n"

    def render(self, width: int) -> RenderableType:
        """The table in colour, for a page of so many columns of text."""
        # What only prints text need not wait for these to load.
        from rich.console import Group
        from rich.text import Text

        parts = [Text(self.title, style="bold underline")]
        for line in self._lines(width):
            cells = [Text(cell.text, style=cell.style) for cell in line]
            parts.append(Text(_GAP * " ", no_wrap=True, overflow="ignore").join(cells))
        return Group(*parts, *(Text(line, style="dim") for line in self._more(width)))

    def _more(self, width: int) -> tuple[str, ...]:
        """What is not shown: rows, and columns for which there is no room."""
        hidden = len(self.rows) - self.shown
        chosen = self._chosen(width)
        lost = [
            column.title for place, column in enumerate(self.columns) if column.keep and place not in chosen
        ]
        lines = (f"... and {hidden} more",) if hidden > 0 else ()
        said = f"(a wider page has {', '.join(lost)} too)"
        return (*lines, said if len(said) <= width else f"{said[: width - 1]}…") if lost else lines

    def _lines(self, width: int) -> list[list[Cell]]:
        """Headings and rows, each cell as wide as its column is on a page of this width."""
        chosen = self._chosen(width)
        columns = [self.columns[index] for index in chosen]
        lines = [[Cell(column.title, "bold") for column in columns]]
        lines += [[row[index] for index in chosen] for row in self.rows[: self.shown]]
        widths = [max(cell_len(cell.text) for cell in cells) for cells in zip(*lines, strict=True)]
        while sum(widths) + _GAP * (len(widths) - 1) > width and max(widths) > 1:
            widths[widths.index(max(widths))] -= 1
        return [
            [
                Cell(_fitted(cell.text, size, right=column.right), cell.style)
                for cell, size, column in zip(line, widths, columns, strict=True)
            ]
            for line in lines
        ]

    def _chosen(self, width: int) -> list[int]:
        widths = [
            max(
                cell_len(text)
                for text in (column.title, *(row[index].text for row in self.rows[: self.shown]))
            )
            for index, column in enumerate(self.columns)
        ]
        chosen = [index for index, column in enumerate(self.columns) if column.keep]
        while sum(widths[index] + _GAP for index in chosen) - _GAP > width:
            least = min(chosen, key=lambda index: self.columns[index].keep)
            if self.columns[least].keep >= ALWAYS:
                break
            chosen.remove(least)
        return chosen


def _fitted(text: str, width: int, *, right: bool) -> str:
    """A text of exactly this width on the screen: shortened, or filled up with blanks."""
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, width - 1) + "…"
    return " " * missing + text if right else text + " " * missing


def words(table: str) -> str:
    """The headline of a table that something in the run has added, from its name.

    Example:
        >>> words("ghz-requests")
        'Ghz requests'
    """
    return table.replace("-", " ").capitalize()
