"""A GHZ state of several users, made of their pairs with a hub.

The hub makes a GHZ measurement of its halves: CNOTs from the first to the others, of which each is measured,
and the first in x. Every bit is for one user. The CNOTs need not wait for each other, so it can be made piece
by piece as pairs come ("piecemaker").

References:
    Bose, Vedral and Knight, Phys. Rev. A 57, 822 (1998).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param
from qsim.units import to_s


@program("ghz-hub")
def ghz_hub(
    node: ProgramNode,
    *,
    users: Annotated[tuple[str, ...], Role("roles of the users")] = (),
    early: Annotated[bool, Param("whether each pair is joined as soon as it comes")] = False,
) -> Generator[Any, Any, dict[str, float]]:
    """Joins one pair with each user, and tells each the correction.

    Early, only the first half that has come stays at the hub; the others are measured when they come, and
    their memories are free. The users are told at the end.

    Returns:
        What was waited for: from the first wish to the last pair, what a half waits at the hub for the last
        one in the mean, and whose pair was the last.
    """
    asked = node.now
    came = yield from (_as_they_come(node, users) if early else _once_all_are_there(node, users))
    first, last = min(came.values()), max(came.values())
    stored = (last - first) / len(came) if early else last - sum(came.values()) / len(came)
    return {
        "waiting time [s]": max(0.0, last - asked),
        "storage at the hub [s]": stored,
        **{f"waited for {user}": float(time == last) for user, time in came.items()},
    }


def _once_all_are_there(node: ProgramNode, users: tuple[str, ...]) -> Generator[Any, Any, dict[str, float]]:
    """Joins the halves when the last has come; says when each came, s."""
    halves = yield from node.epr_all(*users)
    came = {user: to_s(half.since) for user, half in zip(users, halves, strict=True)}
    first, *others = halves
    for user, half in zip(users[1:], others, strict=True):
        node.send(user, (0, (yield from joined(node, first, half))))
    node.send(users[0], ((yield from node.measure(first, "x")), 0))
    return came


def _as_they_come(node: ProgramNode, users: tuple[str, ...]) -> Generator[Any, Any, dict[str, float]]:
    """Joins each half to the first as soon as it comes; says when each came, s."""
    root, first = yield from node.epr_any(*users)
    came, flips = {root: to_s(first.since)}, {}
    while len(came) < len(users):
        user, half = yield from node.epr_any(*(user for user in users if user not in came))
        came[user] = to_s(half.since)
        flips[user] = yield from joined(node, first, half)
    phase = yield from node.measure(first, "x")
    for user in users:
        node.send(user, (phase, 0) if user == root else (0, flips[user]))
    return came


def joined(node: ProgramNode, first: Qubit, half: Qubit) -> Generator[Any, Any, int]:
    """A half joined to the first, and measured at once so that the joint state stays small."""
    yield from node.cx(first, half)
    return (yield from node.measure(half))


@program("ghz-user")
def ghz_user(
    node: ProgramNode, *, hub: Annotated[str, Role("role of the hub")] = "hub"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair with the hub, and corrects it; returns it."""
    half = yield from node.epr(hub)
    yield from node.correct(half, (yield from node.receive(hub)))
    return half
