from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qsim
from qsim.errors import ResultError
from qsim.results.intervals import bca, student, wilson
from qsim.sweeps import SweepResult
from tests.results.specimens import EFFICIENCY, LENGTH, flow, result, sweep, sweep_of

TIDY = ["metric", "unit", "n", "mean", "sd", "low", "high"]


def test_a_row_for_each_point_and_metric() -> None:
    data = sweep().summary(columns=["pairs", "throughput_hz"])
    assert list(data.columns) == [EFFICIENCY, LENGTH, *TIDY]
    assert list(data.attrs["columns"]) == list(data.columns)
    assert data.attrs["columns"][LENGTH] == "length of fibre between the two nodes"
    assert data.attrs["units"][LENGTH] == "m"
    assert (data.attrs["units"]["n"], data.attrs["units"]["mean"]) == ("1", None)
    assert len(data) == 8
    row = data.iloc[6]
    # Point 3: 20 + 100 + 10 + replicate, then 20 each of the second flow and of the unfinished one.
    assert (row[EFFICIENCY], row[LENGTH], row["metric"], row["n"]) == (0.5, 20_000.0, "pairs", 3)
    assert (row["mean"], row["sd"]) == (171.0, 1.0)
    expected = student([170.0, 171.0, 172.0])
    assert (row["low"], row["high"]) == (expected.low, expected.high)
    assert list(data["unit"][:2]) == ["1", "Hz"]


def test_points_are_averaged_replicate_by_replicate() -> None:
    """Over the lengths the pairs are 60, 61, 62 and 70, 71, 72: a replicate has 65, 66 or 67 on average."""
    data = sweep().summary(EFFICIENCY, "pairs")
    assert list(data[EFFICIENCY]) == [0.25, 0.5]
    expected = student([65.0, 66.0, 67.0])
    row = data.iloc[0]
    assert (row["n"], row["mean"], row["low"], row["high"]) == (3, 66.0, expected.low, expected.high)


def test_one_group_of_everything() -> None:
    (row,) = sweep().summary((), "pairs").to_dict("records")
    assert (row["n"], row["mean"], row["sd"]) == (3, 116.0, 1.0)


def test_a_replicate_that_lacks_a_point_is_left_out_of_means_over_points() -> None:
    (first, *others) = sweep().runs
    data = sweep(runs=tuple(others)).summary(EFFICIENCY, "pairs")
    assert list(data["n"]) == [2, 3]
    assert data["mean"][0] == 66.5
    assert sweep(runs=tuple(others)).summary(columns="pairs")["n"][0] == 2
    assert first.replicate == 0


def test_empty_values_do_not_count() -> None:
    data = sweep_of({"a": [0.9, None, 0.8], "b": [None, None], "c": [0.7]}).summary(columns="fidelity_mean")
    assert list(data["n"]) == [2, 0, 1]
    assert data["mean"][0] == pytest.approx(0.85)
    assert math.isnan(data["mean"][1])
    assert data["mean"][2] == pytest.approx(0.7)
    assert all(math.isnan(data[end][which]) for end in ("sd", "low", "high") for which in (1, 2))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.25, 1.0), min_size=2, max_size=8), st.sampled_from([0.8, 0.95]))
def test_the_summary_of_a_point_is_students_interval_of_its_runs(
    values: list[float], confidence: float
) -> None:
    (row,) = (
        sweep_of({"a": values}).summary(columns="fidelity_mean", confidence=confidence).to_dict("records")
    )
    expected = student(values, confidence)
    assert (row["mean"], row["low"], row["high"]) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )


def test_the_bootstrap_on_demand() -> None:
    values = [0.5, 0.6, 0.61, 0.62, 0.9]
    (row,) = sweep_of({"a": values}).summary(columns="fidelity_mean", method="bca").to_dict("records")
    expected = bca(values)
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_groups_of_words_keep_the_order_of_the_plan_and_numbers_rise() -> None:
    words = sweep_of({"weighted": [0.8], "even": [0.9]}).summary(columns="fidelity_mean")
    assert list(words["x"]) == ["weighted", "even"]
    turned = tuple(reversed(sweep().runs))
    assert list(sweep(runs=turned).summary(EFFICIENCY, "pairs")[EFFICIENCY]) == [0.25, 0.5]


def test_the_usual_metrics() -> None:
    data = sweep().summary(by=())
    assert list(data["metric"]) == [
        "throughput_hz",
        "fidelity_mean",
        "latency_mean_s",
        "completed",
        "utilisation",
    ]


def test_rows_of_a_run_are_averaged_before_they_are_compared() -> None:
    """Two flows a run of 20 + ... and 20 pairs, one link apart and two."""
    by_hops = sweep().summary([EFFICIENCY, LENGTH, "hops"], "pairs", table="flows")
    first = by_hops.iloc[0]
    assert (first["hops"], first["n"], first["mean"], first["sd"]) == (1, 3, 21.0, 1.0)
    both = sweep().summary([EFFICIENCY, LENGTH], "pairs", table="flows").iloc[0]
    assert (both["n"], both["mean"], both["sd"]) == (3, 20.5, 0.5)


def test_pairs_can_be_grouped_by_their_flows() -> None:
    data = sweep().summary(["initiator", "responder", "hops"], "fidelity", table="pairs")
    assert data.to_dict("records")[0] == {
        "initiator": "a",
        "responder": "b",
        "hops": 1,
        "metric": "fidelity",
        "unit": "1",
        "n": 3,
        "mean": pytest.approx(0.925),
        "sd": 0.0,
        "low": pytest.approx(0.925),
        "high": pytest.approx(0.925),
    }


