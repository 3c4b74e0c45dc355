"""Reserved memories against time: held to the utilisation that a run itself measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import qsim
from qsim.model.rows import MemoryRow
from qsim.results.occupancy import held_by, occupancy
from qsim.scenario import from_document
from tests.results import specimens

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(("name", "seed"), [("metro_even", 0), ("metro_weighted", 3)])
def test_the_time_mean_is_the_utilisation_of_the_metropolitan_network(name: str, seed: int) -> None:
    result = qsim.load(EXAMPLES / f"{name}.yaml", overrides=["run.duration=60 s"]).run(seed=seed)
    found = occupancy(result)
    assert len(result.flows) > 5
    assert len(result.unfinished) > 0
    assert [(row.node, row.memories) for row in result.memories] == [
        (node.node, node.memories) for node in found.values()
    ]
    for row in result.memories:
        assert found[row.node].utilisation == pytest.approx(row.utilisation, rel=1e-12)
        assert max(found[row.node].reserved) <= row.memories


def chain(**request: Any) -> qsim.Result:
    document = {
        "run": {"duration": "1 s"},
        "defaults": {"memory": {"count": 4}},
        "topology": {"kind": "line", "nodes": 4, "length": "20 km"},
        "protocols": {"purification": "none"},
        "traffic": [{"kind": "request", "initiator": "n0", "responder": "n3", "memories": 2, **request}],
    }
    return from_document(document).run(seed=1)


def test_a_window_inside_the_run() -> None:
    result = chain(start="200 ms", duration="300 ms")
    found = occupancy(result)
    assert found["n0"].reserved == found["n3"].reserved == (0, 2, 0)
    assert found["n1"].reserved == found["n2"].reserved == (0, 4, 0)
    assert found["n1"].times_s == (0.0, 0.2, 0.5)
    assert found["n1"].end_s == 1.0
    for row in result.memories:
        assert found[row.node].utilisation == pytest.approx(row.utilisation, rel=1e-12)


def test_a_window_that_the_end_of_the_run_cuts_off() -> None:
    result = chain(start="600 ms", duration="5 s")
    assert [flow.status for flow in result.unfinished] == ["open"]
    assert occupancy(result)["n2"].times_s == (0.0, 0.6)
    assert occupancy(result)["n2"].reserved == (0, 4)
    assert occupancy(result)["n2"].utilisation == pytest.approx(0.4)


def test_a_flow_that_is_satisfied_frees_its_memories_as_the_news_passes() -> None:
    result = chain(pairs=20)
    found = occupancy(result)
    late = [row.utilisation - found[row.node].utilisation for row in result.memories]
    # A hop of 20 km takes 0.1 ms; all four memories of the run of 1 s are reserved at n1 and n2.
    assert late == pytest.approx([0.0, 1e-4, 2e-4, 0.5 * 3e-4], abs=1e-9)


def test_windows_that_meet_leave_no_step_of_no_length() -> None:
    flows = (specimens.flow(start_s=0.0, end_s=5.0), specimens.flow(start_s=5.0, end_s=8.0))
    found = occupancy(specimens.result(flows=flows, unfinished=()))["a"]
    assert (found.times_s, found.reserved) == ((0.0, 8.0), (10, 0))


def test_ends_hold_as_many_as_asked_and_routers_twice_as_many() -> None:
    assert held_by(specimens.flow(("a", "b", "c"), memories=3)) == {"a": 3, "b": 6, "c": 3}


def test_a_run_that_covered_no_time() -> None:
    found = occupancy(specimens.result(simulated_s=0.0))["a"]
    assert (found.times_s, found.reserved, found.utilisation) == ((0.0,), (0,), 0.0)


def test_nodes_without_memories() -> None:
    memories = (MemoryRow("a", 0, 0.0, 0.0, 0),)
    assert occupancy(specimens.result(memories=memories, flows=(), unfinished=()))["a"].utilisation == 0.0
