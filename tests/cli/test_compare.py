"""``qsim compare``: stored results side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.results.specimens import flow, result


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two stored runs that differ in their pairs."""
    folders = tmp_path / "one", tmp_path / "two"
    for folder, pairs in zip(folders, (100, 150), strict=True):
        result(seed=1, flows=(flow(pairs=pairs),), unfinished=()).save(folder)
    return folders


def test_text_has_both_and_the_difference(cli: Cli, two: tuple[Path, Path]) -> None:
    done = cli("compare", *two, "--metric", "pairs", "--name", "A", "--name", "B")
    assert done.code == 0
    assert "held against: A" in done.out
    (line,) = [line for line in done.out.splitlines() if line.startswith("pairs") and " B " in line]
    assert "50" in line
    assert "+50 %" in line


def test_json_is_complete_and_without_nan(cli: Cli, two: tuple[Path, Path]) -> None:
    said = json.loads(cli("compare", *two, "--json").out)
    rows = {(row["metric"], row["side"]): row for row in said["results"]}
    assert rows["throughput_hz", "two"]["relative"] == pytest.approx(0.5)
    assert rows["throughput_hz", "one"]["difference"] is None


def test_a_page_is_written_when_asked_for(cli: Cli, two: tuple[Path, Path], tmp_path: Path) -> None:
    done = cli("compare", *two, "--out", tmp_path / "page.html")
    assert "written to" in done.err
    assert "two against one" in (tmp_path / "page.html").read_text()


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("one",), "two stored results at least"),
        (("one", "two", "--name", "x"), "2 different names"),
        (("one", "nowhere"), "nowhere"),
        (("one", "two", "--metric", "throughput"), "did you mean 'throughput_hz'"),
    ],
)
def test_wrong_usage_is_told(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    given = [tmp_path / each if each in ("one", "two", "nowhere") else each for each in arguments]
    done = cli("compare", *given)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
