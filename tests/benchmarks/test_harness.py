from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

Import = Callable[[str], ModuleType]


@pytest.fixture
def harness(script: Import) -> ModuleType:
    return script("_harness")


@pytest.mark.parametrize(
    ("measured", "at_least", "verdict"),
    [
        (120.0, False, "met"),
        (120.1, False, "missed"),
        (60.0, False, "met, aim too"),
        (119.0, True, "missed"),
        (120.0, True, "met, aim too"),
    ],
)
def test_goals_are_judged(harness: ModuleType, measured: float, at_least: bool, verdict: str) -> None:
    goal = harness.Goal("a run", measured, 120.0, "s", 60.0, at_least)
    assert goal.verdict == verdict
    assert goal.row()[-1] == verdict


def test_a_goal_without_an_aim(harness: ModuleType) -> None:
    goal = harness.Goal("a run", 1.0, 2.0, "s")
    assert goal.row() == ["a run", "1 s", "≤ 2 s", "", "met"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1_234_567.0, "1,230,000"),
        (0.12345, "0.123"),
        (57.01, "57"),
        (2e-9, "2e-09"),
        (0.0, "0"),
        (-1.5, "-1.5"),
    ],
)
def test_numbers_are_rounded(harness: ModuleType, value: float, text: str) -> None:
    assert harness.number(value) == text


def test_spread_is_the_median_between_the_extremes(harness: ModuleType) -> None:
    assert harness.spread([3.0, 1.0, 2.0]) == "2 (1–3)"
    assert harness.spread([3.0]) == "3"


def test_cases_take_turns_and_only_their_work_is_timed(harness: ModuleType) -> None:
    order: list[str] = []

    def case(name: str) -> Callable[[], Callable[[], int]]:
        def prepare() -> Callable[[], int]:
            order.append(f"prepare {name}")
            return lambda: order.append(f"run {name}") or len(order)

        return prepare

    timed = harness.alternate({"a": case("a"), "b": case("b")}, 2)
    assert order == ["prepare a", "run a", "prepare b", "run b"] * 2
    assert [len(one.samples) for one in timed.values()] == [2, 2]
    assert timed["b"].outcome == len(order)


def test_ratio_is_taken_turn_by_turn(harness: ModuleType) -> None:
    slow, fast = (harness.Timed(samples, None) for samples in ((2.0, 40.0, 3.0), (1.0, 10.0, 1.0)))
    assert harness.ratio(slow, fast) == 3.0


def test_tables_align(harness: ModuleType) -> None:
    text = harness.table(["what", "n"], [["one", 1000], ["another", None]])
    assert text.splitlines() == [
        "| what    |     n |",
        "| ------- | ----: |",
        "| one     | 1,000 |",
        "| another |       |",
    ]


def test_a_step_that_fails_has_no_report(script: Import, capfd: pytest.CaptureFixture[str]) -> None:
    assert script("run_all").perform(("no_such_script.py",), "", quick=True) is None
    assert "no_such_script.py" in capfd.readouterr().err
