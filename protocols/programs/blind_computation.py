"""Blind computation: a server computes on one qubit and learns neither the angles nor the result.

The client prepares the server's qubits from afar: it measures its half of a pair along a random angle of the
equator, which leaves the other half at that angle. The server joins its qubits to a line by controlled phase
flips and measures them one after the other at angles that the client has blinded, by the angle of each qubit
and a random flip. A line of qubits measured at angles a1, ..., an computes H Rz(-an) ... H Rz(-a1) on a qubit
in |+>, read in z.

References:
    Broadbent, Fitzsimons and Kashefi, Proc. 50th IEEE FOCS, 517 (2009).
    Dunjko, Kashefi and Leverrier, Phys. Rev. Lett. 108, 200502 (2012): preparation from afar.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from math import cos, pi, sin
from typing import Annotated, Any, Final

from protocols.programs.program_node import ProgramNode
from qsim.errors import SimulationError
from qsim.model.program_kind import Role, program
from qsim.parameters import Param

#: Angles are multiples of this, rad; the server sees one of eight, each as often whatever is computed.
_STEP: Final = pi / 4


@program("blind-client")
def blind_client(
    node: ProgramNode,
    *,
    server: Annotated[str, Role("role that computes")] = "server",
    angles: Annotated[
        tuple[int, ...], Param("angles at which the line is measured, in units of π/4", ge=-8, le=8)
    ] = (0,),
) -> Generator[Any, Any, float]:
    """Has the server measure a line of as many qubits as there are angles; returns the result, 0 or 1."""
    if not angles:
        raise SimulationError("a computation has at least one qubit; name its angle in `angles`")
    node.send(server, len(angles))
    hidden: list[int] = []
    for _ in angles:
        hidden += ((yield from prepared_afar(node, server)),)
    bits: list[int] = []
    for place, angle in enumerate(angles):
        # What the results so far have turned: the last flips the sense of the angle, that before the phase.
        flip, phase = (bits[place - back] if place >= back else 0 for back in (1, 2))
        blind = node.random.randrange(2)
        told = (-angle if flip else angle) + 4 * phase + hidden[place] + 4 * blind
        node.send(server, told % 8)
        bits.append((yield from node.receive(server)) ^ blind)
    return float(bits[-1])


def prepared_afar(node: ProgramNode, server: str) -> Generator[Any, Any, int]:
    """Leaves a qubit of another role at a random angle of the equator that only this one knows.

    Returns:
        The angle, in units of π/4.
    """
    half = yield from node.epr(server)
    along = node.random.randrange(8)
    bit = yield from node.measure(half, _equator(along))
    # Halves of Φ+ agree up to the sign of y.
    return (-along + 4 * bit) % 8


@program("blind-server")
def blind_server(
    node: ProgramNode, *, client: Annotated[str, Role("role that hides")] = "client"
) -> Generator[Any, Any, None]:
    """Joins its halves to a line, and measures each at the angle that it is told."""
    count = yield from node.receive(client)
    qubits = yield from node.epr_all(*(client,) * count)
    for near, far in pairwise(qubits):
        yield from node.cz(near, far)
    for qubit in qubits:
        told = yield from node.receive(client)
        node.send(client, (yield from node.measure(qubit, _equator(told))))


def _equator(angle: int) -> tuple[float, float, float]:
    """The direction of the equator at an angle in units of π/4."""
    return cos(angle * _STEP), sin(angle * _STEP), 0.0
