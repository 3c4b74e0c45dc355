from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import qsim
from qsim.errors import ResultError
from qsim.sweeps import SweepResult, SweepRun, SweptParameter
from qsim.sweeps.differences import compare
from tests.results.specimens import EFFICIENCY, LENGTH, flow, result, sweep, sweep_of

MEANINGS = [
    "metric",
    "unit",
    "n",
    "first",
    "second",
    "difference",
    "low",
    "high",
    "relative",
    "p_value",
    "gain",
]


def test_a_difference_for_every_combination_of_the_other_parameters() -> None:
    data = sweep().difference({EFFICIENCY: (0.25, 0.5)}, "pairs")
    assert list(data.columns) == [LENGTH, *MEANINGS]
    assert list(data.attrs["columns"]) == list(data.columns)
    assert data.attrs["between"] == {EFFICIENCY: (0.25, 0.5)}
    assert data.attrs["changed"] == {}
    assert list(data[LENGTH]) == [10_000.0, 20_000.0]
    row = data.iloc[0]
    # 60, 61, 62 pairs (the second flow's and the unfinished one's 40 included) and 100 more.
    assert (row["n"], row["first"], row["second"], row["difference"]) == (3, 61.0, 161.0, 100.0)
    assert (row["low"], row["high"], row["p_value"]) == (100.0, 100.0, 0.0)
    assert row["relative"] == pytest.approx(100 / 61)
    assert row["gain"] == math.inf


def test_both_ways_round() -> None:
    one = sweep().difference({LENGTH: (10_000.0, 20_000.0)}, "pairs")
    other = sweep().difference({LENGTH: (20_000.0, 10_000.0)}, "pairs")
    assert list(one["difference"]) == [10.0, 10.0]
    assert list(other["difference"]) == [-10.0, -10.0]


def test_values_may_be_written_as_people_do() -> None:
    data = sweep().difference({LENGTH: ("10 km", "20 km"), EFFICIENCY: ("25 %", 0.7 - 0.2)}, "pairs")
    assert list(data.columns) == MEANINGS
    assert list(data["difference"]) == [110.0]


