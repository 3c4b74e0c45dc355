"""What is said of columns that count time and of targets that only rise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qml.forecast.document import load_study
from qml.forecast.evaluation import run_study, series_task
from qsim.cli import main
from tests.qml.forecast.conftest import load


def written(folder: Path, names: str, columns: list[Any], settings: str = "") -> Path:
    rows = (";".join(map(str, row)) for row in zip(*columns, strict=True))
    (folder / "s.csv").write_text("\n".join([names, *rows]) + "\n")
    file = folder / "study.yaml"
    file.write_text(
        f"data: {{file: s.csv{settings}}}\nfeatures: 12\nseeds: 1\nsplit: {{washout: 10}}\nmodels: []\n"
    )
    return file


def test_the_year_is_not_forecast(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sunspots = np.round(load(120), 2)
    file = written(tmp_path, "YEAR;SUNACTIVITY", [range(1700, 1820), sunspots])
    assert load_study(file).series is not None
    np.testing.assert_array_equal(series_task(load_study(file)).inputs[:, 0], sunspots[:-1])
    assert main(["forecast", str(file)]) == 0
    assert "column 'YEAR' counts time: it is not part of the series" in capsys.readouterr().out


def test_quarters_and_dates_are_not_part_of_the_series(tmp_path: Path) -> None:
    years, quarters = [1959 + step // 4 for step in range(80)], [1 + step % 4 for step in range(80)]
    days = [f"{1 + step % 28:02}.{1 + step // 28:02}.2024" for step in range(80)]
    file = written(tmp_path, "day;year;quarter;gdp", [days, years, quarters, load(80)])
    study = load_study(file)
    assert study.series is not None
    # The quarter comes round again: as a calendar input it may help.
    assert study.series.columns == ("quarter", "gdp")
    assert [note.split(":")[0] for note in study.remarks] == [
        "column 'day' holds dates",
        "column 'year' counts time",
    ]
    assert load_study(file, ["data.columns=[year, gdp]"]).series.columns == ("year", "gdp")  # type: ignore[union-attr]


def test_a_target_that_only_rises_is_remarked_upon(tmp_path: Path) -> None:
    file = written(tmp_path, "year;co2", [range(60), np.arange(60.0) ** 1.5], ", target: co2")
    remarks = run_study(load_study(file)).table.notes
    assert any(note.startswith("the target 'co2' never falls: its trend alone") for note in remarks)
    falling = load_study(written(tmp_path, "co2", [-(np.arange(60.0) ** 1.5)]))
    assert falling.remarks[0].startswith("the target 'co2' never rises")
    assert load_study(written(tmp_path, "y", [load(60)])).remarks == []


def test_missing_values_of_a_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = [f"{value:.3f}".replace(".", ",") for value in load(80)]
    values[30] = ""
    file = written(tmp_path, "y;z", [values, values[::-1]], ", target: y, columns: [y]")
    assert main(["forecast", str(file)]) == 2
    assert "s.csv: column 'y', line 32: the value is missing" in capsys.readouterr().err
    assert main(["forecast", str(file), "--set", "data.missing=previous", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["notes"]
    assert "1 of 80 values are missing: filled by the last" in said


def test_the_table_says_what_nrmse_is(tmp_path: Path) -> None:
    notes = run_study(load_study(written(tmp_path, "y", [load(80)]))).table.notes
    assert "NRMSE is the root mean squared error over the standard deviation of the target" in notes[0]
