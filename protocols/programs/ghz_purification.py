"""Purification of GHZ states: users who hold two copies give one for a better other.

For flips, each user makes a CNOT from the copy that is kept to the one that is spent, and measures that one
in z: flips of either show as bits that differ. For phases, the CNOT goes the other way and the measurement is
in x: phases show as an odd number of ones. What the one detects, the other spreads, so they are used in turn.

References:
    Murao, Plenio, Popescu, Vedral and Knight, Phys. Rev. A 57, R4075 (1998): P2 is for flips.
    Dür, Aschauer and Briegel, Phys. Rev. Lett. 91, 107903 (2003): both, for two-colourable graph states.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.hub_ghz import ghz_hub, ghz_user
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param


@program("ghz-purification-hub")
def ghz_purification_hub(
    node: ProgramNode, *, users: Annotated[tuple[str, ...], Role("roles of the users")] = ()
) -> Generator[Any, Any, None]:
    """Makes two GHZ states of the users."""
    for _ in range(2):
        yield from ghz_hub(node, users=users)


@program("ghz-purification-user")
def ghz_purification_user(
    node: ProgramNode,
    *,
    hub: Annotated[str, Role("role of the hub")] = "hub",
    users: Annotated[tuple[str, ...], Role("roles of all users, this one among them")] = (),
    detects: Annotated[str, Param("the errors that are detected", choices=("flips", "phases"))] = "flips",
) -> Generator[Any, Any, dict[str, Qubit | float]]:
    """Holds a qubit of each of two states, so two memories for its pairs; spends the second.

    Returns:
        Whether no error was detected, and the qubit that is kept, if so.
    """
    kept = yield from ghz_user(node, hub=hub)
    spent = yield from ghz_user(node, hub=hub)
    flips = detects == "flips"
    yield from (node.cx(kept, spent) if flips else node.cx(spent, kept))
    bit = yield from node.measure(spent, "z" if flips else "x")
    others = [user for user in users if user != node.role]
    for user in others:
        node.send(user, bit)
    ones = bit
    for user in others:
        ones += yield from node.receive(user)
    if ones % (1 + len(others)) if flips else ones % 2:
        node.release(kept)
        return {"success": 0.0}
    return {"success": 1.0, "kept": kept}
