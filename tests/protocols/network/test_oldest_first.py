"""Requests that meet half-way: the older goes first, nobody waits for ever, and starving ones are named."""

from __future__ import annotations

from itertools import chain as joined
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocols.network.test_reservation import Owner, promised, submit
from tests.protocols.scenes import MS, Document, alive, chain, request


def crossing(reservation: str, each_way: int, **fields: Any) -> Document:
    """Requests from both ends of a chain of three links at one instant; room for 10 at a time."""
    ways = (
        (request("n0", "n3", duration="20 ms", **fields), request("n3", "n0", duration="20 ms", **fields))
        for _ in range(each_way)
    )
    return chain(
        3,
        count=20,
        traffic=list(joined.from_iterable(ways)),
        protocols={"reservation": reservation},
        run={"duration": 0.3, "record_pairs": False, "stop_when_done": True},
    )


def test_hop_by_hop_nobody_is_served_and_the_result_says_so() -> None:
    result = alive(crossing("hop-by-hop", 100)).run()
    assert (result.completed, result.rejected) == (0, 200)
    assert len(result.notes) < 10
    assert any(note.startswith("20 times a request") and "oldest-first" in note for note in result.notes)
    assert any("more like it" in note for note in result.notes)


def test_oldest_first_as_many_are_served_as_there_are_memories_for() -> None:
    result = alive(crossing("oldest-first", 100)).run()
    assert (result.completed, result.rejected) == (10, 190)


def test_requests_that_are_repeated_are_all_served_in_turn() -> None:
    """120 requests in lots of 10, each for 20 ms: 0.24 s and the round trips between them."""
    result = alive(crossing("oldest-first", 60, retry="1 ms")).run()
    assert result.completed == 120
    assert {row.initiator for row in result.flows} == {"n0", "n3"}
    assert result.simulated_s < 0.29


def test_requests_that_starve_are_named() -> None:
    result = alive(crossing("hop-by-hop", 5, retry="1 ms", memories=10)).run()
    assert result.completed == 0
    starved = [note for note in result.notes if "had not been served by the end" in note]
    assert [note[:20] for note in starved] == ["5 requests n0-n3 had", "5 requests n3-n0 had"]


def test_the_younger_gives_way_and_the_older_has_its_memories() -> None:
    """n0 asks first; both hold their own end when they meet."""
    engine = alive(chain(3, protocols={"reservation": "oldest-first"}))
    owner = Owner(engine)
    older = submit(engine, owner, ("n0", "n3"), (20, 30))
    submit(engine, owner, ("n3", "n0"), (20, 30))
    engine.run_until(19 * MS)
    # The younger is refused by n1 at 2 ms and has freed n2 and n3 at 3 and 4 ms, when the older comes to n3.
    assert [(time // MS, what) for time, what, _ in owner.heard] == [(4, "refused"), (7, "accepted")]
    assert set(promised(engine)) == {"n0", "n1", "n2", "n3"}
    assert all(list(flows) == [older.id] for flows in promised(engine).values())


def test_who_waits_is_refused_once_the_younger_is_confirmed() -> None:
    """The younger from n1 to n2 is confirmed before the older from n0 can have its memories."""
    engine = alive(chain([5, 1, 1], protocols={"reservation": "oldest-first"}))
    owner = Owner(engine)
    submit(engine, owner, ("n0", "n3"), (40, 50), memories=1)
    engine.run_until(4 * MS)
    younger = submit(engine, owner, ("n1", "n2"), (40, 50), memories=2)
    engine.run_until(5 * MS + 1)
    assert [flow.id for flow in engine.reservations[engine.node("n1")]._waiting] == [1]
    engine.run_until(20 * MS)
    assert [(time // MS, what) for time, what, _ in owner.heard] == [(6, "accepted"), (11, "refused")]
    assert promised(engine).keys() == {"n1", "n2"}
    assert not any(known._waiting for known in engine.reservations.values())
    assert younger.pairs == 0


@st.composite
def _requests(draw: st.DrawFn) -> list[Document]:
    ends = st.lists(st.integers(0, 3), min_size=2, max_size=2, unique=True)
    return [
        request(
            *(f"n{end}" for end in draw(ends)),
            memories=draw(st.integers(1, 2)),
            start=draw(st.integers(20, 60)) * 1e-3,
            duration=draw(st.integers(1, 20)) * 1e-3,
            retry=draw(st.sampled_from([None, 3e-3, 10e-3])),
        )
        for _ in range(draw(st.integers(2, 20)))
    ]


@settings(max_examples=25, deadline=None)
@given(_requests())
def test_promises_are_all_taken_back_and_who_asks_again_is_served(traffic: list[Document]) -> None:
    kind = {"reservation": "oldest-first"}
    engine = alive(chain(3, count=4, traffic=traffic, protocols=kind, run={"duration": 2.0}))
    engine.run_until(1900 * MS)
    assert promised(engine) == {}
    assert all(known._half_made == {} for known in engine.reservations.values())
    assert not any(known._waiting for known in engine.reservations.values())
    assert engine.result().completed >= sum(wanted["retry"] is not None for wanted in traffic)
