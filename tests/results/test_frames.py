from __future__ import annotations

import math

import pytest

from qsim.errors import ResultError
from qsim.model.rows import TABLES, columns
from tests.results.specimens import result


@pytest.mark.parametrize("table", TABLES)
def test_a_frame_has_the_columns_and_rows_of_its_table(table: str) -> None:
    frame = result().frame(table)
    assert list(frame.columns) == [column.name for column in columns(table)]
    assert len(frame) == len(result().table(table)) > 0
    assert frame.attrs["columns"] == {column.name: column.doc for column in columns(table)}


def test_an_empty_table_has_typed_columns_all_the_same() -> None:
    frame = result(flows=()).frame("flows")
    assert len(frame) == 0
    assert (frame["pairs"].dtype.kind, frame["start_s"].dtype.kind) == ("i", "f")


def test_values_arrive_as_they_were() -> None:
    frame = result().frame("flows")
    assert frame["path"][1] == ("a", "b", "c")
    assert frame["fidelity_mean"][0] == 0.925
    assert math.isnan(frame["fidelity_mean"][1])
    assert frame.groupby("initiator")["pairs"].sum()["a"] == 20


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ResultError, match="no table 'flws'"):
        result().frame("flws")
