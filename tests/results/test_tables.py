from __future__ import annotations

import subprocess
import sys

import pytest
from rich.cells import cell_len

from qsim.results.text_tables import TextTable, plain_text


def table(*widths_and_importance: tuple[int, int], shown: int = 5) -> TextTable:
    """A table with one row of x's, a column for each width and importance."""
    made = TextTable("Title", shown=shown)
    for number, (_, keep) in enumerate(widths_and_importance):
        made.column(f"c{number}", keep=keep)
    made.row(*("x" * width for width, _ in widths_and_importance))
    return made


def header(made: TextTable, width: int) -> list[str]:
    return plain_text(made.render(width), width).splitlines()[1].split()


def test_all_columns_show_when_they_fit() -> None:
    assert header(table((10, 9), (10, 1), (10, 5)), 34) == ["c0", "c1", "c2"]


def test_the_least_important_column_goes_first() -> None:
    assert header(table((10, 9), (10, 1), (10, 5)), 33) == ["c0", "c2"]
    assert header(table((10, 9), (10, 1), (10, 5)), 21) == ["c0"]


def test_a_column_of_no_importance_never_shows() -> None:
    assert header(table((3, 9), (3, 0)), 80) == ["c0"]


def test_text_that_still_does_not_fit_is_shortened() -> None:
    lines = plain_text(table((30, 9)).render(10), 10).splitlines()
    assert lines == ["Title", "c0", "xxxxxxxxx…"]


def test_rows_beyond_the_limit_are_counted() -> None:
    made = table((3, 9), shown=1)
    made.row("y")
    made.row("z")
    assert plain_text(made.render(20), 20).splitlines() == ["Title", "c0", "xxx", "... and 2 more"]


@pytest.mark.parametrize("width", [1, 8, 20, 21, 33, 34, 80])
def test_text_is_what_a_console_without_colour_shows(width: int) -> None:
    made = TextTable("T", shown=2)
    made.column("from → to")
    made.column("n", right=True, keep=3)
    made.column("Zürich 東京")
    made.row("a → b", "7", "x")
    made.row("a rather long name", "1 234", "東京の中心")
    made.row("hidden", "", "")
    assert made.text(width) == plain_text(made.render(width), 80)
    assert "\n... and 1 more\n" in made.text(width)
    assert max(map(cell_len, made.text(width).splitlines())) <= max(width, len("... and 1 more"))


def test_numbers_stand_at_the_right_and_wide_characters_take_two_columns() -> None:
    made = TextTable("T", shown=5)
    made.column("name")
    made.column("n", right=True)
    made.row("東京", "7")
    made.row("Genf", "1 234")
    assert made.text(80) == "T\nname      n\n東京      7\nGenf  1 234\n"
    assert made.text(10) == "T\nname     n\n東京     7\nGenf  1 2…\n"


def test_a_table_of_text_needs_no_console() -> None:
    code = (
        "import sys; from qsim.results.text_tables import TextTable; made = TextTable('T', 5)\n"
        "made.column('c'); made.row('x'); made.text(80); print('rich.console' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_text_stays_text_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert plain_text("a page", 20) == "a page\n"
