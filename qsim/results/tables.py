"""Text tables that fit the width they are given.

A table too wide for its page first gives up its least important columns, then shortens its widest text; a row
never takes two lines.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

_GAP = 2
#: The importance from which on a column is never given up.
ALWAYS = 9


def plain_text(page: RenderableType, width: int) -> str:
    """Anything that rich can render, as text without colour and without trailing blanks."""
    sheet = io.StringIO()
    Console(file=sheet, width=width, color_system=None, legacy_windows=False).print(page)
    return "\n".join(line.rstrip() for line in sheet.getvalue().splitlines()) + "\n"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its style.

    Attributes:
        text: what to show.
        style: a rich style, or an empty string.
    """

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
        self.rows.append([cell if isinstance(cell, Cell) else Cell(cell) for cell in cells])

    def render(self, width: int) -> RenderableType:
        """The table for a page of so many columns of text."""
        chosen = self._chosen(width)
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold")
        for column in (self.columns[index] for index in chosen):
            table.add_column(
                Text(column.title),
                justify="right" if column.right else "left",
                no_wrap=True,
                overflow="ellipsis",
            )
        for row in self.rows[: self.shown]:
            table.add_row(*(Text(row[index].text, style=row[index].style) for index in chosen))
        parts: list[RenderableType] = [Text(self.title, style="bold underline"), table]
        if len(self.rows) > self.shown:
            parts.append(Text(f"... and {len(self.rows) - self.shown} more", style="dim"))
        return Group(*parts)

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
