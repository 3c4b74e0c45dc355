"""Tracking: news of swaps is taken, passed on, kept until its time, or dropped and counted."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.memory import Memory, MemoryState
from protocols.entanglement.tracking import SwapResult
from qsim.quantum.bell_diagonal import BellDiagonalState
from qsim.quantum.pair import EntangledPair
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain, clocked, request

HORIZON = 100 * MS


class Desk:
    """The news desk of n1, between n0 and n2, and memories of n1 that hold pairs with n0."""

    def __init__(self) -> None:
        self.sink = MemorySink()
        self.engine: Any = alive(chain(2, count=3), trace=self.sink)
        self.sim = self.engine.sim
        self.stack = self.engine.stack("n1")
        self.near, self.here, self.far = (self.engine.node(name) for name in ("n0", "n1", "n2"))
        self.memory: Memory = self.here.memories[0]
        self.tracker = self.stack.tracker
        self.tracker.horizon = HORIZON

    def hold(self, deadline: int | None = None) -> int:
        """Let the memory share a pair with n0's first; the number of the pair."""
        partner = self.near.memories[0]
        number: int = self.engine.context.next_id()
        self.memory.move(MemoryState.GENERATING)
        self.memory.pair = EntangledPair(number, BellDiagonalState.werner(1.0), partner, self.memory, 0, 0, 0)
        self.memory.hold(number, partner, deadline)
        return number

    def news(
        self, pair_id: int, new_id: int, *, success: bool = True, deadline: int | None = None
    ) -> SwapResult:
        return SwapResult(self.memory, pair_id, success, new_id, self.far.memories[2], deadline)

    def tell(self, news: SwapResult) -> None:
        self.tracker.on_swap_result(self.near, news)

    @property
    def dropped(self) -> int:
        """Messages dropped, by the counter and in the trace."""
        count: int = self.engine.context.dropped
        assert count == sum(event == "message_dropped" for _, event, *_ in self.sink.events)
        return count

    def sent(self) -> list[tuple[str, SwapResult]]:
        """Messages on their way, by receiver."""
        return [
            (fn.__self__.name, args[1])
            for _, _, fn, args in sorted(self.sim._heap, key=lambda entry: entry[:2])
            if getattr(fn, "__name__", "") == "receive" and isinstance(args[1], SwapResult)
        ]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_news_about_a_pair_held_is_taken(desk: Desk) -> None:
    number = desk.hold(deadline=90)
    desk.tell(desk.news(number, number + 7, deadline=80))
    memory = desk.memory
    assert (memory.pair_id, memory.newest_id) == (number + 7, number + 7)
    assert memory.partner is desk.far.memories[2]
    assert memory.deadline == 80
    assert memory.state is MemoryState.ENTANGLED
    assert desk.dropped == 0


@pytest.mark.parametrize(
    ("own", "told", "kept"), [(None, None, None), (50, None, 50), (None, 60, 60), (50, 60, 50), (70, 60, 60)]
)
def test_the_earlier_deadline_holds(desk: Desk, own: int | None, told: int | None, kept: int | None) -> None:
    number = desk.hold(deadline=own)
    desk.tell(desk.news(number, number + 1, deadline=told))
    assert desk.memory.deadline == kept


def test_of_crossing_swaps_the_last_names_the_pair(desk: Desk) -> None:
    """News of a swap that happened before the one already known of, at a node farther off."""
    number = desk.hold()
    desk.tell(desk.news(number, number + 9))
    news = desk.news(number + 9, number + 4)
    news.partner = desk.far.memories[1]
    desk.tell(news)
    assert desk.memory.pair_id == number + 9
    assert desk.memory.partner is desk.far.memories[1]


def test_news_of_a_failure_frees_the_memory(desk: Desk) -> None:
    number = desk.hold()
    desk.tell(desk.news(number, 0, success=False))
    assert desk.memory.state is MemoryState.FREE
    assert desk.memory.newest_id == number
    assert desk.dropped == 0


