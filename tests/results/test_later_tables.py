"""Tables that results of earlier versions lack."""

from __future__ import annotations

from pathlib import Path

import pytest

from qsim.errors import ResultError
from qsim.model.rows import LATER, STORED
from qsim.results import Result
from tests.results.specimens import result


def test_a_table_without_rows_is_left_out_of_files_and_fingerprint(tmp_path: Path) -> None:
    without = result(availability=())
    without.save(tmp_path / "run")
    assert not (tmp_path / "run" / "availability.parquet").exists()
    assert Result.load(tmp_path / "run") == without
    assert "availability" not in without.to_dict()
    assert without.fingerprint != result().fingerprint


def test_a_table_with_rows_is_kept(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    assert Result.load(tmp_path / "run").availability == result().availability
    assert "Availability" in str(result())
    assert len(result().to_dict()["availability"]) == 2


@pytest.mark.parametrize("table", sorted(set(STORED) - LATER))
def test_no_other_table_may_be_missing(tmp_path: Path, table: str) -> None:
    result().save(tmp_path / "run")
    (tmp_path / "run" / f"{table}.parquet").unlink()
    with pytest.raises(ResultError, match="is incomplete"):
        Result.load(tmp_path / "run")


def test_a_later_table_that_was_there_and_is_lost_is_noticed(tmp_path: Path) -> None:
    result().save(tmp_path / "run")
    (tmp_path / "run" / "availability.parquet").unlink()
    with pytest.raises(ResultError, match="do not match the fingerprint"):
        Result.load(tmp_path / "run")
