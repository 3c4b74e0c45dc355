"""Budgets where nodes and the controller go down: no memory is lost, and none is given twice."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.network.calendar import WHOLE
from protocols.resource.active_budget import BudgetControl
from tests.protocols.resource.networks import WEIGHTED, metropolitan

S = 10**12
HOME = "Argonne_1"


def limits(engine: Any, time: int) -> int:
    """The sum of all limits at a time, ps."""
    return sum(engine.view.calendars[node].limits[WHOLE].level(time) for node in engine.nodes.values())


def budget(*down: str, after: float) -> Any:
    """A network in which nodes go down for a second, so many ms after each of the first six epochs."""
    scenario = metropolitan(
        {"kind": "reactive", "budget": 450, "delay": 2, "share": 1.0, "epoch": 5, "controller": HOME},
        duration=60.0,
    )
    engine = scenario.engine()
    for name in down:
        for epoch in range(1, 7):
            start = 5 * epoch + after * 1e-3
            engine.fault(node=name, down=start, up=start + 1)
    return engine


def short(engine: Any) -> int:
    """How many memories are missing at the end; there are never too many."""
    for second in range(1, 61):
        engine.run_until(second * S)
        assert max(limits(engine, engine.sim.now + ahead * S) for ahead in range(30)) <= 450
    assert engine.allotment.metrics()[0].mean > 20, "memories do move"
    return 450 - limits(engine, engine.sim.now + 60 * S)


#: From the end of an epoch: as reports are under way, commands, answers, and what is passed on.
INSTANTS = (2.0, 2.3, 2.6, 3.2, 3.9, 4.4, 5.5, 6.4)


@pytest.mark.parametrize("after", INSTANTS)
@pytest.mark.parametrize("who", ["controller", "others", "all"])
def test_no_memory_is_lost_to_the_budget(who: str, after: float) -> None:
    others = [name for name in WEIGHTED if name != HOME]
    down = {"controller": [HOME], "others": others, "all": list(WEIGHTED)}[who]
    assert short(budget(*down, after=after)) == 0


def test_it_would_be_without_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BudgetControl, "_repeat", lambda *_: None)
    assert any(short(budget(HOME, after=after)) > 0 for after in INSTANTS)


def test_a_controller_that_is_down_decides_nothing() -> None:
    engine = budget(after=0)
    engine.fault(node=HOME, down=4.0, up=40.0)
    engine.run_until(39 * S)
    assert engine.allotment.metrics()[0].mean == 0
    assert {row.limit for row in engine.result().table("allocation")} == {50}
