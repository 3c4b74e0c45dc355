"""The page of a sweep in a browser: any metric against any parameter, with its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qsim.plots.sweep_labels import parameter_words
from qsim.sweeps import SweepResult, SweepRun, SweptParameter
from tests.report.conftest import Window, Write
from tests.report.specimens import failed_sweep
from tests.results.specimens import EFFICIENCY, LENGTH, flow, result, sweep, sweep_of


@pytest.fixture
def page(write: Write) -> Path:
    return write(sweep())


def choose(window: Window, selector: str, text: str) -> None:
    from selenium.webdriver.support.select import Select

    Select(window.find(selector)).select_by_visible_text(text)


def chosen(window: Window, selector: str) -> str:
    from selenium.webdriver.support.select import Select

    text: str = Select(window.find(selector)).first_selected_option.text
    return text


def rows(window: Window, selector: str) -> list[list[str]]:
    """The cells of a table, as text."""
    found: list[list[str]] = window.run(
        "const rows = [...document.querySelectorAll(arguments[0] + ' tbody tr')];"
        "return rows.map((row) => [...row.cells].map((cell) => cell.textContent))",
        selector,
    )
    return found


def chart(window: Window) -> dict[str, Any]:
    """What the chart of the sweep draws."""
    drawn: dict[str, Any] = window.run("return document.getElementById('sweep-chart').chart")
    return drawn


def styles(window: Window) -> list[str]:
    return [series["style"] for series in chart(window)["series"]]


@pytest.mark.parametrize("made", [sweep, failed_sweep])
def test_the_page_opens_without_a_complaint_or_a_request(window: Window, write: Write, made: type) -> None:
    path = write(made())
    window.show(path)
    assert window.find("html").get_attribute("data-ready") == "yes"
    assert window.complaints == []
    assert [address for address in window.requests if not address.startswith("data:")] == [path.as_uri()]


def test_the_chart_has_the_intervals_of_the_summary(window: Window, page: Path) -> None:
    window.show(page)
    choose(window, "#metric", "delivered pairs")
    assert chosen(window, "#across") == parameter_words(EFFICIENCY)
    assert chosen(window, "#lines") == parameter_words(LENGTH)
    window.find("#sweep-chart summary").click()
    summary = sweep().summary(columns="pairs")
    expected = {
        (f"{length / 1e3:g} km", f"{efficiency:g}"):
        (mean, low, high)
        for efficiency, length, mean, low, high in zip(
            *(summary[name] for name in (EFFICIENCY, LENGTH, "mean", "low", "high")), strict=True
        )
    }  # fmt: skip
    found = {(row[0], row[1]): tuple(map(float, row[2:])) for row in rows(window, "#sweep-chart")}
    assert found.keys() == expected.keys()
    for key, figures in expected.items():
        assert found[key] == pytest.approx(figures, rel=1e-4)
    drawn = chart(window)
    assert sum(point[2] is not None for series in drawn["series"] for point in series["points"]) == 4
    assert styles(window) == ["line", "line"]


def test_every_parameter_can_be_the_axis_a_line_or_held(window: Window, page: Path) -> None:
    window.show(page)
    choose(window, "#metric", "delivered pairs")
    choose(window, "#across", parameter_words(LENGTH))
    assert chosen(window, "#lines") == parameter_words(EFFICIENCY)
    assert styles(window) == ["line", "line"]
    choose(window, "#lines", "(no lines)")
    assert chosen(window, "#held select") == "0.25"
    assert [row[1] for row in rows(window, "#sweep-chart")] == ["61", "71"]
    choose(window, "#held select", "0.5")
    assert [row[1] for row in rows(window, "#sweep-chart")] == ["161", "171"]
    choose(window, "#held select", "every value")
    assert len(rows(window, "#sweep-chart")) == 4
    assert styles(window) == ["points"]


def test_the_summary_follows_the_metric_and_the_runs_are_all_there(window: Window, page: Path) -> None:
    window.show(page)
    choose(window, "#metric", "delivered pairs")
    assert window.find("#title-summary").text == "Summary: delivered pairs"
    assert [row[2] for row in rows(window, "#summary")] == ["61", "71", "161", "171"]
    assert [row[-1] for row in rows(window, "#summary")] == ["3"] * 4
    assert len(rows(window, "#runs")) == 12


def test_names_of_points_are_an_axis_too_and_one_replicate_has_no_interval(
    window: Window, write: Write
) -> None:
    window.show(write(sweep_of({"even": [0.8, 0.9], "weighted": [0.95]})))
    choose(window, "#metric", "mean fidelity")
    assert chart(window)["x"]["names"] == ["even", "weighted"]
    found = rows(window, "#sweep-chart")
    assert [row[:2] for row in found] == [["even", "0.85"], ["weighted", "0.95"]]
    assert found[1][2:] == ["–", "–"]
    assert [len(point) for point in chart(window)["series"][0]["points"]] == [4, 4]


def test_parameters_that_change_together_give_one_line(window: Window, write: Write) -> None:
    window.show(write(pairs_of([0.0, 10.0, 20.0])))
    assert chosen(window, "#lines") == "(no lines)"
    assert styles(window) == ["line"]
    assert len(chart(window)["series"][0]["points"]) == 3


def test_points_spread_over_a_region_are_not_joined(window: Window, write: Write) -> None:
    window.show(write(pairs_of([10.0, 20.0, 0.0])))
    assert chosen(window, "#held select") == "every value"
    assert styles(window) == ["points"]
    assert len(chart(window)["series"][0]["points"]) == 3


def pairs_of(others: Sequence[float]) -> SweepResult:
    """A sweep of two parameters: one counts 1, 2, 3, the other takes these values."""
    runs = tuple(
        SweepRun(point, 0, {"one": 1.0 + point, "other": other}, 1, result(flows=(flow(pairs=point),)))
        for point, other in enumerate(others)
    )
    return SweepResult(
        "together",
        (SweptParameter("one", "1", "the one"), SweptParameter("other", "s", "the other")),
        runs,
        planned=3,
    )


def test_failures_unfold(window: Window, write: Write) -> None:
    window.show(write(failed_sweep()))
    text = window.find(".failure pre")
    assert not text.is_displayed()
    window.find(".failure summary").click()
    assert text.is_displayed()
    assert "deep down" in text.text


@pytest.mark.parametrize("width", [390, 320, 1280])
def test_the_page_never_scrolls_sideways(window: Window, write: Write, width: int) -> None:
    window.show(write(failed_sweep()), width=width, height=844)
    window.frames()
    assert window.run("return document.documentElement.scrollWidth") <= width


def test_keys_stand_against_the_length_on_a_logarithmic_axis(window: Window, write: Write) -> None:
    made = sweep()
    told = [
        SweepRun(
            run.point,
            run.replicate,
            run.values,
            run.seed,
            result(flows=(flow(error_z=0.01, error_x=0.02, pairs=10 * (1 + run.point), key_fraction=0.5),)),
        )
        for run in made.runs
    ]
    window.show(write(sweep(runs=tuple(told))))
    drawn: dict[str, Any] = window.run("return document.getElementById('keys-0').chart")
    # Half a bit a pair, 10 to 40 pairs in 100 s.
    assert [[point[:2] for point in series["points"]] for series in drawn["series"]] == [
        [[10, 0.05], [20, 0.1]],
        [[10, 0.15], [20, 0.2]],
    ]
    assert window.run("return document.getElementById('keys-0').view.y")
    assert window.run("return document.querySelector('#keys-0 canvas').width") > 100
