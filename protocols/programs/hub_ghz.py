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


@program("ghz-hub")
def ghz_hub(
    node: ProgramNode, *, users: Annotated[tuple[str, ...], Role("roles of the users")] = ()
) -> Generator[Any, Any, None]:
    """Joins one pair with each user, and tells each the correction."""
    first, *others = yield from node.epr_all(*users)
    for user, half in zip(users[1:], others, strict=True):
        # Measured at once, so that the joint state stays small.
        yield from node.cx(first, half)
        node.send(user, (0, (yield from node.measure(half))))
    node.send(users[0], ((yield from node.measure(first, "x")), 0))


@program("ghz-user")
def ghz_user(
    node: ProgramNode, *, hub: Annotated[str, Role("role of the hub")] = "hub"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair with the hub, and corrects it; returns it."""
    half = yield from node.epr(hub)
    yield from node.correct(half, (yield from node.receive(hub)))
    return half
