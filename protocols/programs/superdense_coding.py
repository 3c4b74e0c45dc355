"""Superdense coding between two nodes: two bits by one qubit and half of a pair.

The sender turns its half of a pair into one of four states and sends it after the other half; a Bell
measurement of both reads the two bits. A pair in a Bell-diagonal state gives the right ones with the
probability of Φ+, whichever they are.

References:
    Bennett and Wiesner, Phys. Rev. Lett. 69, 2881 (1992).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program


@program("superdense-sender")
def superdense_sender(
    node: ProgramNode, *, receiver: Annotated[str, Role("role that receives")] = "receiver"
) -> Generator[Any, Any, None]:
    """Writes two random bits onto its half of a pair, and sends it; the bits follow, to be compared."""
    bits = (node.random.randrange(2), node.random.randrange(2))
    half = yield from node.epr(receiver)
    yield from node.correct(half, bits)
    node.send_qubit(receiver, half)
    node.send(receiver, bits, "written")


@program("superdense-receiver")
def superdense_receiver(
    node: ProgramNode, *, sender: Annotated[str, Role("role that sends")] = "sender"
) -> Generator[Any, Any, dict[str, float]]:
    """Reads the two bits from both halves.

    Returns:
        Whether both are right, once for all messages and once for the one that was sent (phase, flip).
    """
    own = yield from node.epr(sender)
    came = yield from node.receive_qubit(sender)
    read = yield from node.bell(came, own)
    written = yield from node.receive(sender, "written")
    right = float(read == written)
    return {"right": right, f"right of {written[0]}{written[1]}": right}