def test_news_about_a_memory_set_aside_ends_the_grant(desk: Desk) -> None:
    number = desk.hold()
    desk.memory.move(MemoryState.SWAPPING)
    desk.stack.consent._grant_of[desk.memory] = 42
    desk.stack.consent._grants[42] = (desk.memory,)
    desk.tell(desk.news(number, number + 1))
    assert desk.memory.state is MemoryState.ENTANGLED
    assert desk.stack.consent.granted(42) == ()


def test_stale_news_is_dropped_counted_and_never_applied_to_a_reused_memory(desk: Desk) -> None:
    old = desk.hold()
    desk.memory.clear()
    new = desk.hold()
    desk.tell(desk.news(old, new + 5))
    desk.tell(desk.news(old, 0, success=False))
    assert desk.memory.state is MemoryState.ENTANGLED
    assert (desk.memory.pair_id, desk.memory.partner) == (new, desk.near.memories[0])
    assert desk.dropped == 2


def test_news_for_a_free_memory_about_a_pair_it_has_known_is_dropped(desk: Desk) -> None:
    old = desk.hold()
    desk.memory.clear()
    desk.tell(desk.news(old, old + 1))
    assert desk.memory.state is MemoryState.FREE
    assert desk.dropped == 1


def test_news_about_a_pair_swapped_away_is_passed_on(desk: Desk) -> None:
    number = desk.hold()
    far, far_id = desk.far.memories[0], 50
    desk.tracker.remember(number, far, far_id)
    desk.memory.clear()
    desk.tell(desk.news(number, 40, deadline=7))
    partner = desk.far.memories[2]
    assert desk.sent() == [("n2", SwapResult(far, far_id, True, 40, partner, 7))]
    # The far end knows the pair by the greater of the two numbers from now on.
    desk.tell(desk.news(40, 60))
    assert desk.sent()[1] == ("n2", SwapResult(far, far_id, True, 60, partner, None))
    desk.tell(desk.news(60, 55))
    assert desk.sent()[2] == ("n2", SwapResult(far, 60, True, 55, partner, None))
    assert desk.dropped == 0


def test_a_failure_is_passed_on(desk: Desk) -> None:
    far = desk.far.memories[0]
    desk.tracker.remember(3, far, 50)
    desk.tell(desk.news(3, 0, success=False))
    ((receiver, news),) = desk.sent()
    assert (receiver, news.memory, news.pair_id, news.success) == ("n2", far, 50, False)


def test_swaps_are_remembered_for_the_horizon(desk: Desk) -> None:
    desk.tracker.remember(1, desk.far.memories[0], 50)
    desk.engine.run_until(HORIZON + 1)
    desk.tracker.remember(2, desk.far.memories[0], 51)
    assert set(desk.tracker._onward) == {2}


def test_early_news_waits_for_the_news_before_it(desk: Desk) -> None:
    """The second swap's news overtakes the first's; both are then taken in their order."""
    number = desk.hold()
    second = desk.news(number + 1, number + 2)
    second.partner = desk.far.memories[1]
    desk.tell(second)
    assert desk.memory.pair_id == number
    desk.tell(desk.news(number, number + 1))
    assert desk.memory.pair_id == number + 2
    assert desk.memory.partner is desk.far.memories[1]
    desk.engine.run_until(2 * HORIZON)
    assert desk.dropped == 0
    assert desk.tracker._early == {}


def test_news_may_come_before_that_of_the_herald(desk: Desk) -> None:
    """The other end hears of the herald first, and swaps at once."""
    desk.memory.move(MemoryState.GENERATING)
    number = desk.engine.context.next_id()
    desk.tell(desk.news(number, number + 1))
    desk.memory.pair = EntangledPair(
        number, BellDiagonalState.werner(1.0), desk.near.memories[0], desk.memory, 0, 0, 0
    )
    desk.memory.hold(number, desk.near.memories[0], None)
    desk.stack.entangled(desk.memory)
    assert desk.memory.pair_id == number + 1
    assert desk.dropped == 0


def test_early_news_about_a_pair_swapped_away_meanwhile_is_passed_on(desk: Desk) -> None:
    number = desk.hold()
    far = desk.far.memories[0]
    desk.tell(desk.news(number + 10, number + 20))
    desk.tracker.remember(number, far, 50)
    desk.memory.clear()
    desk.hold()
    assert desk.sent() == []
    desk.tell(desk.news(number, number + 10))
    assert [news.new_id for _, news in desk.sent()] == [number + 10, number + 20]
    assert desk.dropped == 0


