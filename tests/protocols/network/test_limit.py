"""The limit that varies in time against the same by trying every instant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.network.calendar import WHOLE, Calendar
from protocols.network.limit import Limit

END = 40
TIMES = st.integers(0, END - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), TIMES, TIMES, st.integers(1, 6)),
        st.tuples(st.just("drop"), st.integers(0, 9)),
        st.tuples(st.just("grow"), TIMES, st.integers(1, 5)),
        st.tuples(st.just("shrink"), TIMES, st.integers(1, 9)),
    ),
    max_size=14,
)


class Plain:
    """The same limit as a list of one number an instant, up to END and for ever after."""

    def __init__(self, level: int) -> None:
        self.levels = [level] * (END + 1)
        self.held: dict[int, tuple[int, int, int]] = {}

    def used(self, time: int) -> int:
        return sum(count for start, end, count in self.held.values() if start <= time <= end)

    def room(self, start: int, end: int) -> int:
        return min(self.levels[time] - self.used(time) for time in range(start, end + 1))

    def shrink(self, count: int, since: int) -> list[tuple[int, int]]:
        spare = [min(count, self.levels[time] - self.used(time)) for time in range(END + 1)]
        for_good = [min(spare[time:]) for time in range(END + 1)]
        given, before = [], 0
        for time in range(since, END + 1):
            if for_good[time] > before:
                given.append((time, for_good[time] - before))
                before = for_good[time]
            self.levels[time] -= for_good[time]
        return given


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 12), STEPS)
def test_it_is_what_trying_every_instant_gives(level, steps):
    limit, plain = Limit(level), Plain(level)
    for number, (what, *values) in enumerate(steps):
        if what == "hold":
            start, end, count = min(values[:2]), max(values[:2]), values[2]
            assert limit.room(start, end) == plain.room(start, end)
            if plain.room(start, end) >= count:
                limit.hold(number, start, end, count, now=0)
                plain.held[number] = start, end, count
        elif what == "drop":
            limit.drop(values[0])
            plain.held.pop(values[0], None)
        elif what == "grow":
            limit.grow(values[1], values[0])
            plain.levels[values[0] :] = [before + values[1] for before in plain.levels[values[0] :]]
        else:
            assert limit.shrink(values[1], values[0]) == plain.shrink(values[1], values[0])
        assert [limit.level(time) for time in range(END + 1)] == plain.levels
        assert all(plain.used(time) <= plain.levels[time] for time in range(END + 1))
        assert limit.final == plain.levels[END]
    assert limit.mean(0, END) == pytest.approx(sum(plain.levels[:END]) / END)


def test_what_is_given_up_waits_for_the_promises():
    limit = Limit(10)
    limit.hold(1, 0, 20, 6, now=0)
    limit.hold(2, 0, 30, 3, now=0)
    # Of 8, one is free at once, 6 more a tick after the first promise ends, the last after the second.
    assert limit.shrink(8, since=5) == [(5, 1), (21, 6), (31, 1)]
    assert [limit.level(time) for time in (4, 5, 20, 21, 30, 31)] == [10, 9, 9, 3, 3, 2]


def test_a_promise_for_later_keeps_its_memories_from_now_on():
    """What is free now and promised for later is not given up in between: it would have to come back."""
    limit = Limit(10)
    limit.hold(1, 50, 60, 8, now=0)
    assert limit.shrink(5, since=0) == [(0, 2), (61, 3)]
    assert limit.room(0, 49) == 8


def test_never_more_is_given_up_than_there_is():
    limit = Limit(3)
    assert limit.shrink(7, since=0) == [(0, 3)]
    assert limit.final == 0
    assert limit.shrink(1, since=0) == []


def test_flows_can_be_left_out_of_the_account():
    limit = Limit(4)
    limit.hold(1, 0, 10, 3, now=0)
    limit.hold(2, 11, 20, 3, now=0)
    assert limit.room(0, 20) == 1
    assert limit.room(0, 20, without=(1, 2)) == 4
    assert limit.room(10, 10) == limit.room(11, 11) == 1


def test_a_promise_counts_to_its_last_instant_and_while_it_is_to_come():
    """Another one, made in that instant, does not let it be forgotten."""
    limit = Limit(9)
    limit.hold(1, 0, 10, 3, now=0)
    limit.hold(2, 40, 50, 4, now=10)
    limit.hold(3, 60, 70, 1, now=10)
    assert [limit.room(time, time) for time in (10, 11, 40, 50, 51, 60)] == [6, 9, 5, 5, 9, 8]
    limit.hold(4, 60, 70, 1, now=11)
    assert [limit.room(time, time) for time in (10, 40, 60)] == [9, 5, 7]


def test_forgetting_the_past_changes_nothing_of_what_is_to_come():
    limit = Limit(5)
    limit.grow(2, 10)
    limit.grow(1, 20)
    limit.forget(15)
    assert [limit.level(time) for time in (15, 19, 20, 99)] == [7, 7, 8, 8]
    assert limit.mean(15, 25) == pytest.approx(7.5)
    early = Limit(5)
    early.grow(2, 10)
    early.forget(5)
    assert [early.level(time) for time in (5, 9, 10)] == [5, 5, 7]


def test_a_calendar_keeps_to_its_limits_in_the_whole_of_a_window():
    calendar = Calendar()
    calendar.limits[WHOLE] = Limit(4)
    calendar.limits[WHOLE].shrink(2, since=100)
    places = range(10)
    assert calendar.reserve(1, 0, 99, {places: 4}, now=0) == (0, 1, 2, 3)
    assert calendar.reserve(2, 100, 200, {places: 3}, now=0) is None
    assert calendar.room(100, 200) == 2
    assert calendar.reserve(3, 100, 200, {places: 2}, now=0) == (0, 1)
    assert calendar.reserve(4, 150, 250, {places: 1}, now=0) is None
    assert calendar.fits(100, 200, {places: 2}, without=(3,))
    assert not calendar.fits(100, 200, {places: 1}, without=())
    assert calendar.release(3)
    assert calendar.room(100, 200) == 2


def test_a_limit_for_a_link_counts_what_that_link_takes():
    calendar = Calendar()
    calendar.limits["link"] = Limit(2)
    assert calendar.reserve(1, 0, 9, {range(8): 4}, 0, {"link": 2, "other": 2}) is not None
    assert calendar.reserve(2, 0, 9, {range(8): 2}, 0, {"link": 1, "other": 1}) is None
    assert calendar.reserve(3, 0, 9, {range(8): 3}, 0, {"other": 3}) is not None
