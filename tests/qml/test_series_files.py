"""Series from files: what is read, and one sentence for each thing that cannot be."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from qml.series_files import read_series
from qsim.errors import ParameterError

VALUES = np.array([[1.0, -2.5], [0.1, 1e-300], [3e8, 7.0]])


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path, message: str, columns: Any = None) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        read_series(path, columns)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence or "`columns`" in sentence


def save(path: Path) -> Path:
    """Write `VALUES` in the format of the extension."""
    frame = pd.DataFrame(VALUES, columns=["u", "y"])
    writers: dict[str, Callable[[], Any]] = {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".parquet": lambda: frame.to_parquet(path),
        ".npy": lambda: np.save(path, VALUES),
        ".npz": lambda: np.savez(path, u=VALUES[:, 0], y=VALUES[:, 1]),
    }
    writers[path.suffix]()
    return path


@pytest.mark.parametrize("extension", ["csv", "parquet", "npy", "npz"])
def test_every_bit_comes_back(tmp_path: Path, extension: str) -> None:
    values, columns, _ = read_series(save(tmp_path / f"s.{extension}"))
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, VALUES)
    assert columns == (("c0", "c1") if extension == "npy" else ("u", "y"))


@pytest.mark.parametrize("extension", ["csv", "parquet", "npz"])
def test_columns_are_chosen_in_the_order_asked_for(tmp_path: Path, extension: str) -> None:
    path = save(tmp_path / f"s.{extension}")
    np.testing.assert_array_equal(read_series(path, ["y", "u"]).values, VALUES[:, ::-1])
    assert read_series(str(path), "y").columns == ("y",)
    assert read_series(path, "y").values.shape == (3, 1)
    refused(path, "no column 'z'", ["u", "z"])
    refused(path, "`columns` asks for 'u' twice", ["u", "u"])
    refused(path, "no column to read", [])


def test_a_column_that_is_not_read_may_hold_anything(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "day,price,note\n2024-01-01,1.5,\n2024-01-02,2.5,late\n")
    np.testing.assert_array_equal(read_series(path, "price").values, [[1.5], [2.5]])
    assert read_series(path, "price").notes == ()
    refused(path, r"column 'day', line 2: '2024-01-01' is a date, not a number: leave the column out", "day")
    refused(path, "column 'note', line 3: 'late' is not a number")
    refused(path, "did you mean 'price'", "prices")


def test_a_csv_without_names(tmp_path: Path) -> None:
    values, columns, _ = read_series(written(tmp_path, "s.csv", "1,2\n3,4\n"))
    np.testing.assert_array_equal(values, [[1, 2], [3, 4]])
    assert columns == ("c0", "c1")


@pytest.mark.parametrize(
    "text",
    ["\ufeffa, b\r\n1, 2\r\n3,4\r\n", 'a,b\n"1",2\n3,4', "a,b\n1,2\n3,4\n\n\n", "a,b\n1.,+2\n3e0,4 \n"],
)
def test_csv_as_programs_write_it(tmp_path: Path, text: str) -> None:
    values, columns, _ = read_series(written(tmp_path, "s.CSV", text))
    np.testing.assert_array_equal(values, [[1, 2], [3, 4]])
    assert columns == ("a", "b")


def test_the_index_that_pandas_writes_is_not_taken_for_a_channel(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", ",a\n0,5\n1,6\n")
    values, columns, (note,) = read_series(path)
    assert (values.tolist(), columns) == ([[5], [6]], ("a",))
    assert note == "column '' has no name and stands first, as an index does: it is not part of the series"
    refused(written(tmp_path, "t.csv", "a,\n0,5\n"), "column 2 has no name: say with `columns`")
    np.testing.assert_array_equal(read_series(path, "a").values, [[5], [6]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n", "holds no rows"),
        ("a,b\n1,2\n3\n", "line 3 has 1 field, but there are 2 columns"),
        ("a,b\n1,2\n3,4,5\n", "line 3 has 3 fields, but there are 2 columns"),
        ("a,b\n1,2\n\n3,4\n", "line 3 has 0 fields"),
        ("a\n1\n\n2\n", "line 3 has 0 fields"),
        ("a,b\n1,2\n3,\n", "column 'b', line 3: the value is missing"),
        ("a,b\n1,nan\n", "column 'b', line 2: the value is missing"),
        ("a,b\n1,2\n-inf,4\n", "column 'a', line 3: the value is infinite"),
        ("a,b\n1,2\n3,1e999\n", "column 'b', line 3: the value is infinite"),
        ("a,b\n1,2\n3,x4\n", "column 'b', line 3: 'x4' is not a number"),
        ("a\n1_000\n", "column 'a', line 2: '1_000' is not a number"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ('a\n"1\n', "cannot be read as .csv"),
        (b"a\n\xff\xfe\n", "cannot be read as .csv"),
    ],
)
def test_a_faulty_csv(tmp_path: Path, text: str | bytes, message: str) -> None:
    refused(written(tmp_path, "s.csv", text), message)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", 'a,"long\nname"\n1,2\n3,?\n')
    refused(path, r"line 4: '\?' is not a number")


def test_parquet_with_nullable_and_other_types(tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    whole = pd.array([1, None, 3], dtype="Int64")
    frame = pd.DataFrame({"n": whole, "flag": [True, False, True], "small": np.float32([1, 2, 3])})
    frame.assign(text=["a", "b", "c"], day=pd.date_range("2024-01-01", periods=3)).to_parquet(path)
    np.testing.assert_array_equal(read_series(path, ["flag", "small"]).values, [[1, 1], [0, 2], [1, 3]])
    refused(path, "column 'n', row 2: the value is missing")
    refused(path, "column 'text' must hold real numbers", "text")
    refused(path, "column 'day' must hold real numbers", "day")
    dated = frame.drop(columns="n").assign(day=pd.date_range("2024-01-01", periods=3))
    dated.to_parquet(path)
    assert read_series(path).columns == ("flag", "small")
    assert read_series(path).notes == ("column 'day' holds dates: it is not part of the series",)


def test_parquet_without_rows_or_columns(tmp_path: Path) -> None:
    path = tmp_path / "s.parquet"
    pd.DataFrame({"a": np.zeros(0)}).to_parquet(path)
    refused(path, "holds no rows")
    pd.DataFrame(index=range(3)).to_parquet(path)
    refused(path, "no column to read")


def test_npz_with_several_channels_in_an_array(tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    np.savez_compressed(path, a=VALUES, b=np.arange(3), rate=np.ones(1))
    series = read_series(path, ["b", "a_1"])
    np.testing.assert_array_equal(series.values, np.column_stack([np.arange(3), VALUES[:, 1]]))
    refused(path, "columns must be equally long, but 'a_0' has 3 rows and 'rate' has 1")


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 2, 2)), r"must have the shape \(steps,\) or \(steps, channels\), got \(2, 2, 2\)"),
        (np.array(5.0), r"got \(\)"),
        (np.zeros((0, 3)), "holds no rows"),
        (np.array(["1", "2"]), "column 'c0' must hold real numbers"),
        (np.array([1j]), "column 'c0' must hold real numbers, got complex128"),
        (np.array([{}], dtype=object), "cannot be read as .npy: Object arrays cannot be loaded"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), "column 'c1', row 2: the value is missing"),
    ],
)
def test_a_faulty_array(tmp_path: Path, array: Any, message: str) -> None:
    path = tmp_path / "s.npy"
    np.save(path, array)
    refused(path, message)


@pytest.mark.parametrize("extension", ["parquet", "npy", "npz"])
@pytest.mark.parametrize("damage", ["empty", "rubbish", "half"])
def test_a_damaged_file(tmp_path: Path, extension: str, damage: str) -> None:
    path = save(tmp_path / f"s.{extension}")
    whole = path.read_bytes()
    path.write_bytes({"empty": b"", "rubbish": b"rubbish", "half": whole[: len(whole) // 2]}[damage])
    refused(path, f"cannot be read as .{extension}: ")


def test_one_kind_of_numpy_file_under_the_name_of_the_other(tmp_path: Path) -> None:
    refused(save(tmp_path / "a.npz").rename(tmp_path / "b.npy"), "call it .npz")
    refused(save(tmp_path / "c.npy").rename(tmp_path / "d.npz"), "call it .npy")


def test_files_that_are_not_there_or_of_no_known_kind(tmp_path: Path) -> None:
    refused(tmp_path / "none.csv", "no such file")
    refused(written(tmp_path, "s.xls", ""), r"cannot read '\.xls', only \.csv, \.parquet, \.npy, \.npz")
    refused(written(tmp_path, "s", ""), "without extension")
    (tmp_path / "folder.csv").mkdir()
    refused(tmp_path / "folder.csv", "is a folder")


def test_pandas_is_not_loaded_for_plain_numbers(tmp_path: Path) -> None:
    script = (
        "import sys; from qml.series_files import read_series\n"
        "for path in sys.argv[1:]: read_series(path)\n"
        "assert 'pandas' not in sys.modules and 'pyarrow' not in sys.modules"
    )
    files = [str(save(tmp_path / f"s.{extension}")) for extension in ("csv", "npy", "npz")]
    subprocess.run([sys.executable, "-c", script, *files], check=True)


@pytest.mark.parametrize(
    "text",
    [
        "day;load;price\n2024-01-01;1,5;2\n2024-01-02;-0,25;3,0e1\n",
        "day\tload\tprice\n01.02.2024\t1.5\t2\n02.02.2024\t-0.25\t30\n",
        "day|load|price\n2024-01-01 00:30|1.5|2\n2024-01-01 01:00|-.25|30\n",
        'day,load,price\n"Jan 1, 2024",1.5,2\n"Jan 2, 2024",-.25,30\n',
    ],
)
def test_separators_decimal_commas_and_dates_are_recognised(tmp_path: Path, text: str) -> None:
    values, columns, notes = read_series(written(tmp_path, "s.csv", text))
    assert columns == ("load", "price")
    assert values.tolist() == [[1.5, 2.0], [-0.25, 30.0]]
    assert notes == ("column 'day' holds dates: it is not part of the series",)


def test_separator_and_decimal_mark_can_be_said(tmp_path: Path) -> None:
    path = written(tmp_path, "s.csv", "a b\n1,5 2,5\n")
    assert read_series(path, separator=" ", decimal=",").values.tolist() == [[1.5, 2.5]]
    refused(written(tmp_path, "t.csv", "a;b\n1.234,5;2,5\n"), r"'1\.234,5' is not a number")


GAPS = "a,b\n,1\n1,NA\n2,4\n5,nan\n,7\n"


@pytest.mark.parametrize(
    ("missing", "expected", "note"),
    [
        ("drop", [[2, 4]], "4 of 10 values are missing: 4 steps were dropped"),
        (
            "previous",
            [[1, 1], [2, 4], [5, 4], [5, 7]],
            "4 of 10 values are missing: filled by the last; 1 steps dropped",
        ),
        (
            "interpolate",
            [[1, 2.5], [2, 4], [5, 5.5]],
            "4 of 10 values are missing: filled on a straight line, which looks ahead within a gap;"
            " 2 steps dropped",
        ),
    ],
)
def test_missing_values_by_a_stated_policy(
    tmp_path: Path, missing: str, expected: list[list[float]], note: str
) -> None:
    path = written(tmp_path, "s.csv", GAPS)
    values, _, notes = read_series(path, missing=missing)
    assert (values.tolist(), notes) == (expected, (note,))
    refused(path, "column 'a', line 2: the value is missing")
    with pytest.raises(ParameterError, match=r"unknown policy for `missing` 'mend'"):
        read_series(path, missing="mend")
    refused(written(tmp_path, "t.csv", "a,b\n1,\n2,\n"), "column 'b', line 2: the value is missing")
    with pytest.raises(ParameterError, match="no step has a value in every column"):
        read_series(tmp_path / "t.csv", missing=missing)


def test_a_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("u.npy", b"no array")
    refused(tmp_path / "s.npz", r"s\.npz: cannot be read as \.npz: the magic string is not correct")
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("notes.txt", b"some words")
    refused(tmp_path / "s.npz", r"its member 'notes\.txt' is no array")


def test_a_small_file_of_very_many_numbers_is_refused_before_they_are_made(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "s.npz", u=np.zeros(9_000_000))
    refused(tmp_path / "s.npz", r"would grow to \d+ numbers, more than 8\d{6}")
    np.savez(tmp_path / "s.npz", u=np.zeros(1000))
    assert len(read_series(tmp_path / "s.npz").values) == 1000


@pytest.mark.parametrize("extension", ["csv", "npy"])
def test_rows_and_columns_that_have_changed_places_are_told(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"s.{extension}"
    if extension == "csv":
        path.write_text(",".join("1" * 10_001) + "\n")
    else:
        np.save(path, np.ones((1, 10_001)))
    refused(path, "has 10001 columns, at most 10000 may be: rows are steps")
