"""Tracking: result of swaps is taken, passed on, kept until its time, or dropped and counted."""

from __future__ import annotations

from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.memory import Memory, MemoryState
from protocols.entanglement.tracking import SwapResult
from qsim.quantum.bell_diagonal import BellDiagonalState
from qsim.quantum.pair import EntangledPair
from qsim.trace.sinks import MemorySink
from tests.protocols.scenes import MS, alive, chain

HORIZON = 100 * MS


class Site:
    """The result site of n1, between n0 and n2, and memories of n1 that hold pairs with n0."""

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
        state = BellDiagonalState.werner(1.0)
        self.memory.pair = EntangledPair(number, state, partner, self.memory, (0, 0), (0, 0), 0)
        self.memory.hold(number, partner, deadline)
        return number

    def result(
        self, pair_id: int, new_id: int, *, success: bool = True, deadline: int | None = None, links: int = 2
    ) -> SwapResult:
        told = self.memory, pair_id, success, new_id, self.far.memories[2], deadline
        return SwapResult(*told, links=links)

    def tell(self, result: SwapResult) -> None:
        self.tracker.on_swap_result(self.near, result)

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
def site() -> Site:
    return Site()


def test_result_about_a_pair_held_is_taken(site: Site) -> None:
    number = site.hold(deadline=90)
    site.tell(site.result(number, number + 7, deadline=80))
    memory = site.memory
    assert (memory.pair_id, memory.newest_id) == (number + 7, number + 7)
    assert memory.partner is site.far.memories[2]
    assert memory.deadline == 80
    assert memory.state is MemoryState.ENTANGLED
    assert site.dropped == 0


def test_result_about_a_half_that_was_moved_is_taken_where_the_half_is_now(site: Site) -> None:
    named, site.memory = site.memory, site.here.memories[1]
    number = site.hold()
    site.here.moves = True
    site.tell(SwapResult(named, number, True, number + 7, site.far.memories[2], None, links=2))
    assert (named.pair_id, site.memory.pair_id) == (0, number + 7)
    assert site.memory.partner is site.far.memories[2]
    assert site.dropped == 0


