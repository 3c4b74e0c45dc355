from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from qsim.model.rows import TABLES, as_mappings, columns
from tests.results.specimens import result


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means(table: str) -> None:
    assert [column.name for column in columns(table)] == [
        field.name for field in dataclasses.fields(TABLES[table])
    ]
    assert [column.name for column in columns(table) if not column.doc] == []


def test_types_come_from_the_annotations() -> None:
    found = {column.name: (column.type, column.optional) for column in columns("flows")}
    assert found["path"] == (tuple, False)
    assert found["pairs"] == (int, False)
    assert found["fidelity_mean"] == (float, True)


def test_meanings_outlive_docstrings() -> None:
    code = (
        "from qsim.model.rows import columns\n"
        "print(columns.__doc__, *(column.doc for column in columns('pairs')), sep='|')"
    )
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().split("|") == ["None", *(column.doc for column in columns("pairs"))]


def test_a_meaning_that_runs_over_lines_is_joined() -> None:
    (status,) = (column for column in columns("flows") if column.name == "status")
    assert status.doc.startswith('"completed" when the window ended')
    assert status.doc.endswith("could no longer progress")
    assert "\n" not in status.doc
    assert "  " not in status.doc


def test_cells_are_plain_values_of_the_columns_types() -> None:
    import numpy as np

    from qsim.model.rows import MemoryRow

    (row,) = as_mappings("memories", [MemoryRow("a", np.int64(3), np.float64(0.5), 1, 0)])  # type: ignore[arg-type]
    assert {name: type(value) for name, value in row.items()} == {
        "node": str,
        "memories": int,
        "utilisation": float,
        "entangled": float,
        "expired": int,
    }


def test_rows_keep_their_order() -> None:
    assert [row["initiator"] for row in as_mappings("flows", result().flows + result().unfinished)] == [
        "a",
        "a",
        "c",
    ]
