"""Secret sharing on GHZ states: a dealer's bit that the players know only together.

Each measures its qubit in x or y, at random, and tells which to the dealer. With an even number of y the
dealer's bit is the parity of the players' bits, flipped where half that number is odd; other rounds are of no
use. Players who lack one bit know nothing. For pairs of Werner weight w between a hub and n users the bits
disagree with probability (1 - w^n) / 2, since each qubit keeps w of its Bloch vector.

References:
    Hillery, Bužek and Berthiaume, Phys. Rev. A 59, 1829 (1999).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.programs.hub_ghz import ghz_user
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program


def measured(node: ProgramNode, hub: str) -> Generator[Any, Any, tuple[int, int]]:
    """A qubit of a GHZ state, measured in x (0) or y (1) at random.

    Returns:
        The basis and the bit.
    """
    basis = node.random.randrange(2)
    qubit = yield from ghz_user(node, hub=hub)
    return basis, (yield from node.measure(qubit, "xy"[basis]))


@program("secret-dealer")
def secret_dealer(
    node: ProgramNode,
    *,
    hub: Annotated[str, Role("role of the hub, a `ghz-hub`")] = "hub",
    players: Annotated[tuple[str, ...], Role("roles of the players")] = (),
) -> Generator[Any, Any, dict[str, float]]:
    """Shares a random bit, and tells how often the players' bits together do not give it.

    Returns:
        Whether the bases were of use, the secret bit and the error of the shared one, if so.
    """
    found = [(yield from measured(node, hub))]
    for player in players:
        found += [(yield from node.receive(player))]
    turned = sum(basis for basis, _ in found)
    if turned % 2:
        return {"useful": 0.0}
    error = (sum(bit for _, bit in found) + turned // 2) % 2
    return {"useful": 1.0, "secret": float(found[0][1]), "error": float(error)}


@program("secret-player")
def secret_player(
    node: ProgramNode,
    *,
    hub: Annotated[str, Role("role of the hub, a `ghz-hub`")] = "hub",
    dealer: Annotated[str, Role("role of the dealer")] = "dealer",
) -> Generator[Any, Any, None]:
    """Measures its share, and tells the dealer the basis, and the bit so that errors are counted."""
    node.send(dealer, (yield from measured(node, hub)))
