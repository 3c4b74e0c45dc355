"""Purification by measurements: two pairs of four by the code [[4,2,2]] without a gate on any pair.

Each end prepares a resource state beforehand: the decoder of the code applied to halves of four local Bell
pairs. Each half that comes is measured at once together with one of its inputs, which sends it through the
decoder up to Pauli errors that the two bits tell: they flip the values of the stabilizers and the two outputs
in a known way. Errors of gates are those of the resource state and of the Bell measurements.

References:
    Zwerger, Dür and Briegel, Phys. Rev. A 85, 062326 (2012); Zwerger, Briegel and Dür, Phys. Rev. Lett. 110,
    260503 (2013).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.error_detection import compared, decoded, told
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program


def resource_state(
    node: ProgramNode,
) -> Generator[Any, Any, tuple[list[Qubit], list[Qubit], tuple[int, int]]]:
    """The resource state: four inputs, two outputs, and the values of XXXX and ZZZZ found in making it."""
    inputs = [node.prepare("+") for _ in range(4)]
    block = [node.prepare("0") for _ in range(4)]
    for one, other in zip(inputs, block, strict=True):
        yield from node.cx(one, other)
    values = yield from decoded(node, block)
    return inputs, block[2:], values


def sent_through(node: ProgramNode, peer: str) -> Generator[Any, Any, tuple[tuple[int, int], list[Qubit]]]:
    """Halves of four pairs with another role, sent through the resource state as they come.

    Returns:
        The values of XXXX and ZZZZ, and the two logical qubits.
    """
    inputs, outputs, (x_value, z_value) = yield from resource_state(node)
    phases, flips = [0] * 4, [0] * 4
    for place, qubit in enumerate(inputs):
        half = yield from node.epr(peer)
        phases[place], flips[place] = yield from node.bell(half, qubit)
    # How the CNOTs of the decoder spread a phase of its second qubit and a flip of its first.
    for place, qubit in enumerate(outputs, start=2):
        yield from node.correct(qubit, (phases[place] ^ phases[1], flips[place] ^ flips[0]))
    return (x_value ^ sum(phases) % 2, z_value ^ sum(flips) % 2), outputs


@program("measured-purification-first")
def measured_purification_first(
    node: ProgramNode, *, second: Annotated[str, Role("role of the other end")] = "second"
) -> Generator[Any, Any, dict[str, float]]:
    """Measures its halves with a resource state, and compares.

    Returns:
        Whether no error was detected, and the fidelity of the two pairs together, if so.
    """
    values, own = yield from sent_through(node, second)
    return (yield from compared(node, second, values, own))


@program("measured-purification-second")
def measured_purification_second(
    node: ProgramNode, *, first: Annotated[str, Role("role that compares")] = "first"
) -> Generator[Any, Any, None]:
    """Measures its halves with a resource state, and tells what they give."""
    values, own = yield from sent_through(node, first)
    yield from told(node, first, values, own)
