"""A file is there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from qsim.errors import ResultError
from qsim.files import write_whole


def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    place = tmp_path / "new" / "table.csv"
    for text in ("one", "two"):
        assert write_whole(place, lambda path, said=text: path.write_text(said)) == place
        assert place.read_text() == text
    assert [path.name for path in place.parent.iterdir()] == ["table.csv"]


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(ResultError, match=r"cannot write '.*folder/table.csv': "):
        write_whole(tmp_path / "folder" / "table.csv", lambda path: path.write_text(""))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "table.csv"
    place.write_text("before")

    def fill(path: Path) -> None:
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ResultError, match=r"cannot write '.*table.csv': No space left on device"):
        write_whole(place, fill)
    assert place.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
