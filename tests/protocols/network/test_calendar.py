"""Time cards: first fit, closed intervals, and a brute-force model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from protocols.network.calendar import Calendar


def test_memories_are_given_first_fit() -> None:
    calendar = Calendar()
    assert calendar.reserve(1, 0, 10, {range(4): 2}, now=0) == (0, 1)
    assert calendar.reserve(2, 5, 15, {range(4): 1}, now=0) == (2,)
    assert calendar.reserve(3, 11, 20, {range(4): 2}, now=0) == (0, 1)
    assert calendar.reserved(3) == (0, 1)
    assert calendar.flows == (1, 2, 3)


def test_intervals_that_touch_are_in_conflict() -> None:
    calendar = Calendar()
    assert calendar.reserve(1, 10, 20, {range(1): 1}, now=0) == (0,)
    assert calendar.reserve(2, 20, 30, {range(1): 1}, now=0) is None
    assert calendar.reserve(3, 0, 10, {range(1): 1}, now=0) is None
    assert calendar.reserve(4, 21, 30, {range(1): 1}, now=0) == (0,)
    assert calendar.reserve(5, 0, 9, {range(1): 1}, now=0) == (0,)


def test_a_promise_holds_in_the_very_moment_of_its_end() -> None:
    """Another promise of the same place, made in that moment, does not let it be forgotten."""
    calendar = Calendar()
    assert calendar.reserve(1, 0, 10, {range(1): 1}, now=0) == (0,)
    assert calendar.reserve(2, 20, 30, {range(1): 1}, now=10) == (0,)
    assert calendar.reserve(3, 10, 15, {range(1): 1}, now=10) is None
    assert calendar.reserve(4, 11, 15, {range(1): 1}, now=10) == (0,)


def test_an_interval_inside_or_round_another_is_in_conflict() -> None:
    calendar = Calendar()
    assert calendar.reserve(1, 10, 20, {range(1): 1}, now=0) == (0,)
    assert calendar.reserve(2, 12, 13, {range(1): 1}, now=0) is None
    assert calendar.reserve(3, 5, 30, {range(1): 1}, now=0) is None
    assert calendar.reserve(4, 10, 20, {range(1): 1}, now=0) is None


def test_a_gap_between_two_promises_is_used() -> None:
    calendar = Calendar()
    assert calendar.reserve(1, 0, 9, {range(1): 1}, now=0)
    assert calendar.reserve(2, 20, 29, {range(1): 1}, now=0)
    assert calendar.reserve(3, 10, 19, {range(1): 1}, now=0) == (0,)


def test_too_few_memories_leave_no_promise() -> None:
    calendar = Calendar()
    assert calendar.reserve(1, 0, 10, {range(3): 2}, now=0) == (0, 1)
    assert calendar.reserve(2, 5, 6, {range(3): 2}, now=0) is None
    assert calendar.reserved(2) == ()
    assert calendar.flows == (1,)
    assert calendar.reserve(3, 5, 6, {range(3): 1}, now=0) == (2,)


def test_release_gives_everything_back_at_once() -> None:
    calendar = Calendar()
    calendar.reserve(1, 0, 10, {range(2): 2}, now=0)
    calendar.release(1)
    assert calendar.flows == ()
    assert calendar.reserve(2, 3, 4, {range(2): 2}, now=0) == (0, 1)
    calendar.release(7)
    assert calendar.flows == (2,)


def test_what_is_over_is_forgotten() -> None:
    calendar = Calendar()
    for flow in range(1000):
        assert calendar.reserve(flow, 10 * flow, 10 * flow + 5, {range(1): 1}, now=10 * flow) == (0,)
        calendar.release(flow - 1)
    assert [len(card) for card in calendar._cards.values()] == [1]


def test_a_promise_that_is_over_can_be_taken_back_after_its_place_has_been_given_again() -> None:
    calendar = Calendar()
    calendar.reserve(1, 0, 10, {range(1): 1}, now=0)
    calendar.reserve(2, 20, 30, {range(1): 1}, now=15)
    assert calendar.release(2)
    assert calendar.release(1)
    assert not calendar.release(1)


def test_it_says_whether_all_that_is_wanted_would_fit_without_some_flows() -> None:
    calendar = Calendar()
    calendar.reserve(1, 0, 10, {range(2): 2, range(2, 4): 1}, now=0)
    calendar.reserve(2, 5, 15, {range(2, 4): 1}, now=0)
    wanted = {range(2): 1, range(2, 4): 1}
    assert not calendar.fits(8, 12, wanted, without=())
    # The first range would have room, the second has not, and the other way round.
    assert not calendar.fits(11, 12, {range(2): 1, range(2, 4): 2}, without=())
    assert not calendar.fits(8, 12, wanted, without=(2,))
    assert calendar.fits(8, 12, wanted, without=(1,)) is True
    assert calendar.fits(11, 12, wanted, without=()) is True
    assert calendar.fits(8, 12, {range(2): 2, range(2, 4): 2}, without=(1, 2)) is True
    assert not calendar.fits(8, 12, {range(2): 3}, without=(1, 2))
    # The last place has never been promised to anybody.
    assert calendar.fits(8, 12, {range(5): 5}, without=(1, 2)) is True
    assert calendar.flows == (1, 2)


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 30), st.integers(0, 8), st.integers(1, 4)),
        st.tuples(st.just("release"), st.integers(0, 20), st.just(0), st.just(0)),
        st.tuples(st.just("wait"), st.integers(0, 5), st.just(0), st.just(0)),
    ),
    max_size=40,
)


@given(st.integers(1, 5), _steps)
def test_it_agrees_with_a_search_through_all_promises(
    memories: int, steps: list[tuple[str, int, int, int]]
) -> None:
    calendar = Calendar()
    promises: dict[int, tuple[int, int, tuple[int, ...]]] = {}
    now = 0
    for flow, (what, first, length, count) in enumerate(steps):
        if what == "wait":
            now += first
        elif what == "release":
            calendar.release(first)
            promises.pop(first, None)
        else:
            start, end = now + first, now + first + length
            free = [
                index
                for index in range(memories)
                if not any(
                    index in given and one <= end and start <= other
                    for one, other, given in promises.values()
                )
            ]
            expected = tuple(free[:count]) if len(free) >= count else None
            assert calendar.reserve(flow, start, end, {range(memories): count}, now) == expected
            if expected is not None:
                promises[flow] = start, end, expected
        assert set(calendar.flows) == set(promises)
        for flow_number, (_, _, indices) in promises.items():
            assert calendar.reserved(flow_number) == indices