def test_the_flows_of_one_run_by_hops() -> None:
    network = qsim.Network(memory={"count": 20}).add_nodes("a", "b", "c")
    network.add_link("a", "b", "5 km").add_link("b", "c", "5 km")
    for _ in range(2):
        network.request("a", "b", pairs=20).request("a", "c", pairs=5)
    run = network.run(duration="1 s", seed=1)
    data = run.summary(columns=["throughput_hz"])
    assert list(data["hops"]) == [row.hops for row in run.hops] == [1, 2]
    assert list(data["mean"]) == pytest.approx([row.throughput_mean_hz for row in run.hops])
    half = (data["high"] - data["low"]) / 2
    assert list(half) == pytest.approx([row.throughput_ci95_hz for row in run.hops])


def test_tables_of_one_run() -> None:
    run = result()
    assert list(run.summary(table="memories")["metric"]) == ["utilisation", "entangled", "expired"]
    assert list(run.summary("node", "expired", table="memories")["mean"]) == [0.0, 4.0]
    assert run.summary((), "fidelity_mean")["n"][0] == 1
    assert run.summary("status", "wait_s", table="unfinished")["status"][0] == "open"
    assert run.summary(table="links")["metric"][0] == "attempts"
    assert run.summary("hops", table="pairs")["mean"][0] == pytest.approx(0.925)


@pytest.mark.parametrize("empty", [sweep(runs=()), result(flows=())])
def test_nothing_makes_an_empty_summary_with_types(empty: SweepResult) -> None:
    data = empty.summary()
    assert len(data) == 0
    assert list(data.columns[-7:]) == TIDY
    assert (data["n"].dtype.kind, data["mean"].dtype.kind) == ("i", "f")
    assert list(data.attrs["columns"]) == list(data.columns)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "efficiency"}, "no column 'efficiency'"),
        ({"by": "links[0].lenght"}, r"did you mean 'links\[0\].length'"),
        ({"columns": "throughput"}, "did you mean 'throughput_hz'"),
        ({"method": "studnt"}, "did you mean 'student'"),
        ({"table": "metrics"}, "nothing to summarise in a table 'metrics'"),
        ({"table": "flow"}, "did you mean 'flows'"),
        ({"table": "flows", "columns": "initiator"}, "'initiator' holds no numbers"),
        ({"confidence": 95}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_summarised_is_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ResultError, match=message):
        sweep().summary(**arguments)  # type: ignore[arg-type]


def test_one_run_has_no_table_of_runs() -> None:
    with pytest.raises(ResultError, match="nothing to summarise in a table 'runs'"):
        result().summary(table="runs")


def test_a_share_of_requests() -> None:
    """Two flows completed and three attempts rejected in each of three runs."""
    data = sweep().proportion("completed", of=["completed", "rejected"])
    assert list(data.columns) == [EFFICIENCY, LENGTH, "successes", "trials", "share", "low", "high"]
    assert list(data.attrs["columns"]) == list(data.columns)
    expected = wilson(6, 15)
    row = data.iloc[0]
    assert (row["successes"], row["trials"], row["share"]) == (6, 15, 0.4)
    assert (row["low"], row["high"]) == (expected.low, expected.high)
    (everything,) = sweep().proportion("completed", of=["completed", "rejected"], by=()).to_dict("records")
    assert (everything["successes"], everything["trials"]) == (24, 60)


def test_a_share_of_flows_that_stalled() -> None:
    run = result(flows=(flow(), flow(), flow(status="stalled")), unfinished=(flow(status="open"),))
    one, kinds = dataclasses.replace(sweep().runs[0], result=run), ["completed", "short", "unfinished"]
    (row,) = sweep(runs=(one,)).proportion("stalled", of=kinds).to_dict("records")
    assert row["share"] == 0.25


def test_a_share_of_attempts_by_link() -> None:
    data = result().proportion("heralds", of="attempts", by="link")
    assert list(data["link"]) == ["a--b", "b--c"]
    assert data["share"][0] == 0.25
    assert math.isnan(data["share"][1])
    (both,) = result().proportion("heralds", of="attempts").to_dict("records")
    assert (both["successes"], both["trials"]) == (250, 1000)


@pytest.mark.parametrize(
    ("part", "of", "message"),
    [
        ("rejected", "completed", "no part of completed: 9 of the former, 6 of the latter"),
        ("throughput_hz", "completed", "'throughput_hz' is no count"),
        ("complete", "completed", "did you mean 'completed'"),
    ],
)
def test_what_is_no_share_is_refused(part: str, of: str, message: str) -> None:
    with pytest.raises(ResultError, match=message):
        sweep().proportion(part, of)


def test_summaries_repeat_bit_for_bit_whatever_the_order_of_the_runs() -> None:
    rng = np.random.default_rng(9)
    spread = sweep_of({name: list(rng.uniform(0.5, 1, 7)) for name in "ab"})
    shuffled = dataclasses.replace(spread, runs=tuple(rng.permutation(np.array(spread.runs, dtype=object))))
    one, other = (each.summary((), "fidelity_mean").to_dict("records") for each in (spread, shuffled))
    assert one == other
