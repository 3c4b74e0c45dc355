from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qsim.errors import SchedulingError, SimulationError
from qsim.kernel import (
    Interrupt,
    Mailbox,
    Simulator,
    TimeoutExpired,
    Waitable,
    any_of,
    delay,
    timeout,
    with_timeout,
)

Story = Generator[Any, Any, Any]


def outcome(sim: Simulator, *members: Any) -> Any:
    """What a process gets that waits for the first of some things, and when."""

    def story() -> Story:
        index, value = yield from any_of(*members)
        return index, value, sim.now

    process = sim.process(story())
    sim.run()
    return process.result


def test_the_first_ends_the_wait_and_the_losers_are_disarmed() -> None:
    sim = Simulator()
    assert outcome(sim, delay(sim, 30), delay(sim, 10), delay(sim, 20)) == (1, None, 10)
    assert (sim.now, sim.pending) == (10, 0)


def test_of_two_at_one_instant_the_first_armed_wins() -> None:
    sim = Simulator()
    assert outcome(sim, delay(sim, 10), delay(sim, 10)) == (0, None, 10)
    assert sim.pending == 0


def test_a_losing_mailbox_keeps_its_message() -> None:
    sim = Simulator()
    boxes: list[Mailbox[str]] = [Mailbox(sim), Mailbox(sim)]
    sim.post(5, boxes[0].put, "a")
    sim.post(5, boxes[1].put, "b")
    assert outcome(sim, boxes[1].arrival(), boxes[0].arrival()) == (1, "a", 5)
    assert [len(box) for box in boxes] == [0, 1]
    assert outcome(sim, boxes[0].arrival(), boxes[1].arrival()) == (1, "b", 5)
    assert [len(box._waiting) for box in boxes] == [0, 0]


def test_messages_that_lie_in_several_boxes_are_not_all_taken() -> None:
    sim = Simulator()
    boxes: list[Mailbox[int]] = [Mailbox(sim) for _ in range(3)]
    for box in boxes:
        box.put(1)
    assert outcome(sim, *(box.arrival() for box in boxes)) == (0, 1, 0)
    assert [len(box) for box in boxes] == [0, 1, 1]


def test_one_box_twice_takes_one_message() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    for message in "ab":
        box.put(message)
    assert outcome(sim, box.arrival(), box.arrival()) == (0, "a", 0)
    assert outcome(sim, box.arrival()) == (0, "b", 0)


def test_the_end_of_a_process_can_win_and_lose() -> None:
    sim = Simulator()

    def worker() -> Story:
        yield from timeout(sim, 15)
        return "done"

    process = sim.process(worker())
    assert outcome(sim, process.end(), delay(sim, 20)) == (0, "done", 15)
    process = sim.process(worker())
    assert outcome(sim, process.end(), delay(sim, 5)) == (1, None, 20)
    assert process._ends == []
    assert process.result == "done"


def test_a_loser_can_be_waited_for_again() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    arrival = box.arrival()
    assert outcome(sim, arrival, delay(sim, 5))[0] == 1
    sim.post(3, box.put, "a")
    assert outcome(sim, arrival, delay(sim, 5)) == (0, "a", 8)


def test_a_member_that_is_over_at_once_keeps_the_others_unarmed() -> None:
    class Ready(Waitable[str]):
        __slots__ = ()

        def arm(self) -> None:
            self.fire("ready")

        def disarm(self) -> None:
            raise AssertionError("nothing to undo")

    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    assert outcome(sim, Ready(), box.arrival(), delay(sim, 10)) == (0, "ready", 0)
    assert (len(box._waiting), sim.pending, sim.now) == (0, 0, 0)


def test_an_interrupt_disarms_every_member() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)

    def story() -> Story:
        try:
            yield from any_of(box.arrival(), delay(sim, 100))
        except Interrupt:
            return sim.now

    process = sim.process(story())
    sim.post(30, process.interrupt)
    sim.run()
    assert (process.result, sim.now, sim.pending, len(box._waiting)) == (30, 30, 0, 0)


def test_any_of_may_be_nested() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    with_limit = with_timeout(sim, box.arrival(), 50, "nothing came")

    def story() -> Story:
        try:
            yield from with_limit
        except TimeoutExpired as error:
            return str(error)

    process = sim.process(story())
    sim.run()
    assert process.result == "nothing came within 50 ps"


class TestMisuse:
    def test_nothing_to_wait_for(self) -> None:
        with pytest.raises(SimulationError, match="at least one thing"):
            outcome(Simulator())

    def test_a_generator_is_no_member(self) -> None:
        sim = Simulator()
        box: Mailbox[str] = Mailbox(sim)
        with pytest.raises(
            SimulationError, match=r"any_of takes box\.arrival\(\).* not <generator object timeout"
        ):
            outcome(sim, box.arrival(), timeout(sim, 5))
        assert len(box._waiting) == 0

    def test_a_member_that_cannot_begin_disarms_the_others(self) -> None:
        sim = Simulator()
        box: Mailbox[str] = Mailbox(sim)
        with pytest.raises(SchedulingError):
            outcome(sim, box.arrival(), delay(sim, 9), delay(sim, -1))
        assert (len(box._waiting), sim.pending) == (0, 0)

    def test_a_member_that_somebody_else_waits_for_stays_theirs(self) -> None:
        sim = Simulator()
        shared = delay(sim, 5)
        other = delay(sim, 9)
        woken = []

        def first() -> Story:
            yield shared
            woken.append(sim.now)

        def second() -> Story:
            for members in ((other, shared), (shared, other)):
                with pytest.raises(SimulationError, match="already being waited for"):
                    yield from any_of(*members)

        sim.process(first())
        story = sim.process(second())
        sim.run()
        assert (woken, story.alive, sim.now) == ([5], False, 5)

    def test_one_thing_twice(self) -> None:
        sim = Simulator()
        once = delay(sim, 5)
        with pytest.raises(SimulationError, match="already being waited for"):
            outcome(sim, once, once)
        assert sim.pending == 0
