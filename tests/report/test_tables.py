from __future__ import annotations

import pytest

from qsim.model.pair_table import PairTable
from qsim.model.rows import columns
from qsim.report import page_tables as module
from qsim.report.charts import run_charts
from qsim.report.page_tables import heading, result_table
from tests.report.specimens import network
from tests.results.specimens import flow, result


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("throughput_mean_hz", None, "throughput mean, Hz"),
        ("length_m", None, "length, m"),
        ("wait_s", "s", "wait, s"),
        ("expired", None, "expired"),
        ("utilisation", "1", "utilisation"),
        ("links[0].length", "m", "links[0].length, m"),
        ("defaults.memory.initial_fidelity", "1", "defaults.memory.initial_fidelity"),
    ],
)
def test_headings(name: str, unit: str | None, said: str) -> None:
    assert heading(name, unit) == said


def test_a_table_has_every_column_with_its_meaning_paths_last() -> None:
    made = result_table("Flows", "flows", network().flows)
    documented = {column.name: column.doc for column in columns("flows")}
    assert {head["doc"] for head in made["columns"]} == {
        f"{doc} ({name})" for name, doc in documented.items()
    }
    assert made["columns"][-1]["kind"] == "path"
    assert made["rows"][0][-1] == "alice → middle → bob"
    assert made["rows"][0][2] == 10.0
    assert made["note"] == ""


def test_a_long_path_keeps_its_beginning_and_its_end() -> None:
    path = tuple(f"n{number}" for number in range(1000))
    assert result_table("Flows", "flows", [flow(path)])["rows"][0][-1] == (
        "n0 → n1 → n2 → n3 → n4 → n5 → … → n999 (1000 nodes)"
    )


@pytest.mark.parametrize(("limit", "value", "kept"), [("MOST_ROWS", 10, 10), ("MOST_CHARACTERS", 1000, 7)])
def test_a_table_that_is_too_long_is_cut_and_says_where_the_whole_is(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, kept: int
) -> None:
    monkeypatch.setattr(module, limit, value)
    made = result_table("Flows", "flows", [flow()] * 200)
    assert len(made["rows"]) == kept
    assert (
        made["note"]
        == f"The first {kept} of 200 rows; the whole is in the table 'flows' of the stored result."
    )


def test_the_charts_show_the_figures_of_the_result() -> None:
    made = network()
    charts = {chart["id"]: chart for chart in run_charts(made)}
    assert list(charts) == ["throughput", "fidelity", "waiting", "memory-time", "rates"]
    assert charts["throughput"]["x"]["names"] == ["1", "2"]
    assert charts["fidelity"]["series"][0]["points"] == [[1, 0.925], [0, 0.97]]
    assert charts["rates"]["x"]["names"][0] == "middle – carol"
    assert charts["rates"]["series"][0]["points"] == [[0, 4.0], [1, 2.0], [2, 1.0]]
    assert charts["memory-time"]["series"][0]["points"][0] == [0, 18.0]
    assert charts["waiting"]["series"][0]["points"][-1] == [0.5, 1.0]


@pytest.mark.parametrize(("mean", "low"), [(2.0, 0.0), (12.0, 12 - 2.484)])
def test_intervals_stand_around_their_means_and_no_rate_is_negative(mean: float, low: float) -> None:
    rates = [flow(throughput_hz=mean + rate) for rate in (-1.0, 0.0, 1.0)]
    (point,) = run_charts(network(flows=tuple(rates)))[0]["series"][0]["points"]
    assert point == [0, mean, pytest.approx(low, abs=1e-3), pytest.approx(mean + 2.484, abs=1e-3)]


def test_recorded_pairs_are_counted_over_time_and_thinned() -> None:
    recorded = result()
    chart = next(chart for chart in run_charts(recorded) if chart["id"] == "delivered")
    assert chart["series"][0]["points"] == [[0.0, 0], [1.75, 1], [2.0, 2]]
    many = result(pairs=PairTable.of(recorded.pairs * 10_000))
    points = next(chart for chart in run_charts(many) if chart["id"] == "delivered")["series"][0]["points"]
    assert len(points) == 1500
    assert points[-1] == [2.0, 20_000]
