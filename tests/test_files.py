"""A file is there whole or not at all."""

from __future__ import annotations

import errno
import io
import tracemalloc
from pathlib import Path

import pytest

from qsim.errors import ResultError
from qsim.files import read_bounded, read_regular, read_whole, write_folder, write_whole


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


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


def test_a_small_file_takes_little_memory_however_much_it_might_hold(tmp_path: Path) -> None:
    place = tmp_path / "run.zip"
    place.write_bytes(b"x" * 2000)
    tracemalloc.start()
    try:
        assert read_whole(place) == b"x" * 2000
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 10, 65_536, 200_000, 300_000])
@pytest.mark.parametrize("likely", [0, 10, 200_000, 10**9])
def test_no_more_than_a_byte_beyond_the_bound_is_read(size: int, likely: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    for most in (0, 9, 10, 65_536, 250_000):
        file = io.BytesIO(data)
        assert read_bounded(file, most, likely) == data[: most + 1]
        assert file.tell() <= most + 1


def test_a_file_that_does_not_say_its_size_is_read() -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("no file of this system is without a size")
    assert b"VmData" in read_regular(status, 2**20)


def test_a_folder_is_made_and_its_files_replaced(tmp_path: Path) -> None:
    place = tmp_path / "new" / "tables"
    assert write_folder(place, {"a": b"1", "seal": b"2"}) == place
    (place / "other").write_bytes(b"left alone")
    write_folder(place, {"a": b"3", "seal": b"4"})
    assert contents(place) == {"a": b"3", "seal": b"4", "other": b"left alone"}
    assert [path.name for path in place.parent.iterdir()] == ["tables"]


def test_a_folder_on_a_full_disk_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "old", {"a": b"1", "seal": b"2"})

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    for place in ("old", "new"):
        with pytest.raises(OSError, match="No space left on device"):
            write_folder(tmp_path / place, {"a": b"3", "seal": b"4"})
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert contents(tmp_path / "old") == {"a": b"1", "seal": b"2"}


def test_a_folder_cut_short_between_two_moves_has_no_seal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "old", {"a": b"1", "seal": b"2"})
    replace = Path.replace

    def cut(path: Path, target: Path) -> Path:
        if path.name == "seal":
            raise OSError(errno.EIO, "cut")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(OSError, match="cut"):
        write_folder(tmp_path / "old", {"a": b"3", "seal": b"4"})
    assert contents(tmp_path / "old") == {"a": b"3"}
