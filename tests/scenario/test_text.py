from __future__ import annotations

from pathlib import Path

import pytest

from qsim.errors import ScenarioError
from qsim.scenario import load

GOOD = "run: {duration: 1 s}\nnodes: [A]\n"


def refused(path: Path | str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: no such file"


def test_misspelt_file_name(tmp_path: Path) -> None:
    (tmp_path / "metro_even.yaml").write_text(GOOD)
    assert refused(tmp_path / "metro_evn.yaml").endswith(f"(did you mean '{tmp_path}/metro_even.yaml'?)")


def test_missing_directory(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert refused(folder / "a.yaml") == f"{folder}/a.yaml: no such file (nor a directory '{folder}')"


def test_directory(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path}: is a directory; name the scenario file in it"


def test_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(GOOD)
    assert refused(tmp_path / "file" / "a.yaml").startswith(f"{tmp_path}/file/a.yaml: cannot be read: ")


def test_unreadable_file(monkeypatch: pytest.MonkeyPatch) -> None:
    # The owner of the test may be allowed to read everything, so the refusal itself is put in.
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert refused("a.yaml") == "a.yaml: cannot be read: Permission denied"


def test_name_that_no_file_can_have() -> None:
    assert "is no file name" in refused("a\0b.yaml")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"name: Z\xfcrich\n", "1:8: is not UTF-8 text (byte 0xfc)"),
        (b"name: A\nrun: \xff\xfe\n", "2:6: is not UTF-8 text (byte 0xff)"),
        (b"\xff\xfer\x00u\x00n\x00", "1:1: is not UTF-8 text (byte 0xff)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "1:1: is not UTF-8 text (byte 0x89)"),
        (b"PK\x03\x04 something", "1:3: is not text (character U+0003)"),
        (b"run: {}\n\0", "2:1: is not text (character U+0000)"),
        (b"\x7fELF", "1:1: is not text (character U+007F)"),
    ],
)
def test_binary_and_foreign_encodings(tmp_path: Path, data: bytes, message: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(data)
    assert refused(file) == f"{file}:{message}"


def test_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert [node.name for node in load(file).nodes] == ["A"]


def test_line_ends_of_other_systems(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"run:\r\n  duration: -1\r\nnodes: [A]\r\n")
    assert refused(file).startswith(f"{file}:2:13: run.duration: must be in (0, inf) s")


def test_too_large_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with file.open("wb") as stream:
        stream.truncate(64 * 2**20 + 1)
    assert refused(file) == f"{file}: is larger than 64 MiB, too large for a scenario"


def test_endless_file_is_read_no_further_than_the_limit() -> None:
    assert refused("/dev/zero") == "/dev/zero: is larger than 64 MiB, too large for a scenario"
