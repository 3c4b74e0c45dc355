from __future__ import annotations

import bisect

import pytest

from qsim.report import timeline as module
from qsim.report.timeline import timeline
from qsim.results import Result
from qsim.results.occupancy import occupancy
from tests.report.specimens import network
from tests.results.specimens import flow

NUMBERS = {"alice": 0, "middle": 1, "bob": 2, "carol": 3}


def busy() -> Result:
    """A run with so many changes that a small timeline must be thinned."""
    flows = tuple(
        flow(("alice", "middle"), start_s=start / 10, end_s=start / 10 + 0.05, memories=1 + start % 3)
        for start in range(900)
    )
    return network(flows=flows, unfinished=())


def level(times: list[float], reserved: list[int], time: float) -> int:
    return reserved[bisect.bisect_right(times, time) - 1]


def test_every_node_has_its_steps_in_the_order_of_the_page() -> None:
    made = network()
    data, remarks = timeline(made, NUMBERS)
    assert remarks == []
    for name, number in NUMBERS.items():
        expected = occupancy(made)[name]
        steps = data["steps"][number]
        assert (steps["times"], steps["reserved"]) == (list(expected.times_s), list(expected.reserved))
    middle = data["steps"][NUMBERS["middle"]]
    assert (middle["times"], middle["reserved"]) == (
        [0.0, 10.0, 30.0, 40.0, 60.0, 80.0],
        [0, 10, 20, 10, 0, 3],
    )


def test_the_total_is_the_sum_of_the_nodes() -> None:
    data, _ = timeline(network(), NUMBERS)
    assert data["total"] == {"times": [0.0, 10.0, 30.0, 40.0, 60.0, 80.0], "reserved": [0, 20, 40, 20, 0, 6]}
    assert data["memories"] == 110


def test_flows_come_with_their_paths_and_the_busiest_link() -> None:
    data, _ = timeline(network(), NUMBERS)
    assert [each["path"] for each in data["flows"]] == [[0, 1, 2], [1, 3], [3, 1]]
    assert data["flows"][2] == {"start": 80.0, "end": 120.0, "memories": 3, "path": [3, 1]}
    assert data["busiest"] == 1
    overlapping = network(
        flows=(*network().flows, flow(("bob", "middle", "alice"), start_s=39.0, end_s=50.0))
    )
    assert timeline(overlapping, NUMBERS)[0]["busiest"] == 2


def test_a_flow_that_a_fault_ended_says_which() -> None:
    cut = flow(("alice", "middle"), status="fault", fault="link alice-middle")
    flows = timeline(network(flows=(cut,)), NUMBERS)[0]["flows"]
    assert [each.get("fault") for each in flows] == ["link alice-middle", None]


def test_a_node_without_memories_holds_none() -> None:
    data, _ = timeline(network(), {**NUMBERS, "station": 4})
    assert data["steps"][4] == {"times": [0.0], "reserved": [0]}


def test_too_many_changes_are_thinned_to_even_times_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    made = busy()
    monkeypatch.setattr(module, "MOST_STEPS", 1000)
    data, (remark,) = timeline(made, NUMBERS)
    assert "250 even times" in remark
    assert "3602 times" in remark
    exact = occupancy(made)["alice"]
    for number in range(251):
        time = made.simulated_s * number / 250
        assert level(data["steps"][0]["times"], data["steps"][0]["reserved"], time) == level(
            list(exact.times_s), list(exact.reserved), time
        )


@pytest.mark.parametrize(("limit", "value", "kept"), [("MOST_FLOWS", 10, 10), ("MOST_HOPS", 21, 10)])
def test_too_many_flows_are_cut_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, kept: int
) -> None:
    monkeypatch.setattr(module, limit, value)
    data, (remark,) = timeline(busy(), NUMBERS)
    assert len(data["flows"]) == kept
    assert f"the first {kept} of 900 flows" in remark
