"""The page of a stored forecast study: figure, tables, hostile names, damaged folders."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from qsim.errors import ResultError
from qsim.report import write_report
from qsim.report.page import scripts
from tests.report.reading import Document

PICTURE = b"\x89PNG\r\n\x1a\n rest of it"
HOSTILE = "<img src=x onerror=alert(1)></script>"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A study of two models, written by hand."""
    folder = tmp_path / "study"
    folder.mkdir()
    said = {
        "format": "qsim-forecast", "schema": 1, "name": HOSTILE, "source": "a.yaml", "overrides": [],
        "seeds": [0, 1], "features": 96, "models": ["ESN", HOSTILE], "versions": {"qsim": "9"},
    }  # fmt: skip
    (folder / "study.json").write_text(json.dumps(said))
    (folder / "scores.txt").write_text(f"{HOSTILE}\n\nnotes & more")
    (folder / "scores.csv").write_text(
        f"task,model,mean,half_width,values\none,ESN,0.25,,0.2 0.3\none,{HOSTILE},inf,0.1,1\n"
    )
    (folder / "forecast.csv").write_text("model,step,mean,low,high,rmse\nESN,1,2.5,1.5,3.5,0.5\n")
    (folder / "forecast.png").write_bytes(PICTURE)
    return folder


def page_of(folder: Path) -> Document:
    return Document(write_report(folder, folder.parent / "page.html").read_text(encoding="utf-8"))


def test_tables_and_the_figure_are_those_of_the_folder(stored: Path) -> None:
    page = page_of(stored)
    forecast, scores = page.data["tables"]
    assert forecast["rows"] == [["ESN", 1.0, 2.5, 1.5, 3.5, 0.5]]
    # Of single draws there is no column, and what is no finite number is an empty cell.
    assert scores["rows"] == [["one", "ESN", 0.25, None], ["one", HOSTILE, None, 0.1]]
    assert [column["kind"] for column in scores["columns"]] == ["text", "text", "number", "number"]
    (picture,) = page.all("img")
    source = picture.attributes["src"] or ""
    assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == PICTURE
    assert picture.attributes["alt"]


def test_names_that_are_markup_stay_text(stored: Path) -> None:
    page = page_of(stored)
    assert page.unclosed == []
    assert len(page.all("script")) == 1 + len(scripts("study"))
    assert page.all("h1")[0].text == HOSTILE


def test_a_study_without_a_forecast_has_its_scores(stored: Path) -> None:
    (stored / "forecast.csv").unlink()
    (stored / "forecast.png").unlink()
    page = page_of(stored)
    assert [table["id"] for table in page.data["tables"]] == ["scores"]
    assert page.all("img") == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scores.csv", None, "holds no finished forecast: scores.csv is missing"),
        ("scores.csv", b"", "scores.csv' is damaged"),
        ("scores.csv", b"task,model\none\n", "scores.csv' is damaged"),
        ("forecast.csv", b"\xff\xfe", "forecast.csv' is damaged"),
        ("forecast.png", b"<svg/>", "forecast.png' is damaged: it is no PNG picture"),
        ("study.json", b"{}", "written by something else"),
    ],
)
def test_what_is_damaged_is_refused(stored: Path, name: str, content: bytes | None, message: str) -> None:
    (stored / name).unlink()
    if content is not None:
        (stored / name).write_bytes(content)
    with pytest.raises(ResultError, match=message):
        write_report(stored, stored.parent / "page.html")
    assert not (stored.parent / "page.html").exists()


def test_a_study_of_a_later_version_is_refused(stored: Path) -> None:
    (stored / "study.json").write_text(json.dumps({"format": "qsim-forecast", "schema": 2}))
    with pytest.raises(ResultError, match="schema 2 of stored forecasts"):
        write_report(stored, stored.parent / "page.html")