@pytest.mark.parametrize("success", [True, False])
@pytest.mark.parametrize("state", [MemoryState.ENTANGLED, MemoryState.HELD])
def test_only_a_half_handed_over_whose_swap_failed_is_given_up(
    site: Site, success: bool, state: MemoryState, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = site.hold()
    if state is MemoryState.HELD:
        site.memory.move(state)
    given_up: list[Memory] = []
    monkeypatch.setattr(site.tracker, "_give_up", given_up.append)
    site.tell(site.result(number, number + 7, success=success))
    lost = not success and state is MemoryState.HELD
    assert given_up == [site.memory] * lost
    assert (site.memory.pair_id == number + 7) is success


@pytest.mark.parametrize(
    ("deadline", "in_time", "considered"), [(None, False, True), (90, True, True), (90, False, False)]
)
def test_a_half_past_its_deadline_is_not_put_to_use(
    site: Site, deadline: int | None, in_time: bool, considered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever watches deadlines gives it up then; a half without one is not watched."""
    number = site.hold(deadline=deadline)
    used: list[Memory] = []
    monkeypatch.setattr(site.tracker, "_timers", SimpleNamespace(watch=lambda _: in_time))
    monkeypatch.setattr(site.tracker, "_resources", SimpleNamespace(update=used.append))
    site.tell(site.result(number, number + 7))
    assert used == [site.memory] * considered


@pytest.mark.parametrize(
    ("own", "told", "kept"), [(None, None, None), (50, None, 50), (None, 60, 60), (50, 60, 50), (70, 60, 60)]
)
def test_the_earlier_deadline_holds(site: Site, own: int | None, told: int | None, kept: int | None) -> None:
    number = site.hold(deadline=own)
    site.tell(site.result(number, number + 1, deadline=told))
    assert site.memory.deadline == kept


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_of_crossing_swaps_the_last_names_the_pair_and_the_farthest_the_partner(
    site: Site, order: tuple[int, ...]
) -> None:
    """In whichever order news come of three swaps, at nodes nearer and farther."""
    number = site.hold()
    partners = site.far.memories
    for place in order:
        result = site.result(site.memory.pair_id, number + (9, 4, 7)[place], links=2 + place)
        result.partner = partners[place]
        site.tell(result)
    assert site.memory.pair_id == number + 9
    assert (site.memory.partner, site.memory.links) == (partners[2], 4)
    site.memory.clear()
    site.hold()
    assert site.memory.links == 1


def test_result_of_a_failure_frees_the_memory(site: Site) -> None:
    number = site.hold()
    site.tell(site.result(number, 0, success=False))
    assert site.memory.state is MemoryState.FREE
    assert site.memory.newest_id == number
    assert site.dropped == 0


def test_result_about_a_memory_set_aside_ends_the_grant(site: Site) -> None:
    number = site.hold()
    site.memory.move(MemoryState.SWAPPING)
    site.stack.consent._grant_of[site.memory] = 42
    site.stack.consent._grants[42] = (site.memory,)
    site.tell(site.result(number, number + 1))
    assert site.memory.state is MemoryState.ENTANGLED
    assert site.stack.consent.granted(42) == ()


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [(None, None, None), (None, {1, 2}, {1, 2}), ({2, 3}, {1, 2}, {2}), ({2}, None, {2})],
)
def test_a_joined_pair_serves_the_flows_that_all_its_parts_may_serve(
    site: Site, before: set[int] | None, told: set[int] | None, after: set[int] | None
) -> None:
    number = site.hold()
    site.memory.serves = None if before is None else frozenset(before)
    result = site.result(number, number + 7)
    result.flows = None if told is None else frozenset(told)
    site.tell(result)
    assert site.memory.serves == after


@pytest.mark.parametrize("used", [None, 4])
@pytest.mark.parametrize("shared", [True, False])
def test_halves_that_are_shared_are_told_of_a_use_elsewhere(
    site: Site, shared: bool, used: int | None
) -> None:
    """Any other half whose pair is no more is freed."""
    number = site.hold()
    told: list[tuple[Memory, int]] = []
    halves: Any = SimpleNamespace(used_elsewhere=lambda *half: told.append(half))
    site.tracker.shared = halves if shared else None
    result = site.result(number, 0, success=False)
    result.used = used
    site.tell(result)
    elsewhere = shared and used is not None
    assert told == [(site.memory, 4)] * elsewhere
    assert site.memory.state is (MemoryState.ENTANGLED if elsewhere else MemoryState.FREE)


@pytest.mark.parametrize(
    ("used", "here", "settled"), [(4, True, True), (4, False, False), (None, True, False), (4, None, False)]
)
def test_a_pair_that_both_ends_have_used_is_no_news(
    site: Site, used: int | None, here: bool | None, settled: bool
) -> None:
    """Of any other pair that is not known here the result waits, in vain, and is dropped."""
    number = site.hold()
    asked: list[tuple[Memory, int]] = []

    def has_used(memory: Memory, pair_id: int) -> bool:
        asked.append((memory, pair_id))
        return bool(here)

    halves: Any = SimpleNamespace(has_used=has_used)
    site.tracker.shared = None if here is None else halves
    result = site.result(number + 1, 0, success=False)
    result.used = used
    site.tell(result)
    assert asked == [(site.memory, number + 1)] * (used is not None and here is not None)
    assert (site.tracker._early == {}) is settled
    site.engine.run_until(HORIZON + 1)
    assert site.dropped == (not settled)


def test_stale_result_is_dropped_counted_and_never_applied_to_a_reused_memory(site: Site) -> None:
    old = site.hold()
    site.memory.clear()
    new = site.hold()
    site.tell(site.result(old, new + 5))
    site.tell(site.result(old, 0, success=False))
    assert site.memory.state is MemoryState.ENTANGLED
    assert (site.memory.pair_id, site.memory.partner) == (new, site.near.memories[0])
    assert site.dropped == 2


def test_result_for_a_free_memory_about_a_pair_it_has_known_is_dropped(site: Site) -> None:
    old = site.hold()
    site.memory.clear()
    site.tell(site.result(old, old + 1))
    assert site.memory.state is MemoryState.FREE
    assert site.dropped == 1


def test_result_about_a_pair_swapped_away_is_passed_on(site: Site) -> None:
    number = site.hold()
    far, far_id = site.far.memories[0], 50
    site.tracker.remember(number, far, far_id, 3)
    site.memory.clear()
    site.tell(site.result(number, 40, deadline=7))
    partner = site.far.memories[2]
    assert site.sent() == [("n2", SwapResult(far, far_id, True, 40, partner, 7, links=5))]
    # The far end knows the pair by the greater of the two numbers from now on.
    site.tell(site.result(40, 60))
    assert site.sent()[1] == ("n2", SwapResult(far, far_id, True, 60, partner, None, links=5))
    site.tell(site.result(60, 55))
    assert site.sent()[2] == ("n2", SwapResult(far, 60, True, 55, partner, None, links=5))
    assert site.dropped == 0


def test_a_failure_is_passed_on(site: Site) -> None:
    far = site.far.memories[0]
    site.tracker.remember(3, far, 50, 1)
    site.tell(site.result(3, 0, success=False))
    ((receiver, result),) = site.sent()
    assert (receiver, result.memory, result.pair_id, result.success) == ("n2", far, 50, False)


def test_swaps_are_remembered_for_the_horizon(site: Site) -> None:
    site.tracker.remember(1, site.far.memories[0], 50, 1)
    site.engine.run_until(HORIZON + 1)
    site.tracker.remember(2, site.far.memories[0], 51, 1)
    assert set(site.tracker._onward) == {2}


def test_early_result_waits_for_the_result_before_it(site: Site) -> None:
    """The second swap's result overtakes the first's; both are then taken in their order."""
    number = site.hold()
    second = site.result(number + 1, number + 2, links=3)
    second.partner = site.far.memories[1]
    site.tell(second)
    assert site.memory.pair_id == number
    site.tell(site.result(number, number + 1))
    assert site.memory.pair_id == number + 2
    assert site.memory.partner is site.far.memories[1]
    site.engine.run_until(2 * HORIZON)
    assert site.dropped == 0
    assert site.tracker._early == {}


def test_result_may_come_before_that_of_the_herald(site: Site) -> None:
    """The other end hears of the herald first, and swaps at once."""
    site.memory.move(MemoryState.GENERATING)
    number = site.engine.context.next_id()
    site.tell(site.result(number, number + 1))
    site.memory.pair = EntangledPair(
        number, BellDiagonalState.werner(1.0), site.near.memories[0], site.memory, (0, 0), (0, 0), 0
    )
    site.memory.hold(number, site.near.memories[0], None)
    site.stack.entangled(site.memory)
    assert site.memory.pair_id == number + 1
    assert site.dropped == 0


def test_whoever_catches_up_learns_whether_there_was_anything_to_take(site: Site) -> None:
    site.memory.move(MemoryState.GENERATING)
    number = site.engine.context.next_id()
    site.tell(site.result(number, number + 1))
    site.memory.hold(number, site.near.memories[0], None)
    assert site.tracker.catch_up(site.memory) is True
    assert site.memory.pair_id == number + 1
    assert site.tracker.catch_up(site.memory) is False


def test_early_result_about_a_pair_swapped_away_meanwhile_is_passed_on(site: Site) -> None:
    number = site.hold()
    far = site.far.memories[0]
    site.tell(site.result(number + 10, number + 20))
    site.tracker.remember(number, far, 50, 1)
    site.memory.clear()
    site.hold()
    assert site.sent() == []
    site.tell(site.result(number, number + 10))
    assert [result.new_id for _, result in site.sent()] == [number + 10, number + 20]
    assert site.dropped == 0


def test_early_result_about_a_pair_swapped_away_is_kept_though_the_memory_is_used_again(site: Site) -> None:
    number = site.hold()
    far = site.far.memories[0]
    site.tracker.remember(number, far, 50, 1)
    site.memory.clear()
    while site.hold() < number + 5:
        site.memory.clear()
    site.tell(site.result(number + 1, number + 2))
    site.tell(site.result(number, number + 1))
    assert [result.new_id for _, result in site.sent()] == [number + 1, number + 2]
    assert site.dropped == 0


def test_early_result_that_nothing_follows_is_dropped_after_the_horizon(site: Site) -> None:
    number = site.hold()
    site.memory.clear()
    for step in (3, 3, 4):
        site.tell(site.result(number + step, number + 9))
    site.engine.run_until(HORIZON)
    assert site.dropped == 0
    site.engine.run_until(HORIZON + 1)
    assert site.dropped == 3
    assert site.tracker._early == {}
