"""A central controller: what it costs in time, how it books ahead, and when memories are free."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ScenarioError
from tests.protocols.scenes import MS, Document, alive, chain, request


def controlled(traffic: list[Document], node: str = "n1", count: int = 2, **control: Any) -> Document:
    """A chain of four nodes, 1 ms apart, with a controller at one of them."""
    document = chain(
        3,
        traffic=traffic,
        count=count,
        run={"duration": 1.0},
        protocols={"control": {"kind": "central", "node": node, **control}},
    )
    document["nodes"]["n0"] = document["nodes"]["n3"] = {"memory": {"count": 8}}
    return document


def answers(result: Any) -> Any:
    """The row of the table of metrics."""
    (row,) = (row for row in result.metrics if row.metric == "time to an answer")
    return row


def test_a_request_goes_to_the_controller_and_back() -> None:
    """From n0 to n1 and back 2 ms; the farthest node is 2 ms from there."""
    engine = alive(controlled([request("n0", "n3", pairs=5)]))
    assert engine.earliest_start(engine.node("n0"), engine.node("n3")) == 3 * MS
    slow = alive(controlled([], interval="20 ms"))
    assert slow.earliest_start(slow.node("n0"), slow.node("n3")) == 23 * MS, "and a round of decisions"
    result = engine.run()
    (row,) = result.flows
    assert (row.start_s, row.pairs) == (0.003, 5)
    assert (answers(result).n, answers(result).mean) == (1, 0.002)
    assert engine.view.flows == {}
    assert all(not calendar.flows for calendar in engine.view.calendars.values())
    assert all(memory.state.name == "FREE" for node in engine.nodes.values() for memory in node.memories)


def test_the_controller_may_be_at_either_end() -> None:
    for node, waited in (("n0", 0.0), ("n3", 0.006)):
        result = alive(controlled([request("n0", "n3", pairs=5)], node)).run()
        assert answers(result).mean == pytest.approx(waited)
        assert result.flows[0].pairs == 5


def test_requests_that_meet_half_way_do_not_refuse_each_other() -> None:
    ways = [request("n0", "n3", duration="20 ms"), request("n3", "n0", duration="20 ms")]
    document = controlled(ways, count=2)
    assert (alive(document).run().completed, alive(document).run().rejected) == (1, 1)
    document["protocols"].pop("control")
    assert (alive(document).run().completed, alive(document).run().rejected) == (0, 2)


def test_windows_are_moved_back_to_where_there_is_room() -> None:
    ways = [request("n0", "n3", start="10 ms", duration="20 ms") for _ in range(4)]
    none = alive(controlled(ways)).run()
    assert (none.completed, none.rejected) == (1, 3)
    engine = alive(controlled(ways, postpone="45 ms"))
    some = engine.run()
    assert (some.completed, some.rejected) == (3, 1)
    starts = sorted(flow.request.start for flow in engine.recorder.flows)
    assert starts == [10 * MS, 30 * MS + 1, 50 * MS + 2], "intervals that touch are in conflict"
    assert all(row.end_s - row.start_s == pytest.approx(0.02) for row in some.flows)
    assert all(row.pairs > 0 for row in some.flows)


@pytest.mark.parametrize(("order", "served"), [("arrival", 2), ("smallest", 1)])
def test_a_round_of_decisions_takes_them_in_order(order: str, served: int) -> None:
    traffic = [
        request("n0", "n3", start="50 ms", duration="100 ms", memories=2),
        request("n0", "n3", start="50 ms", duration="100 ms", memories=1),
    ]
    result = alive(controlled(traffic, count=4, interval="20 ms", order=order)).run()
    assert [row.memories for row in result.flows] == [served if order == "arrival" else 1]
    assert answers(result).mean == pytest.approx(0.021)


@pytest.mark.parametrize(("order", "served"), [("arrival", 1), ("smallest", 2)])
def test_the_smallest_request_is_that_of_least_memories_times_duration(order: str, served: int) -> None:
    """1 x 100 ms, which is asked for first, and 2 x 20 ms, which begin later; there is room for two."""
    traffic = [
        request("n0", "n3", start="50 ms", duration="100 ms", memories=1),
        request("n0", "n3", start="120 ms", duration="20 ms", memories=2),
    ]
    result = alive(controlled(traffic, count=4, interval="20 ms", order=order)).run()
    assert [row.memories for row in result.flows] == [served]


@pytest.mark.parametrize(("left", "served"), [(1, 0), (10 * MS, 1)])
def test_a_window_that_would_have_no_length_any_more_is_not_postponed_to(left: int, served: int) -> None:
    """The second request lasts to the end of the run, 1 s, and the first ends so many ps before."""
    traffic = [
        request("n0", "n3", start="100 ms", duration=f"{900 * MS - left} ps"),
        request("n0", "n3", start="100 ms"),
    ]
    result = alive(controlled(traffic, postpone="1 s")).run()
    assert len(result.flows) == 1 + served
    assert result.rejected == 1 - served


def test_memories_are_free_when_the_controller_has_heard_of_the_end_and_not_before() -> None:
    """Seven pairs are done early; the next request takes the same memories."""
    traffic = [
        request("n0", "n3", pairs=7, duration="500 ms"),
        request("n0", "n3", start="200 ms", duration="100 ms"),
    ]
    engine = alive(controlled(traffic, node="n3"))
    engine.check_invariants()
    result = engine.run()
    assert result.rejected == 1
    late = [{**traffic[1], "retry": "20 ms"}]
    again = alive(controlled([traffic[0], *late], node="n3"))
    again.check_invariants()
    assert [row.pairs > 0 for row in again.run().flows] == [True, True]


def test_advance_booking_keeps_what_is_booked() -> None:
    traffic = [
        request("n0", "n3", start="300 ms", duration="100 ms"),
        request("n3", "n0", start="200 ms", duration="150 ms"),
        request("n3", "n0", start="200 ms", duration="50 ms"),
    ]
    result = alive(controlled(traffic)).run()
    assert sorted(row.start_s for row in result.flows) == [0.2, 0.3]
    assert result.rejected == 1


def test_a_controller_needs_a_node() -> None:
    with pytest.raises(ScenarioError, match="unknown node 'n9'"):
        alive(controlled([], node="n9"))


def test_a_reservation_that_nobody_would_make_is_refused() -> None:
    document = controlled([])
    document["protocols"]["reservation"] = "oldest-first"
    with pytest.raises(ScenarioError, match="leave `reservation` = 'oldest-first' out"):
        alive(document)


def test_a_controller_that_hears_nothing_of_who_asks_is_told() -> None:
    """A node apart, and one without a link, which asks for nothing."""
    document = controlled([], node="lone")
    document["nodes"]["lone"] = None
    with pytest.raises(
        ScenarioError, match="'lone' hears nothing of n0, n1, n2, n3: no fibre and no channel"
    ):
        alive(document)
    names = [f"n{place}" for place in range(4)]
    document["classical"] = {"channels": [{"between": [name, "lone"], "delay": "1 ms"} for name in names]}
    alive(document)
    document = controlled([request("n0", "n3", pairs=1)])
    document["nodes"]["lone"] = None
    assert alive(document).run().completed == 1
