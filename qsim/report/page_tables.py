"""Tables as data of the page, shortened where they would make it too long."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from qsim.model.rows import columns

#: Rows of one table that the page holds, and characters of them.
MOST_ROWS, MOST_CHARACTERS = 5000, 900_000
#: Names of a path shown from its beginning.
_PATH = 6

#: How the scripts set the cells of a column.
_KINDS = {int: "number", float: "number", str: "text", tuple: "path"}
_UNITS = {"s": "s", "hz": "Hz", "m": "m"}


def heading(name: str, unit: str | None = None) -> str:
    """A column's name for people: words, and the unit behind a comma.

    Args:
        name: as in the tables, such as ``throughput_mean_hz``.
        unit: SI unit, when the name does not end in it.

    Example:
        >>> heading("throughput_mean_hz"), heading("expired"), heading("links[0].length", "m")
        ('throughput mean, Hz', 'expired', 'links[0].length, m')
    """
    stem, _, suffix = name.rpartition("_")
    if stem and suffix in _UNITS and "." not in name:
        name, unit = stem, _UNITS[suffix]
    words = name if "." in name else name.replace("_", " ")
    return words if unit in (None, "1") else f"{words}, {unit}"


def result_table(title: str, table: str, rows: Sequence[Any]) -> dict[str, Any]:
    """One table of a result.

    Args:
        title: its headline.
        table: its name among the tables of a result.
        rows: its rows.
    """
    # Paths are wide: figures come before them.
    described = sorted(columns(table), key=lambda column: column.type is tuple)
    heads = [
        {
            "label": heading(column.name),
            "kind": _KINDS[column.type],
            "doc": f"{column.doc} ({column.name})",
        }
        for column in described
    ]
    cells = ([_cell(getattr(row, column.name)) for column in described] for row in rows)
    kept = shortened(cells)
    note = ""
    if len(kept) < len(rows):
        place = f"table '{table}' of the stored result"
        note = f"The first {len(kept)} of {len(rows)} rows; the whole is in the {place}."
    return {"id": table, "title": title, "columns": heads, "rows": kept, "note": note}


def shortened(rows: Any) -> list[list[Any]]:
    """As many rows from the beginning as the page can hold."""
    kept: list[list[Any]] = []
    size = 0
    for row in rows:
        size += len(json.dumps(row, ensure_ascii=False))
        if len(kept) >= MOST_ROWS or size > MOST_CHARACTERS:
            break
        kept.append(row)
    return kept


def _cell(value: Any) -> Any:
    """A cell as a number or text; of a long path the beginning and the end."""
    if not isinstance(value, tuple):
        return value
    if len(value) <= _PATH + 2:
        return " → ".join(value)
    return f"{' → '.join(value[:_PATH])} → … → {value[-1]} ({len(value)} nodes)"
