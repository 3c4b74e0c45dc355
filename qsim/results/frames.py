"""Rows as pandas data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from qsim.model.columns import Column, columns

_DTYPES = {int: "int64", float: "float64", str: "str", tuple: "object"}


def frame(table: str, rows: Sequence[Any]) -> pd.DataFrame:
    """A data frame of one table of a result, with typed columns even when there are no rows."""
    described = columns(table)
    data = pd.DataFrame({column.name: _series(column, rows) for column in described})
    data.attrs["columns"] = {column.name: column.doc for column in described}
    data.attrs["units"] = {column.name: column.unit for column in described}
    return data


def _series(column: Column, rows: Sequence[Any]) -> pd.Series[Any]:
    return pd.Series([getattr(row, column.name) for row in rows], dtype=_DTYPES[column.type])
