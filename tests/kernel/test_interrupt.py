"""Interrupting a process."""

from __future__ import annotations

import contextlib
from typing import Any

from qsim.kernel import Interrupt, Process, Simulator, timeout
from tests.kernel.test_process import Story, sleeper


def test_caught() -> None:
    sim = Simulator()

    def story() -> Story:
        try:
            yield from timeout(sim, 100)
        except Interrupt as interrupt:
            return interrupt.cause, sim.now

    process = sim.process(story())
    sim.post(30, process.interrupt, "cut-off")
    sim.run()
    assert process.result == ("cut-off", 30)
    # The delay that was given up is no event any more: the clock did not go on to 100.
    assert (sim.now, sim.pending) == (30, 0)


def test_caught_and_gone_on() -> None:
    sim = Simulator()

    def story() -> Story:
        times = []
        for _ in range(3):
            with contextlib.suppress(Interrupt):
                yield from timeout(sim, 100)
            times.append(sim.now)
        return times

    process = sim.process(story())
    sim.post(30, process.interrupt)
    sim.run()
    assert process.result == [30, 130, 230]


def test_uncaught() -> None:
    sim = Simulator()
    tidied: list[int] = []

    def story() -> Story:
        try:
            yield from timeout(sim, 100)
        finally:
            tidied.append(sim.now)

    process = sim.process(story())
    sim.post(30, process.interrupt)
    sim.run()
    assert (process.alive, process.result, tidied, sim.now) == (False, None, [30], 30)


def test_before_the_start_comes_at_the_first_wait() -> None:
    sim = Simulator()
    seen: list[object] = []

    def story() -> Story:
        seen.append("began")
        try:
            yield from timeout(sim, 100)
        except Interrupt as interrupt:
            seen.append(interrupt.cause)

    sim.process(story()).interrupt("early")
    sim.run()
    assert (seen, sim.now) == (["began", "early"], 0)


def test_after_the_end_does_nothing() -> None:
    sim = Simulator()
    process = sim.process(sleeper(sim, 5, "done"))
    sim.post(10, process.interrupt)
    sim.run()
    assert (process.result, sim.now) == ("done", 10)


def test_at_the_instant_of_the_end_does_nothing() -> None:
    sim = Simulator()
    process = sim.process(sleeper(sim, 5, "done"))
    # Scheduled ahead of the delay, so the interrupt is on its way when the process ends.
    sim.post(0, lambda: sim.post(5, process.interrupt))
    sim.run()
    assert (process.alive, process.result) == (False, "done")


def test_comes_after_the_event_in_hand() -> None:
    sim = Simulator()
    seen: list[str] = []

    def story() -> Story:
        try:
            yield from timeout(sim, 100)
        except Interrupt:
            seen.append("interrupted")

    def interrupter() -> None:
        process.interrupt()
        seen.append("asked")

    process = sim.process(story())
    sim.post(30, interrupter)
    sim.run()
    assert seen == ["asked", "interrupted"]


def test_two_at_one_instant_come_one_after_the_other() -> None:
    sim = Simulator()

    def story() -> Story:
        causes = []
        for _ in range(2):
            try:
                yield from timeout(sim, 100)
            except Interrupt as interrupt:
                causes.append(interrupt.cause)
        return causes

    process = sim.process(story())
    sim.post(30, process.interrupt, 1)
    sim.post(30, process.interrupt, 2)
    sim.run()
    assert process.result == [1, 2]


def test_of_oneself_comes_at_the_next_wait() -> None:
    sim = Simulator()

    def story() -> Story:
        process.interrupt("me")
        try:
            yield from timeout(sim, 100)
        except Interrupt as interrupt:
            return interrupt.cause, sim.now

    process: Process[Any] = sim.process(story())
    sim.run()
    assert process.result == ("me", 0)
