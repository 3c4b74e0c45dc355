"""Other simulators: side by side where they are installed, by ratios with their date where they are not.

Seconds of another day or machine are never set beside fresh ones: a busy or slower machine would turn into a
lead. A ratio is taken within one run, where both are slowed alike.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from itertools import cycle
from typing import Final

from _harness import Case, Report

#: When and how the ratios below were taken.
STATED: Final = "in one run side by side, November 2026, on two shared processors"
#: CPU time of a delivered pair on the chain of `chain.py`, over qsim's at attempt detail.
CHAIN: Final = [
    ["mqns 0.1", "15–18"],
    ["ReQuSim 0.4", "5–6"],
    ["SeQUeNCe 1.3.1, one round, Bell-diagonal", "105–120"],
    ["SeQUeNCe 1.3.1, Barrett-Kok, ket", "250–300"],
    ["bare heap and scalars", "1/20"],
]
#: CPU time of a callback of SimPy over that of an event of qsim's.
SIMPY: Final = "1.1–1.5"
#: How many times less CPU time qsim takes than SeQUeNCe in the cases of `beside_sequence.py`.
BESIDE_SEQUENCE_WITH: Final = (
    "by `beside_sequence.py --slow` on 23 November 2026 with SeQUeNCe 1.3.1 and qsim 0.1.0, CPython 3.12.1"
)
BESIDE_SEQUENCE: Final = [
    ["kernel, 1 pending", "2.82"],
    ["kernel, 1,000 pending", "3.22"],
    ["kernel, 100,000 pending", "1.3"],
    ["one pair over 10 km, 1 s; photon detail", "17.4"],
    ["one pair over 10 km, 1 s; attempt detail", "334"],
    ["chain, 1 repeater, 20 km, 1 s; photon detail", "17.8"],
    ["chain, 1 repeater, 20 km, 1 s; attempt detail", "174"],
    ["chain, 3 repeaters, 20 km, 1 s; photon detail", "18.3"],
    ["chain, 3 repeaters, 20 km, 1 s; attempt detail", "180"],
    ["set-up of a 10 x 10 grid; the same configuration, converted", "3.88"],
    ["set-up of a 10 x 10 grid; a scenario of its own", "14.8"],
    ["set-up of a 20 x 20 grid; the same configuration, converted", "10.3"],
    ["set-up of a 20 x 20 grid; a scenario of its own", "217"],
]


def tell_chain(report: Report) -> None:
    """The stated ratios of the chain."""
    report.say(
        f"""Others on this chain: their CPU time a delivered pair over qsim's, {STATED}. The protocols differ:
        the floor and ReQuSim know of no message delay, mqns reserves for each pair, SeQUeNCe negotiates each
        attempt. For SeQUeNCe in this run see `beside_sequence.py`."""
    )
    report.table(["simulator", "times qsim's CPU"], CHAIN)


def simpy_version() -> str | None:
    """The version of SimPy that is installed; None without one."""
    return version("simpy") if find_spec("simpy") else None


def simpy_hold(pending: int, total: int, delays: list[int]) -> Case[int]:
    """Run `total` no-op callbacks of SimPy with `pending` in its queue."""
    import simpy

    def prepare() -> Callable[[], int]:
        surroundings = simpy.Environment()
        delay = cycle(delays).__next__

        def again(_: object) -> None:
            surroundings.timeout(delay()).callbacks.append(again)

        for _ in range(pending):
            again(None)

        def work() -> int:
            step = surroundings.step
            for _ in range(total):
                step()
            return total

        return work

    return prepare
