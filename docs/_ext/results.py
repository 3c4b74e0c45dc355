"""``{result-tables}`` and ``{run-metrics}``: the columns of every table, from what makes them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from generated import Generated, table

from qsim import registry
from qsim.model.rows import TABLES, Column, columns
from qsim.results.run_metrics import KEY_METRICS, RUN_METRICS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: How a column is stored in Parquet.
_STORED_AS = {int: "int64", float: "double", str: "string", tuple: "list of string"}


class ResultTables(Generated):
    """A section for each table of a result."""

    def lines(self) -> list[str]:
        """What a row is, and its columns."""
        made: list[str] = []
        own = {name: registry.lookup("table", name) for name in registry.names("table")}
        for name, row in {**TABLES, **own}.items():
            summary = (inspect.getdoc(row) or "").partition("\n\n")[0].replace("\n", " ")
            made += [f"(table-{name})=", f"#### `{name}`", "", summary, ""]
            made += table(("column", "type", "meaning"), map(_described, columns(name)))
        return made


class RunMetrics(Generated):
    """The figures of a whole run."""

    def lines(self) -> list[str]:
        """A table."""
        rows = [
            (f"`{name}`", "" if metric.unit == "1" else metric.unit, metric.doc)
            for name, metric in {**RUN_METRICS, **KEY_METRICS}.items()
        ]
        return table(("metric", "unit", "meaning"), rows)


def _described(column: Column) -> tuple[str, str, str]:
    empty = ", may be empty" if column.optional else ""
    return f"`{column.name}`", _STORED_AS[column.type] + empty, column.doc


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("result-tables", ResultTables)
    app.add_directive("run-metrics", RunMetrics)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
