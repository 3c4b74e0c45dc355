from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qsim.errors import SchedulingError, SimulationError
from qsim.kernel import Mailbox, Simulator, TimeoutExpired, Wait, Waitable, timeout

Story = Generator[Any, Any, Any]


def sleeper(sim: Simulator, time: int, value: object = None) -> Story:
    yield from timeout(sim, time)
    return value


class TestLife:
    def test_a_process_begins_after_the_event_in_hand(self) -> None:
        sim = Simulator()
        seen: list[object] = []

        def story() -> Story:
            seen.append(("began", sim.now))
            yield from timeout(sim, 4)
            seen.append(("ended", sim.now))

        def start() -> None:
            process = sim.process(story())
            seen.append(("started", process.alive))

        sim.post(3, start)
        sim.run()
        assert seen == [("started", True), ("began", 3), ("ended", 7)]

    def test_the_return_value_is_kept(self) -> None:
        sim = Simulator()
        process = sim.process(sleeper(sim, 5, "done"))
        assert (process.alive, process.result) == (True, None)
        sim.run()
        assert (process.alive, process.result, sim.now) == (False, "done", 5)

    def test_a_process_that_never_waits(self) -> None:
        def story() -> Story:
            return "at once"
            yield

        sim = Simulator()
        process = sim.process(story())
        assert process.alive
        sim.run()
        assert (process.result, sim.now) == ("at once", 0)

    def test_a_delay_of_nothing_lets_others_go_first(self) -> None:
        sim = Simulator()
        seen: list[str] = []

        def story(name: str) -> Story:
            seen.append(f"{name} 1")
            yield from timeout(sim, 0)
            seen.append(f"{name} 2")

        sim.process(story("a"))
        sim.process(story("b"))
        sim.run()
        assert seen == ["a 1", "b 1", "a 2", "b 2"]

    def test_waits_may_be_nested_in_generators_of_ones_own(self) -> None:
        sim = Simulator()

        def twice(time: int) -> Wait[int]:
            yield from timeout(sim, time)
            yield from timeout(sim, time)
            return sim.now

        def story() -> Story:
            first = yield from twice(3)
            return first, (yield from twice(4))

        process = sim.process(story())
        sim.run()
        assert process.result == (6, 14)

    def test_an_error_ends_process_and_run(self) -> None:
        def story() -> Story:
            yield from timeout(sim, 3)
            raise KeyError("pair")

        sim = Simulator()
        process = sim.process(story())
        with pytest.raises(KeyError, match="pair") as caught:
            sim.run()
        assert "t = 3 ps" in caught.value.__notes__[0]
        assert (process.alive, process.result) == (False, None)
        process.interrupt()
        sim.run()
        assert sim.now == 3


class TestJoin:
    def test_hands_over_the_return_value(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 5, "done"))

        def story() -> Story:
            value = yield from worker.join()
            return value, sim.now

        boss = sim.process(story())
        sim.run()
        assert boss.result == ("done", 5)

    def test_of_a_process_that_has_ended_is_over_at_once(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 5, "done"))
        sim.run()

        def story() -> Story:
            return (yield from worker.join()), sim.now

        boss = sim.process(story())
        sim.run()
        assert boss.result == ("done", 5)

    def test_several_may_wait_for_one(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 5, "done"))

        def story() -> Story:
            return (yield from worker.join())

        bosses = [sim.process(story()) for _ in range(3)]
        sim.run()
        assert [boss.result for boss in bosses] == ["done"] * 3

    def test_with_a_limit(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 50, "done"))

        def story() -> Story:
            try:
                yield from worker.join(timeout=20)
            except TimeoutExpired as error:
                late = (str(error), sim.now)
            return late, (yield from worker.join(timeout=40)), sim.now

        boss = sim.process(story())
        sim.run()
        assert boss.result == (("the process did not finish within 20 ps", 20), "done", 50)
        assert worker._ends == []

    def test_of_an_interrupted_process_gives_none(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 50, "done"))

        def story() -> Story:
            return (yield from worker.join()), sim.now

        boss = sim.process(story())
        sim.post(7, worker.interrupt)
        sim.run()
        assert boss.result == (None, 7)


