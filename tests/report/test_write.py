from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from qsim.cli import main
from qsim.errors import ResultError
from qsim.report import write_report
from qsim.report.write import as_html
from tests.report.specimens import network


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A stored run."""
    network().save(tmp_path / "run")
    return tmp_path / "run"


def test_a_result_and_the_directory_that_it_is_stored_in_give_the_same_page(
    stored: Path, tmp_path: Path
) -> None:
    one = write_report(network(), tmp_path / "new folder" / "one.html")
    other = write_report(str(stored), str(tmp_path / "other.html"))
    assert one.read_bytes() == other.read_bytes() == as_html(network()).encode()


def test_a_directory_without_a_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="holds no result"):
        write_report(tmp_path, tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ResultError, match="cannot write"):
        write_report(network(), tmp_path / "file" / "page.html")


def test_a_name_that_no_encoding_has_is_replaced(tmp_path: Path) -> None:
    page = write_report(network(name="half \ud83d a character"), tmp_path / "page.html")
    assert "half ? a character" in page.read_text(encoding="utf-8")


def test_the_command_writes_beside_the_result_and_says_where(
    stored: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(stored)]) == 0
    assert (stored / "report.html").read_bytes() == as_html(network()).encode()
    written = capfd.readouterr()
    assert written.out == ""
    assert "report.html" in written.err
    # The page does not make the directory any less a result's.
    network().save(stored)


def test_the_command_opens_the_page_when_asked(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool(opened.append(address)))
    assert main(["report", str(stored), "--out", str(tmp_path / "page.html"), "--open"]) == 0
    assert opened == [(tmp_path / "page.html").as_uri()]
    assert "no browser could be opened" in capfd.readouterr().err


def test_the_command_refuses_what_is_no_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no result" in capfd.readouterr().err
