"""Results side by side: what differs, differences with their intervals, and what cannot be compared."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import qsim
from qsim.errors import ParameterError, ResultError
from qsim.sweeps import SweepResult, SweepRun, SweptParameter
from qsim.sweeps.differences import difference_of
from qsim.sweeps.document_differences import ABSENT, differing, named_path
from tests.results.specimens import flow, result


def made(pairs: dict[int, dict[int, int]], path: str = "links[0].length", **document: object) -> SweepResult:
    """A sweep with so many pairs at each value and seed."""
    runs = tuple(
        SweepRun(
            point, replicate, {path: value}, seed, result(seed=seed, flows=(flow(pairs=n),), unfinished=())
        )
        for point, (value, seeds) in enumerate(pairs.items())
        for replicate, (seed, n) in enumerate(seeds.items())
    )
    return SweepResult(
        "x", (SweptParameter(path, "m", "length"),), runs, planned=len(runs), document=document
    )


FIRST = {10: {1: 100, 2: 120, 3: 90}, 20: {1: 50, 2: 60, 3: 40}}
SECOND = {10: {1: 110, 2: 131, 3: 99}, 20: {1: 52, 2: 66, 3: 49}, 40: {1: 5, 2: 6, 3: 7}}


def test_runs_of_one_seed_are_compared_with_one_another() -> None:
    frame = qsim.compare(made(FIRST), made(SECOND), names=["a", "b"]).results("pairs")
    assert list(frame["links[0].length"]) == [10, 10, 20, 20]
    for length in (10, 20):
        row = frame[(frame["links[0].length"] == length) & (frame["side"] == "b")].iloc[0]
        one, other = (np.array([*side[length].values()], float) for side in (FIRST, SECOND))
        low, high = stats.ttest_rel(other, one).confidence_interval(0.95)
        assert row["paired"]
        assert row["difference"] == pytest.approx((other - one).mean())
        assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high))
        assert row["relative"] == pytest.approx((other - one).mean() / one.mean())


def test_runs_of_other_seeds_are_independent() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(5, 1, 7), rng.normal(6, 3, 12)
    found = difference_of(dict(enumerate(one)), dict(enumerate(other, 100)), 0.9)
    low, high = stats.ttest_ind(other, one, equal_var=False).confidence_interval(0.9)
    assert not found.paired
    assert (found.mean, found.low, found.high) == pytest.approx((other.mean() - one.mean(), low, high))
    assert found.n == 7


def test_the_pairs_are_those_of_the_seeds_in_whatever_order() -> None:
    one = {5: 1.0, 3: 2.0, 9: 4.0}
    other = {9: 4.5, 5: 1.5, 3: 2.5}
    found = difference_of(one, other)
    assert (found.paired, found.mean, found.low, found.high) == (True, 0.5, 0.5, 0.5)


def test_settings_that_only_one_has_are_counted() -> None:
    comparison = qsim.compare(made(FIRST), made(SECOND), names=["a", "b"])
    assert comparison.unmatched == {"a": 0, "b": 1}
    assert "1 setting of b in no other" in comparison.text()


def test_a_run_finds_its_setting_in_a_sweep_by_what_its_document_says() -> None:
    links = {"links": [{"between": ["a", "b"], "length": 20}]}
    run = result(seed=2, flows=(flow(pairs=70),), unfinished=(), document=links)
    frame = qsim.compare(made(FIRST, **links), run, names=["sweep", "run"]).results("pairs")
    assert set(frame["links[0].length"]) == {20}
    (row,) = frame[frame["side"] == "run"].to_dict("records")
    assert (row["difference"], row["n"], row["paired"]) == (10.0, 1, True)
    assert math.isnan(row["difference_low"])


def test_three_sides_are_each_held_against_the_first() -> None:
    runs = [result(seed=1, flows=(flow(pairs=n),), unfinished=()) for n in (10, 15, 5)]
    frame = qsim.compare(*runs, names=["a", "b", "c"], metrics="pairs").results()
    assert list(frame["mean"]) == [10, 15, 5]
    assert list(frame["difference"])[1:] == [5, -5]
    assert math.isnan(frame["difference"][0])


def test_nothing_in_common_is_said() -> None:
    comparison = qsim.compare(made({1: {1: 1}}), made({2: {1: 1}}), names=["a", "b"])
    assert len(comparison.results()) == 0
    assert "nothing to compare" in comparison.text()
    assert "<table" not in comparison._repr_html_() or comparison.scenarios().size


def test_one_link_more_is_one_difference() -> None:
    def document(*lengths: float) -> dict[str, object]:
        names = ("a-b", "b-c", "c-d")
        links = [
            {"between": name.split("-"), "length": length}
            for name, length in zip(names, lengths, strict=True)
            if length
        ]
        return {"run": {"seed": 1}, "links": links, "nodes": {"a": {}, "b": None}}

    found = differing([document(1, 2, 3), document(0, 2, 4)])
    assert found == {
        "links.a-b.between": [["a", "b"], ABSENT],
        "links.a-b.length": [1, ABSENT],
        "links.c-d.length": [3, 4],
    }
    assert named_path(document(1, 2, 3), "links[1].length") == "links.b-c.length"
    assert named_path({}, "links[1].length") == "links[1].length"
    assert differing([document(1, 2, 3)] * 3) == {}


def test_what_is_varied_is_no_difference_of_the_scenarios() -> None:
    one = made(FIRST, links=[{"between": ["a", "b"], "length": 10}], run={"detail": "attempt"})
    other = made(SECOND, links=[{"between": ["a", "b"], "length": 40}], run={"detail": "photon"})
    frame = qsim.compare(one, other, names=["a", "b"]).scenarios()
    assert frame.values.tolist() == [["run.detail", "attempt", "photon"]]


def test_folders_are_called_by_what_tells_them_apart(tmp_path: Path) -> None:
    for name in ("one/run", "two/run"):
        result(seed=1).save(tmp_path / name)
    comparison = qsim.compare(tmp_path / "one/run", tmp_path / "two/run")
    assert [side.name for side in comparison.sides] == ["one/run", "two/run"]
    assert "The scenarios are the same." in comparison.text()


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"sources": 1}, ParameterError, "two results at least, got 1"),
        ({"names": ["a", "a"]}, ParameterError, "2 different names"),
        ({"names": ["a"]}, ParameterError, "2 different names"),
        ({"metrics": "pairz"}, ResultError, "no metric 'pairz' .did you mean 'pairs'"),
        ({"confidence": 95}, ResultError, "between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: dict[str, object], error: type, said: str) -> None:
    sources = [made(FIRST)] * int(arguments.pop("sources", 2))  # type: ignore[call-overload]
    with pytest.raises(error, match=said):
        qsim.compare(*sources, **arguments).results()  # type: ignore[arg-type]


def test_rounding_alone_is_no_difference() -> None:
    runs = [result(flows=(flow(pairs=3, fidelity_mean=f),), unfinished=()) for f in (0.9, 0.9 + 1e-15)]
    assert "+0 %" in qsim.compare(*runs, names=["a", "b"], metrics="fidelity_mean").text()
