"""GHZ states at a hub, round by round: the joint states of a group alone, without the network's events.

A hub shares a pair with each of n users. It makes a CNOT from its first half to each of the others, measures
all, and the users correct. The same circuit runs on the ket manager of SeQUeNCe where the package `sequence`
is installed, on perfect pairs, for it knows no other.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import _sequence as theirs
from _harness import Case, Report, alternate, number, ratio, run

from qsim import registry
from qsim.quantum import BellDiagonalState, EntangledPair
from qsim.quantum.group import Group

#: What must not be exceeded, ms of CPU a round: register, users.
GOALS = {("dense", 5): 1.0, ("stabilizer", 20): 2.0}
FIDELITY = 0.95


class Slot:
    """What holds a qubit, for ever."""

    node: Any = None
    noise: Any = None
    disturbance: Any = None
    pair: EntangledPair | None = None
    group: Group | None = None


def pair(fidelity: float, number: int) -> tuple[Slot, Slot]:
    """A Werner pair, held by a user and the hub."""
    user, half = Slot(), Slot()
    made = EntangledPair(number, BellDiagonalState.werner(fidelity), user, half, (0, 0), (0, 0), 0)
    user.pair = half.pair = made
    return user, half


def ghz(kind: str, users: int, fidelity: float, draws: random.Random) -> tuple[Group, list[Slot]]:
    """One round; a register by its name, and the users' qubits in the end."""
    made: Any = registry.lookup("register", kind)
    group, members = Group(made(draws)), []
    for place in range(users):
        user, half = pair(fidelity, place)
        assert user.pair is not None
        group.promote(user.pair)
        members.append(user)
        if place == 0:
            first = half
            continue
        group.gate("cx", (first, half), 0)
        if group.measure(half, "z", 0):
            group.gate("x", (user,), 0)
    if group.measure(first, "x", 0):
        group.gate("z", (members[0],), 0)
    return group, members


def rounds(kind: str, users: int, fidelity: float, count: int) -> Case[float]:
    """So many rounds; the outcome is the fidelity of the last."""

    def prepare() -> Callable[[], float]:
        draws = random.Random(1)

        def work() -> float:
            for _ in range(count):
                group, members = ghz(kind, users, fidelity, draws)
            return group.fidelity("ghz", members, 0)

        return work

    return prepare


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure the rounds, and the same beside SeQUeNCe."""
    count, repeats = (2, 1) if options.quick else (50, 7)
    report.say(
        """CPU milliseconds of a round: pairs are promoted to a group one by one, a CNOT and a measurement
        each, corrections."""
    )
    cases = [("dense", 3), *GOALS, ("ket", 5), ("ket", 10), ("stabilizer", 100)]
    if find_spec("stim") is None:
        cases = [case for case in cases if case[0] != "stabilizer"]
        report.say("stim is not installed here: no stabilizer register.")
    rows = []
    timed = alternate({str(case): rounds(*case, FIDELITY, count) for case in cases}, repeats)
    for case in cases:
        kind, users = case
        taken = timed[str(case)]
        rows.append([kind, users, taken.text(1e3 / count), taken.outcome])
        if case in GOALS:
            what = f"GHZ of {users} at a hub, {kind} register, a round"
            report.goal(what, taken.median * 1e3 / count, GOALS[case], "ms")
    report.table(["register", "users", "a round, ms", "fidelity of the last"], rows)
    _beside(report, count, repeats)


def _beside(report: Report, count: int, repeats: int) -> None:
    if find_spec("sequence") is None:
        report.say("SeQUeNCe is not installed here, so there is nothing beside it.")
        return
    rows = []
    for users in (3, 5, 10):
        cases = {"theirs": theirs.hub_ghz(users, count)}
        kinds = [kind for kind in ("dense", "ket") if users <= 5 or kind == "ket"]
        cases |= {kind: rounds(kind, users, 1.0, count) for kind in kinds}
        timed = alternate(cases, repeats)
        rows += [
            [
                users,
                timed["theirs"].text(1e3 / count),
                kind,
                timed[kind].text(1e3 / count),
                number(ratio(timed["theirs"], timed[kind])),
                f"{timed['theirs'].outcome:.6f}, {timed[kind].outcome:.6f}",
            ]
            for kind in kinds
        ]
    columns = ("users", "SeQUeNCe, ms", "register", "qsim, ms", "times faster", "fidelities, theirs and ours")
    report.table(columns, rows)


if __name__ == "__main__":
    run("GHZ states at a hub: joint states alone", fill)
