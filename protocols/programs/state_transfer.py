"""Teleportation of given states, as two programs.

References:
    Bennett et al., Phys. Rev. Lett. 70, 1895 (1993).
"""

from __future__ import annotations

from collections.abc import Generator
from math import pi
from typing import Annotated, Any

import numpy as np

from protocols.local.local_operations import KETS
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param


@program("teleport-sender")
def teleport_sender(
    node: ProgramNode,
    *,
    receiver: Annotated[str, Role("role that receives")] = "receiver",
    theta: Annotated[
        float | None,
        Param(
            "polar angle of the state, rad; left out, one of the six states along the axes, at random",
            ge=0,
            le=pi,
        ),
    ] = None,
    phi: Annotated[float, Param("azimuth of the state, rad", ge=-2 * pi, le=2 * pi)] = 0.0,
) -> Generator[Any, Any, None]:
    """Prepares a state, measures it with half of a pair, and sends the two bits."""
    if theta is None:
        name = node.random.choice(sorted(KETS))
        ket = KETS[name]
    else:
        name = "given"
        ket = np.array([np.cos(theta / 2), np.exp(1j * phi) * np.sin(theta / 2)])
    half = yield from node.epr(receiver)
    qubit = node.prepare(ket)
    bits = yield from node.bell(qubit, half)
    node.send(receiver, (bits, name, ket))


@program("teleport-receiver")
def teleport_receiver(
    node: ProgramNode, *, sender: Annotated[str, Role("role that sends")] = "sender"
) -> Generator[Any, Any, dict[str, float]]:
    """Corrects its half as the bits say, and tells how much of the state has arrived.

    Returns:
        The fidelity, once for all and once for the state that was sent.
    """
    half = yield from node.epr(sender)
    bits, name, ket = yield from node.receive(sender)
    yield from node.correct(half, bits)
    fidelity = node.fidelity(ket, half)
    node.release(half)
    return {"fidelity": fidelity, f"fidelity of {name}": fidelity}
