from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from qsim.errors import ResultError
from qsim.model.rows import STORED
from qsim.results import Result
from qsim.sweeps import FailedRun, SweepResult, SweepRun, SweptParameter
from tests.results.specimens import result, sweep

SWEEP_TABLES = ["runs", "timings", "failures", *STORED]


def index(place: Path) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    found = json.loads((place / "columns.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("format", ["csv", "parquet"])
@pytest.mark.parametrize(("source", "tables"), [(sweep(), SWEEP_TABLES), (result(), STORED)])
def test_every_table_becomes_a_file_that_the_index_explains(
    source: SweepResult | Result, tables: list[str], format: str, tmp_path: Path
) -> None:
    place = source.export(tmp_path / "new" / "tables", format)
    assert place == tmp_path / "new" / "tables"
    files = {f"{table}.{format}" for table in tables}
    assert {path.name for path in place.iterdir()} == {*files, "columns.json"}
    assert {path.name for path in place.parent.iterdir()} == {"tables"}
    described = index(place)["files"]
    assert set(described) == files
    for table in tables:
        frame = source.frame(table)
        assert list(described[f"{table}.{format}"]) == list(frame.columns)
        for name, about in described[f"{table}.{format}"].items():
            assert about == {"unit": frame.attrs["units"][name], "meaning": frame.attrs["columns"][name]}


def test_csv_holds_every_value_to_its_last_digit(tmp_path: Path) -> None:
    place = sweep().export(tmp_path)
    for table in ("runs", "links", "memories", "flows"):
        with (place / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        frame = sweep().frame(table)
        assert len(rows) == len(frame)
        for row, expected in zip(rows, frame.to_dict("records"), strict=True):
            known = {str(name): None if value != value else value for name, value in expected.items()}
            assert {name: read(row[name], value) for name, value in known.items()} == known


def read(cell: str, like: Any) -> Any:
    """A cell of a CSV file as a value of the same type as another; None for an empty one."""
    if not cell:
        return None
    return tuple(json.loads(cell)) if isinstance(like, tuple) else type(like)(cell)


def test_parquet_reads_back_with_the_same_values_and_types(tmp_path: Path) -> None:
    place = sweep().export(tmp_path, "parquet")
    for table in ("runs", "links", "memories", "failures"):
        assert_frame_equal(
            pd.read_parquet(place / f"{table}.parquet"), sweep().frame(table), check_exact=True
        )
    flows = pd.read_parquet(place / "flows.parquet")
    assert [tuple(cell) for cell in flows["path"]] == list(sweep().frame("flows")["path"])


def test_columns_of_mixed_values_are_text_in_parquet(tmp_path: Path) -> None:
    values = ["none", 2, None]
    runs = tuple(
        SweepRun(point, 0, {} if value is None else {"x": value}, 2**64, result())
        for point, value in enumerate(values)
    )
    mixed = SweepResult("", (SweptParameter("x", None, "what is varied"),), runs)
    read = pd.read_parquet(mixed.export(tmp_path, "parquet") / "runs.parquet")
    assert [None if pd.isna(cell) else cell for cell in read["x"]] == ["none", "2", None]
    assert set(read["seed"]) == {str(2**64)}


def test_tracebacks_of_many_lines_survive(tmp_path: Path) -> None:
    failed = FailedRun(0, 0, sweep().runs[0].values, 7, 'no "route", sorry', "File 'x'\n  line, 3\n")
    place = sweep(failures=(failed,)).export(tmp_path)
    (row,) = pd.read_csv(place / "failures.csv").to_dict("records")
    assert (row["error"], row["traceback"]) == (failed.error, failed.traceback)


def test_an_earlier_export_is_replaced_whatever_its_format(tmp_path: Path) -> None:
    sweep().export(tmp_path, "parquet")
    sweep(name="second").export(tmp_path, "csv")
    assert index(tmp_path)["name"] == "second"
    assert list(tmp_path.glob("*.parquet")) == []
    result().export(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*(f"{name}.csv" for name in STORED), "columns.json"}


def test_a_folder_with_other_things_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("ten years of work")
    (tmp_path / "runs.parquet").write_text("somebody else's")
    with pytest.raises(ResultError, match=r"cannot store an export .* other things.* force it"):
        sweep().export(tmp_path)
    sweep().export(tmp_path, force=True)
    assert (tmp_path / "thesis.tex").read_text() == "ten years of work"
    assert (tmp_path / "runs.parquet").read_text() == "somebody else's"
    assert index(tmp_path)["format"] == "qsim-export"


def test_a_stored_result_is_no_place_for_an_export(tmp_path: Path) -> None:
    result().save(tmp_path)
    with pytest.raises(ResultError, match="holds other things"):
        result().export(tmp_path, "parquet")
    assert Result.load(tmp_path) == result()


def test_a_failure_half_way_leaves_the_earlier_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep().export(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_bytes = Path.write_bytes

    def full(path: Path, contents: bytes) -> int:
        if path.name == "links.csv":
            raise OSError(28, "No space left on device")
        return write_bytes(path, contents)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ResultError, match="No space left on device"):
        sweep(name="second").export(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"format 'parket' \(did you mean 'parquet'\?\)"):
        sweep().export(tmp_path, "parket")
    assert list(tmp_path.iterdir()) == []


def test_empty_cells_are_empty_in_csv(tmp_path: Path) -> None:
    flows = pd.read_csv(result().export(tmp_path) / "flows.csv")
    assert math.isnan(flows["fidelity_mean"][1])
