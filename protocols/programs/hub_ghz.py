"""A GHZ state of several users, made of their pairs with a hub.

The hub makes a GHZ measurement of its halves: CNOTs from the first to the others, of which each is measured,
and the first in x. Every bit is for one user.

References:
    Bose, Vedral and Knight, Phys. Rev. A 57, 822 (1998).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.units import to_s


@program("ghz-hub")
def ghz_hub(
    node: ProgramNode, *, users: Annotated[tuple[str, ...], Role("roles of the users")] = ()
) -> Generator[Any, Any, dict[str, float]]:
    """Joins one pair with each user, and tells each the correction.

    Returns:
        What was waited for: from the first wish to the last pair, what a half waits at the hub for the last
        one in the mean, and whose pair was the last.
    """
    asked = node.now
    halves = yield from node.epr_all(*users)
    came = [to_s(half.since) for half in halves]
    last = max(came)
    first, *others = halves
    for user, half in zip(users[1:], others, strict=True):
        # Measured at once, so that the joint state stays small.
        yield from node.cx(first, half)
        node.send(user, (0, (yield from node.measure(half))))
    node.send(users[0], ((yield from node.measure(first, "x")), 0))
    return {
        "waiting time [s]": max(0.0, last - asked),
        "storage at the hub [s]": last - sum(came) / len(came),
        **{f"waited for {user}": float(time == last) for user, time in zip(users, came, strict=True)},
    }


@program("ghz-user")
def ghz_user(
    node: ProgramNode, *, hub: Annotated[str, Role("role of the hub")] = "hub"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair with the hub, and corrects it; returns it."""
    half = yield from node.epr(hub)
    yield from node.correct(half, (yield from node.receive(hub)))
    return half
