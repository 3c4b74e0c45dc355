"""The request application: window, retry, how many pairs, and requests that come to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from qsim.errors import ScenarioError
from qsim.results import Result
from qsim.scenario import from_document
from tests.protocols.scenes import alive, chain, request


def run(*traffic: dict[str, Any], links: int = 1, **fields: Any) -> Result:
    result: Result = alive(chain(links, traffic=traffic, **fields)).run()
    return result


def test_without_a_start_the_window_opens_as_the_path_confirms() -> None:
    (row,) = run(request("n0", "n2"), links=2).flows
    assert (row.start_s, row.end_s, row.wait_s) == (4e-3, 1.0, 4e-3)


def test_a_start_is_kept_unless_the_path_needs_longer() -> None:
    late, early = run(
        request("n0", "n1", start="30 ms", duration="100 ms"),
        request("n0", "n1", start="1 ms", duration="10 ms"),
        count=4,
    ).flows[::-1]
    assert (late.start_s, late.end_s, late.wait_s) == (0.03, pytest.approx(0.13), 0)
    # The wait is that beyond what was asked for.
    assert (early.start_s, early.end_s, early.wait_s) == (2e-3, pytest.approx(12e-3), 1e-3)


def test_without_a_duration_the_window_lasts_to_the_end_of_the_run() -> None:
    result = run(request("n0", "n1"))
    (row,) = result.flows
    assert (row.status, row.end_s, result.completed) == ("completed", 1.0, 1)


def test_a_window_beyond_the_end_of_the_run_is_left_open() -> None:
    result = run(request("n0", "n1", duration="5 s"))
    (row,) = result.unfinished
    assert (row.status, result.flows) == ("open", ())
    assert row.pairs > 300
    assert row.throughput_hz == pytest.approx(row.pairs / (1.0 - row.start_s))


def test_pairs_wanted_are_pairs_given() -> None:
    (row,) = run(request("n0", "n1", pairs=7, start="10 ms")).flows
    assert row.pairs == 7
    # A pair each 3 ms: the ends are free 1.5 ms after a tick, which is half way to the next.
    assert row.end_s == pytest.approx(10e-3 + 6 * 2e-3 + 1.5e-3)
    assert row.latency_mean_s == pytest.approx((row.end_s - 10e-3) / 7)
    assert row.throughput_hz == pytest.approx(7 / (row.end_s - 10e-3))


def test_two_memories_give_twice_the_pairs() -> None:
    one, two = (run(request("n0", "n1", memories=memories), count=2).flows[0].pairs for memories in (1, 2))
    assert two == 2 * one > 900


def test_a_refused_request_is_repeated_when_told_to() -> None:
    """The first flow has all memories until 100 ms; the second asks each 40 ms and begins after that."""
    result = run(
        request("n0", "n1", memories=2, duration="100 ms"),
        request("n0", "n1", memories=2, duration="100 ms", retry="40 ms"),
        memory={"t2": 1e3},
    )
    first, second = result.flows
    assert result.rejected == 3
    assert first.end_s == pytest.approx(0.102)
    assert (second.start_s, second.wait_s) == (pytest.approx(0.122), pytest.approx(0.122))
    assert result.notes == ()


def test_a_refused_request_that_is_not_repeated_leaves_a_note() -> None:
    late = request("n0", "n1", start="50 ms", duration="10 ms")
    result = run(request("n0", "n1", memories=2), late, memory={"t2": 1e3})
    assert (result.completed, result.rejected) == (1, 1)
    (note,) = result.notes
    assert note.startswith("n0 refused the request n0-n1 from 0.05 s to 0.06 s: too few free memories")
    assert "`retry`" in note


def test_a_request_that_cannot_be_confirmed_within_the_run_leaves_a_note() -> None:
    result = run(request("n0", "n1"), run={"duration": 1e-3})
    assert result.flows == result.unfinished == ()
    (note,) = result.notes
    assert note.startswith("the request n0-n1 was not made at 0 s: its path confirms by 0.002 s")


def test_a_run_may_end_when_all_have_what_they_want() -> None:
    result = run(
        request("n0", "n1", pairs=3),
        request("n0", "n1", memories=9, start="5 ms", duration="1 ms", retry="500 ms"),
        count=10,
        run={"stop_when_done": True, "duration": 10.0},
    )
    assert result.completed == 2
    assert not result.interrupted
    assert result.simulated_s < 0.6


def test_a_run_that_is_done_because_its_requests_came_to_nothing_ends_too() -> None:
    result = run(
        request("n0", "n1", memories=2, pairs=2),
        request("n0", "n1", start="50 ms", duration="10 ms"),
        run={"stop_when_done": True, "duration": 10.0},
    )
    assert result.completed == 1
    assert result.simulated_s < 0.1
    assert not result.interrupted


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"responder": "n3"}, "unknown node 'n3' (known: lonely, n0, n1, n2)"),
        ({"responder": "n0"}, "must differ from the initiator"),
        ({"memories": 3}, "must be at most 2, all that 'n0' has, got 3"),
        ({"start": "2 s"}, "must lie before the end of the run at 1 s, got 2 s"),
        ({"fidelity": 0.99}, "no protocol of this scenario brings a pair between 'n0' and 'n2' above"),
        ({"responder": "lonely"}, "there is no path from 'n0' to 'lonely'"),
        ({"pairs": 0}, "pairs"),
        ({"retry": "0 s"}, "retry"),
    ],
)
def test_requests_that_cannot_be_are_refused_with_their_place(fields: dict[str, Any], said: str) -> None:
    document = chain(2, generation={"kind": "midpoint-source", "pair_fidelity": 0.9})
    document["nodes"]["lonely"] = None
    document["traffic"] = [{**request("n0", "n2"), **fields}]
    with pytest.raises(ScenarioError) as refused:
        from_document(document)
    place = f"traffic[0].{next(iter(fields))}"
    assert any(place in fault and said in fault for fault in refused.value.faults), refused.value.faults
