from __future__ import annotations

from collections.abc import Generator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.kernel import Interrupt, Mailbox, Priority, Simulator, TimeoutExpired, timeout

Story = Generator[Any, Any, Any]


def collector(sim: Simulator, box: Mailbox[Any], into: list[Any], limit: int | None = None) -> Story:
    while True:
        try:
            message = yield from box.receive(limit)
        except TimeoutExpired:
            into.append(("late", sim.now))
        else:
            into.append((message, sim.now))


def test_messages_that_lie_there_are_taken_in_order() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    for message in "abc":
        box.put(message)
    assert len(box) == 3
    seen: list[Any] = []
    sim.process(collector(sim, box, seen))
    sim.run()
    assert seen == [("a", 0), ("b", 0), ("c", 0)]
    assert len(box) == 0


def test_a_message_is_handed_over_after_the_event_in_hand() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    seen: list[Any] = []

    def put() -> None:
        box.put("a")
        seen.append("put")

    sim.process(collector(sim, box, seen))
    sim.post(5, put)
    sim.run()
    assert seen == ["put", ("a", 5)]


def test_none_is_a_message() -> None:
    sim = Simulator()
    box: Mailbox[None] = Mailbox(sim)
    seen: list[Any] = []
    sim.process(collector(sim, box, seen))
    box.put(None)
    sim.run()
    assert seen == [(None, 0)]


def test_the_longest_waiting_receiver_is_served_first() -> None:
    sim = Simulator()
    box: Mailbox[int] = Mailbox(sim)
    got: dict[str, int] = {}

    def receiver(name: str) -> Story:
        got[name] = yield from box.receive()

    for name in "abc":
        sim.process(receiver(name))
    for message in range(3):
        sim.post(10 + message, box.put, message)
    sim.run()
    assert got == {"a": 0, "b": 1, "c": 2}


def test_each_message_goes_to_one_receiver() -> None:
    sim = Simulator()
    box: Mailbox[int] = Mailbox(sim)
    logs: list[list[Any]] = [[], []]
    for log in logs:
        sim.process(collector(sim, box, log))
    for message in range(6):
        sim.post(message, box.put, message)
    sim.run()
    assert [[message for message, _ in log] for log in logs] == [[0, 2, 4], [1, 3, 5]]


def test_a_limit_runs_out() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)

    def story() -> Story:
        try:
            yield from box.receive(timeout=20)
        except TimeoutExpired as error:
            return str(error), sim.now

    process = sim.process(story())
    sim.run()
    assert process.result == ("no message within 20 ps", 20)
    box.put("late")
    sim.run()
    assert len(box) == 1


def test_a_message_in_time_disarms_the_limit() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)

    def story() -> Story:
        return (yield from box.receive(timeout=20)), sim.now

    process = sim.process(story())
    sim.post(19, box.put, "a")
    sim.run()
    assert process.result == ("a", 19)
    assert (sim.now, sim.pending) == (19, 0)


def test_at_the_limit_itself_it_is_too_late_and_the_message_stays() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    seen: list[Any] = []
    sim.post(20, box.put, "a", priority=Priority.PHYSICS)
    sim.process(collector(sim, box, seen, limit=20))
    sim.run(until=25)
    # Late first, then served by the next wait at the same instant.
    assert seen == [("late", 20), ("a", 20)]


def test_order_holds_when_receivers_give_up_while_they_are_being_served() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    late: list[int] = []

    def impatient() -> Story:
        try:
            yield from box.receive(timeout=20)
        except TimeoutExpired:
            late.append(sim.now)

    for _ in range(3):
        sim.process(impatient())
    for message in "abc":
        sim.post(20, box.put, message, priority=Priority.PHYSICS)
    sim.run()
    assert (late, len(box)) == ([20, 20, 20], 3)
    seen: list[Any] = []
    sim.process(collector(sim, box, seen))
    sim.run()
    assert [message for message, _ in seen] == ["a", "b", "c"]


def test_an_interrupted_receiver_gives_its_message_to_the_next() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    seen: list[Any] = []
    first = sim.process(collector(sim, box, ["first"]))
    sim.process(collector(sim, box, seen))

    def put_and_interrupt() -> None:
        first.interrupt()
        box.put("a")

    sim.post(5, put_and_interrupt)
    sim.run()
    assert first.alive is False
    assert seen == [("a", 5)]


def test_an_interrupted_receiver_leaves_the_queue() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    first = sim.process(collector(sim, box, []))
    sim.post(5, first.interrupt)
    sim.run()
    assert (len(box._waiting), box._promised) == (0, 0)


@settings(deadline=None, max_examples=200)
@given(
    puts=st.lists(st.integers(0, 12), max_size=15).map(sorted),
    receivers=st.lists(st.tuples(st.sampled_from((None, 0, 1, 2, 5)), st.integers(0, 3)), max_size=4),
    interrupts=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=4),
    physics=st.booleans(),
)
def test_no_message_is_lost_doubled_or_overtaken(
    puts: list[int],
    receivers: list[tuple[int | None, int]],
    interrupts: list[tuple[int, int]],
    physics: bool,
) -> None:
    sim = Simulator()
    box: Mailbox[int] = Mailbox(sim)
    taken: list[int] = []

    def receiver(limit: int | None, pause: int) -> Story:
        while sim.now < 15:
            try:
                taken.append((yield from box.receive(limit)))
                yield from timeout(sim, pause)
            except TimeoutExpired:
                yield from timeout(sim, 1)
            except Interrupt:
                continue

    priority = Priority.PHYSICS if physics else Priority.CONTROL
    for message, time in enumerate(puts):
        sim.post(time, box.put, message, priority=priority)
    processes = [sim.process(receiver(*parameters)) for parameters in receivers]
    for place, time in interrupts:
        if place < len(processes):
            sim.post(time, processes[place].interrupt)
    sim.run(until=40)
    left = []

    def rest() -> Story:
        while len(box):
            left.append((yield from box.receive()))

    sim.process(rest())
    sim.run(until=80)
    assert taken + left == list(range(len(puts)))


def test_a_message_may_be_taken_back_until_a_receiver_has_been_chosen_for_it() -> None:
    sim = Simulator()
    box: Mailbox[str] = Mailbox(sim)
    seen: list[Any] = []
    box.put("a")
    box.put("b")
    box.discard(lambda message: message == "a")
    box.discard(lambda message: message == "never put")
    assert len(box) == 1
    sim.process(collector(sim, box, seen))
    sim.run()
    assert seen == [("b", 0)]
    box.put("c")
    box.discard(lambda message: message == "c")
    sim.run()
    assert seen == [("b", 0), ("c", 0)]