def test_early_news_about_a_pair_swapped_away_is_kept_though_the_memory_is_used_again(desk: Desk) -> None:
    number = desk.hold()
    far = desk.far.memories[0]
    desk.tracker.remember(number, far, 50)
    desk.memory.clear()
    while desk.hold() < number + 5:
        desk.memory.clear()
    desk.tell(desk.news(number + 1, number + 2))
    desk.tell(desk.news(number, number + 1))
    assert [news.new_id for _, news in desk.sent()] == [number + 1, number + 2]
    assert desk.dropped == 0


def test_early_news_that_nothing_follows_is_dropped_after_the_horizon(desk: Desk) -> None:
    number = desk.hold()
    desk.memory.clear()
    for step in (3, 3, 4):
        desk.tell(desk.news(number + step, number + 9))
    desk.engine.run_until(HORIZON)
    assert desk.dropped == 0
    desk.engine.run_until(HORIZON + 1)
    assert desk.dropped == 3
    assert desk.tracker._early == {}


def delivered(document: dict[str, Any], until: float = 0.999) -> tuple[Any, int]:
    """Run a chain to shortly before its end; the network, and the pairs delivered."""
    engine = alive(document)
    engine.run_until(round(until * 1000 * MS))
    return engine, engine.apps[0].flow.pairs


@pytest.mark.parametrize("links", [3, 4, 8, 12])
def test_news_of_swaps_that_all_cross_finds_both_ends(links: int) -> None:
    """All nodes swap at the same instant, over and over; nothing is lost and nothing dropped."""
    document = chain(links, swapping="asap", traffic=[request("n0", f"n{links}")])
    engine, pairs = delivered(document)
    assert engine.context.dropped == 0
    assert engine.recorder.stalls == []
    assert pairs == pytest.approx(1000 / (links + 1), rel=0.35)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_news_finds_its_way_whatever_the_delays(data: st.DataObject) -> None:
    """Delays between any two nodes are anything: the direct way may be slow, the detour fast."""
    links = data.draw(st.integers(3, 6))
    names = [f"n{place}" for place in range(links + 1)]
    delays = st.sampled_from([0.0, 0.1, 0.1, 1.0, 7.0])
    channels = [
        {"between": list(pair), "delay": data.draw(delays) / 1e3}
        for pair in combinations(names, 2)
        if data.draw(st.booleans())
    ]
    document = chain(
        [data.draw(st.sampled_from([0.0, 0.3, 1.0])) for _ in range(links)],
        swapping="asap",
        generation=clocked(3e-4, 0.7),
        classical={"channels": channels},
        traffic=[request("n0", names[-1])],
    )
    engine, pairs = delivered(document, until=0.5)
    assert engine.recorder.stalls == []
    assert pairs > 5
    bound = 4 * sum(len(stack.node.memories) for stack in engine.stacks.values())
    assert sum(len(stack.tracker._early) for stack in engine.stacks.values()) < bound


def test_repeated_messages_are_allowed_for() -> None:
    """Lost messages are sent again much later than any message travels: news must be passed on even then."""
    document = chain(
        5,
        swapping="asap",
        generation=clocked(1e-4, 0.5),
        classical={"loss": 0.4, "retransmission": 5e-3},
        traffic=[request("n0", "n5")],
    )
    engine, pairs = delivered(document)
    assert engine.recorder.stalls == []
    assert pairs > 30


def test_what_is_remembered_does_not_grow_with_the_pairs() -> None:
    document = chain(4, swapping="asap", traffic=[request("n0", "n4")], run={"duration": 10.0})
    engine = alive(document)
    for seconds in (1, 10):
        engine.run_until(seconds * 1000 * MS)
        assert all(len(stack.tracker._onward) < 30 for stack in engine.stacks.values())
        assert all(len(stack.tracker._expiry) < 30 for stack in engine.stacks.values())
    assert engine.apps[0].flow.pairs > 1000