def test_the_figures_are_those_of_a_paired_t_test() -> None:
    """Against scipy.stats: the paired test, and Welch's interval for the gain."""
    rng = np.random.default_rng(10)
    shared = rng.normal(0.8, 0.05, 12)
    first, second = shared + rng.normal(0, 0.01, 12), shared + 0.01 + rng.normal(0, 0.01, 12)
    (row,) = (
        sweep_of({"a": list(first), "b": list(second)})
        .difference({"x": ("a", "b")}, "fidelity_mean", confidence=0.9)
        .to_dict("records")
    )
    paired = stats.ttest_rel(second, first)
    interval = paired.confidence_interval(0.9)
    assert row["p_value"] == pytest.approx(paired.pvalue)
    assert (row["low"], row["high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    welch = stats.ttest_ind(second, first, equal_var=False).confidence_interval(0.9)
    assert row["gain"] == pytest.approx((welch.high - welch.low) / (interval.high - interval.low))
    assert row["gain"] > 2
    assert row["relative"] == pytest.approx(second.mean() / first.mean() - 1)
    assert (row["first"], row["second"]) == (pytest.approx(first.mean()), pytest.approx(second.mean()))


def test_only_replicates_with_both_values_count() -> None:
    (row,) = (
        sweep_of({"a": [0.5, None, 0.7, 0.8], "b": [0.6, 0.9, 0.9]})
        .difference({"x": ("a", "b")}, "fidelity_mean")
        .to_dict("records")
    )
    assert row["n"] == 2
    assert row["first"] == pytest.approx(0.6)
    assert row["difference"] == pytest.approx(0.15)


def test_one_pair_has_no_interval_and_none_has_no_mean() -> None:
    figures = sweep_of({"a": [0.5], "b": [0.6], "c": [None]})
    one = figures.difference({"x": ("a", "b")}, "fidelity_mean").iloc[0]
    assert (one["n"], one["difference"]) == (1, pytest.approx(0.1))
    assert all(math.isnan(one[name]) for name in ("low", "high", "p_value", "gain"))
    none = figures.difference({"x": ("a", "c")}, "fidelity_mean").iloc[0]
    assert none["n"] == 0
    assert math.isnan(none["difference"])


def test_what_does_not_differ_has_a_p_value_of_one() -> None:
    (row,) = (
        sweep_of({"a": [0.5, 0.6], "b": [0.5, 0.6]})
        .difference({"x": ("a", "b")}, "fidelity_mean")
        .to_dict("records")
    )
    assert (row["difference"], row["low"], row["high"], row["p_value"]) == (0.0, 0.0, 0.0, 1.0)


def test_a_first_mean_of_nought_has_no_relative_difference() -> None:
    assert math.isnan(compare([0.0, 0.0], [1.0, 2.0])[6])
    assert math.isnan(compare([1.0, 1.0], [2.0, 2.0])[8])


def listed(*places: dict[str, Any]) -> SweepResult:
    """A sweep over listed points with two replicates, whose pairs are counted from 100 point by point."""
    runs = tuple(
        SweepRun(point, replicate, values, replicate, result(flows=(flow(pairs=100 * point + replicate),)))
        for point, values in enumerate(places)
        for replicate in range(2)
    )
    names = list(dict.fromkeys(name for values in places for name in values))
    parameters = (SweptParameter(name, None if name == "label" else "1", name) for name in names)
    return SweepResult("", tuple(parameters), runs)


def test_parameters_that_change_along_with_a_label_take_part_in_the_difference() -> None:
    studied = listed(
        {"label": "even", "count": 50, "efficiency": 0.25},
        {"label": "even", "count": 50, "efficiency": 0.5},
        {"label": "weighted", "count": 25, "efficiency": 0.25},
        {"label": "weighted", "count": 25, "efficiency": 0.5},
    )
    data = studied.difference({"label": ("even", "weighted")}, "pairs")
    assert list(data.columns) == ["efficiency", *MEANINGS]
    assert data.attrs["changed"] == {"count": (50, 25)}
    assert list(data["difference"]) == [200.0, 200.0]


def test_parameters_that_a_point_leaves_alone_are_told_as_such() -> None:
    data = listed({"label": "a", "x": 1}, {"label": "b"}).difference({"label": ("a", "b")}, "pairs")
    assert data.attrs["changed"] == {"x": (1, None)}
    assert list(data["difference"]) == [100.0]


def test_a_combination_that_only_one_side_has_shows_no_pairs() -> None:
    lopsided = listed(
        {"x": 1, "y": 1},
        {"x": 1, "y": 2},
        {"x": 2, "y": 1},
    )
    data = lopsided.difference({"x": (1, 2)}, "pairs")
    assert list(data["y"]) == [1, 2]
    assert list(data["n"]) == [2, 0]


@pytest.mark.parametrize(
    ("between", "columns", "message"),
    [
        ({}, None, "needs a parameter"),
        ({"defaults.memory.eficiency": (0.25, 0.5)}, None, "did you mean 'defaults.memory.efficiency'"),
        ({EFFICIENCY: (0.25, 0.75)}, None, r"no defaults.memory.efficiency = 0.75 \(it has: 0.25, 0.5\)"),
        ({EFFICIENCY: 0.25}, None, "needs two values"),
        ({EFFICIENCY: (0.25, 0.5, 0.75)}, None, "needs two values"),
        ({LENGTH: ("10 km", "20 s")}, None, r"links\[0\].length: '20 s' is in s"),
        ({EFFICIENCY: (0.25, True)}, None, "= True"),
        ({EFFICIENCY: (0.25, 0.5)}, "pair", "did you mean 'pairs'"),
    ],
)
def test_what_cannot_be_compared_is_refused(between: Any, columns: str | None, message: str) -> None:
    with pytest.raises(ResultError, match=message):
        sweep().difference(between, columns)


def test_settings_that_no_run_has_together_are_refused() -> None:
    with pytest.raises(ResultError, match="no run of the sweep has x = 2, y = 2"):
        listed({"x": 1, "y": 1}, {"x": 2, "y": 1}, {"x": 1, "y": 2}).difference({"x": (1, 2), "y": (1, 2)})


def test_common_random_numbers_pair_real_runs() -> None:
    """The same requests under two memory sizes: the figures are those of the runs themselves."""
    runs = []
    for point, count in enumerate((4, 8)):
        network = qsim.Network(memory={"count": count}).add_nodes("a", "b", "c")
        network.add_link("a", "b", "20 km").add_link("b", "c", "20 km")
        network.add_traffic("random-request", memories_min=1, duration_min="1 s", duration_max="2 s")
        runs += [
            SweepRun(point, seed, {"count": count}, seed, network.run(duration="3 s", seed=seed))
            for seed in range(5)
        ]
    studied = SweepResult("", (SweptParameter("count", "1", "memories"),), tuple(runs))
    (row,) = studied.difference({"count": (4, 8)}, "throughput_hz").to_dict("records")
    before, after = ([run.result for run in runs if run.point == point] for point in (0, 1))
    rates = [
        [sum(own.pairs for own in (*each.flows, *each.unfinished)) / each.simulated_s for each in side]
        for side in (before, after)
    ]
    assert row["difference"] == pytest.approx(np.mean(rates[1]) - np.mean(rates[0]))
    assert row["p_value"] == pytest.approx(stats.ttest_rel(*rates).pvalue)


def test_the_order_of_the_runs_does_not_matter() -> None:
    turned = dataclasses.replace(sweep(), runs=tuple(reversed(sweep().runs)))
    one, other = (each.difference({LENGTH: (10_000.0, 20_000.0)}) for each in (sweep(), turned))
    assert one.equals(other)


def test_values_of_numpy_and_objects_are_those_of_the_tables() -> None:
    path = "defaults.memory"
    runs = tuple(
        SweepRun(point, 0, {path: text, "run.record_pairs": flag}, 0, result(flows=(flow(pairs=point + 1),)))
        for point, (text, flag) in enumerate([('{"count": 1}', True), ('{"count": 2}', False)])
    )
    known = (SweptParameter(path, None, ""), SweptParameter("run.record_pairs", None, ""))
    study = SweepResult("objects", known, runs, planned=2)
    by_object = study.difference({path: ({"count": 1}, {"count": 2})}, "pairs")  # type: ignore[dict-item]
    flags = study.frame("runs")["run.record_pairs"].unique()
    by_flag = study.difference({"run.record_pairs": tuple(flags)}, "pairs")
    assert list(by_object["difference"]) == list(by_flag["difference"]) == [1.0]
    with pytest.raises(ResultError, match=r"the sweep has no defaults\.memory = 'null'"):
        study.difference({path: (None, None)})  # type: ignore[dict-item]
    with pytest.raises(ResultError, match="needs a parameter and two of its values"):
        study.difference(path)  # type: ignore[arg-type]