class TestMisuse:
    @pytest.mark.parametrize(
        ("given", "said"),
        [(sleeper, "function"), (None, "NoneType"), ([1, 2], "list"), (iter([1]), "list_iterator")],
    )
    def test_no_generator(self, given: Any, said: str) -> None:
        with pytest.raises(SimulationError, match=f"a process needs a generator, got {said}"):
            Simulator().process(given)

    @pytest.mark.parametrize("rubbish", [5, None, "5 s"])
    def test_a_yield_of_rubbish_is_refused_at_its_own_line(self, rubbish: object) -> None:
        sim = Simulator()

        def story() -> Story:
            yield rubbish

        process = sim.process(story())
        with pytest.raises(SimulationError, match=f"yielded {rubbish!r}; wait with `yield from`") as caught:
            sim.run()
        assert "story" in [entry.name for entry in caught.traceback]
        assert process.alive is False

    def test_a_yield_without_from_is_refused(self) -> None:
        sim = Simulator()

        def story() -> Story:
            yield timeout(sim, 5)

        sim.process(story())
        with pytest.raises(SimulationError, match=r"yielded <generator object timeout .*yield from"):
            sim.run()

    def test_a_process_may_catch_the_refusal(self) -> None:
        sim = Simulator()

        def story() -> Story:
            try:
                yield 5
            except SimulationError:
                yield from timeout(sim, 7)
                return "recovered"

        process = sim.process(story())
        sim.run()
        assert (process.result, sim.now) == ("recovered", 7)

    @pytest.mark.parametrize("delay", [-1, 2.5, True])
    def test_a_delay_that_is_none_is_refused_at_its_own_line(self, delay: Any) -> None:
        sim = Simulator()

        def story() -> Story:
            yield from timeout(sim, delay)

        process = sim.process(story())
        with pytest.raises(SchedulingError, match="cannot be scheduled at") as caught:
            sim.run()
        assert "story" in [entry.name for entry in caught.traceback]
        assert (process.alive, sim.pending) == (False, 0)

    def test_a_limit_that_is_none_leaves_nobody_at_the_mailbox(self) -> None:
        sim = Simulator()
        box: Mailbox[str] = Mailbox(sim)

        def story() -> Story:
            yield from box.receive(timeout=-5)

        sim.process(story())
        with pytest.raises(SchedulingError):
            sim.run()
        box.put("kept")
        sim.run()
        assert (len(box), len(box._waiting)) == (1, 0)

    def test_who_comes_second_to_a_wait_does_not_end_it_for_the_first(self) -> None:
        sim = Simulator()
        end = sim.process(sleeper(sim, 5)).end()

        def first() -> Story:
            yield end
            return sim.now

        def second() -> Story:
            with pytest.raises(SimulationError, match="already being waited for"):
                yield end

        waiting = sim.process(first())
        sim.process(second())
        sim.run()
        assert waiting.result == 5

    def test_waiting_twice_for_one_thing(self) -> None:
        sim = Simulator()
        worker = sim.process(sleeper(sim, 5))
        end = worker.end()

        def story() -> Story:
            yield end

        sim.process(story())
        sim.process(story())
        with pytest.raises(SimulationError, match="already being waited for"):
            sim.run()


def test_a_waitable_of_ones_own_may_be_over_at_once() -> None:
    class Ready(Waitable[str]):
        __slots__ = ()

        def arm(self) -> None:
            self.fire("ready")

        def disarm(self) -> None:
            raise AssertionError("nothing to undo")

    def story() -> Story:
        first = yield Ready()
        return first, (yield Ready())

    sim = Simulator()
    process = sim.process(story())
    sim.run()
    assert process.result == ("ready", "ready")
