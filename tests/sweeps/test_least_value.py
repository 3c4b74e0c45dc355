"""The least value that is enough: bisection, its bracket, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import qsim
from qsim.analytic import erlang
from qsim.errors import ParameterError, ResultError
from qsim.results.intervals import Estimate
from qsim.sweeps.least_value import Looked, Meet, least_value

LOST = "poisson-requests: blocked share"


def network() -> qsim.Network:
    """A link on which requests alone are looked at, of a load of 3 erlang."""
    net = qsim.Network(link_model={"kind": "midpoint-source", "pair_probability": 1e-12})
    net.add_nodes("a", "b").add_link("a", "b", "1 m")
    return net.add_traffic(
        "poisson-requests",
        rate=3.0,
        duration={"exponential": "1 s"},
        warm_up="5 s",
        demand={"kind": "matrix", "nodes": ["a", "b"], "table": [[0, 1], [0, 0]]},
    )


def test_the_bracket_holds_what_erlang_says(tmp_path: Path) -> None:
    looked: list[Looked] = []
    scenario = network().scenario("20 s")
    found = least_value(
        scenario,
        "defaults.memory.count",
        range(1, 10),
        f"{LOST}<=0.27",
        out=tmp_path,
        at_most=20,
        watch=looked.append,
    )
    needed = erlang.servers_for(3.0, 0.27)
    assert found.missed < needed <= found.least <= needed + 1
    for each in found.looked:
        exact = erlang.loss(3.0, each.value)
        assert each.met is None or each.met == (exact <= 0.27)
        assert 5 <= each.estimate.n <= 20
    # Nine values, and no more of them looked at than bisection needs.
    assert len(looked) == len(found.looked) <= 6
    assert f"defaults.memory.count = {found.least} meets" in found.text()
    # All is kept: another search over the same values runs only what is new, and finds the same.
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    again = least_value(
        scenario, "defaults.memory.count", range(1, 10), f"{LOST}<=0.27", out=tmp_path, at_most=20
    )
    assert again == found
    assert before == {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}


def test_a_demand_that_no_value_meets_is_refused_and_one_that_all_meet_is_told() -> None:
    scenario = network().scenario("15 s")
    none = least_value(scenario, "defaults.memory.count", [1, 2], f"{LOST}<=0.1")
    assert (none.least, none.missed) == (None, 2)
    assert [each.value for each in none.looked] == [2]
    assert "no value of defaults.memory.count meets" in none.text()
    every = least_value(scenario, "defaults.memory.count", [1, 2, 3], f"{LOST}>=0.05")
    assert (every.least, every.missed) == (1, None)
    assert "the least value there is to look at" in every.text()


def test_rare_losses_are_not_taken_for_none_at_once() -> None:
    found = least_value(network().scenario("8 s"), "defaults.memory.count", [60], f"{LOST}<=0.001")
    assert found.looked[0].estimate.n == 20
    assert found.least == 60


@pytest.mark.parametrize(
    ("text", "meet"),
    [
        ("throughput_hz >= 5", Meet("throughput_hz", 5.0, False)),
        ("a: b c<=1e-3", Meet("a: b c", 1e-3, True)),
    ],
)
def test_demands_are_read(text: str, meet: Meet) -> None:
    assert Meet.parse(text) == meet
    assert Meet.parse(str(meet)) == meet


@pytest.mark.parametrize("text", ["", "throughput_hz", "throughput_hz>5", "x<=", "x<=fast", "x<=nan", "<=3"])
def test_what_is_no_demand_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="a demand is written"):
        Meet.parse(text)


def test_a_mean_is_judged_by_its_whole_interval() -> None:
    def estimate(low: float, high: float) -> Estimate:
        return Estimate(5, (low + high) / 2, 1.0, low, high)

    most, least = Meet("x", 1.0, True), Meet("x", 1.0, False)
    assert most.judged(estimate(0.5, 1.0)) is least.judged(estimate(1.0, 2.0)) is True
    assert most.judged(estimate(1.1, 2.0)) is least.judged(estimate(0.1, 0.9)) is False
    assert most.judged(estimate(0.9, 1.1)) is least.judged(estimate(0.9, 1.1)) is None
    assert most.judged(estimate(float("nan"), float("nan"))) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"values": []}, "there must be a value"),
        ({"confidence": 1.0}, "a confidence in"),
        ({"at_least": 1}, "2 <= at_least"),
        ({"at_least": 9, "at_most": 8}, "at_least <= at_most"),
        ({"meet": "throughput"}, "a demand is written"),
    ],
)
def test_arguments_that_cannot_be_are_refused(fields: dict[str, Any], words: str) -> None:
    given = {"values": [1, 2], "meet": "events>=1"} | fields
    with pytest.raises(ParameterError, match=words):
        least_value(
            network().scenario("6 s"),
            "defaults.memory.count",
            given.pop("values"),
            given.pop("meet"),
            **given,
        )


def test_metrics_without_a_value_and_unknown_ones_are_told() -> None:
    scenario = network().scenario("6 s")
    with pytest.raises(ResultError, match="has no metric"):
        least_value(scenario, "defaults.memory.count", [1], "poisson-requests: luck>=1")
    with pytest.raises(ResultError, match="has no value in 5 of 5 runs"):
        least_value(scenario, "defaults.memory.count", [1], "fidelity_mean>=0.5")
