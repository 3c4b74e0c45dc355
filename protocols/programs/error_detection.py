"""Error detection on pairs with the code [[4,2,2]]: of four pairs two are left, better ones.

Both ends measure the stabilizers XXXX and ZZZZ of the code on their four halves, which agree on perfect
pairs, and keep the two logical qubits if they do. One Pauli error on any pair is always detected. Of blocks
of Werner pairs of weight w a share of (1 + 3 w^4) / 4 is kept.

References:
    Vaidman, Goldenberg and Wiesner, Phys. Rev. A 54, R1745 (1996): the code.
    Bennett, DiVincenzo, Smolin and Wootters, Phys. Rev. A 54, 3824 (1996): codes purify pairs.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any, Final

import numpy as np

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param

#: Two pairs in Φ+ as a ket of the first halves of both, then the second ones, shape (16,).
_TWO_PAIRS: Final = np.eye(4, dtype=np.complex128).reshape(16) / 2


def four_halves(node: ProgramNode, peer: str, bank: str | None) -> Generator[Any, Any, list[Qubit]]:
    """Halves of four pairs with another role, each moved to a bank when it comes, if one is named."""
    halves: list[Qubit] = []
    for _ in range(4):
        half = yield from node.epr(peer)
        if bank is not None:
            yield from node.keep(half, bank)
        halves.append(half)
    return halves


def decoded(node: ProgramNode, block: list[Qubit]) -> Generator[Any, Any, tuple[int, int]]:
    """Decode a block of the code: the last two qubits become the logical ones, the first two are measured.

    Returns:
        The values of XXXX and ZZZZ.
    """
    x_check, z_check, *logical = block
    for qubit in (z_check, *logical):
        yield from node.cx(x_check, qubit)
    for qubit in logical:
        yield from node.cx(qubit, z_check)
    return (yield from node.measure(x_check, "x")), (yield from node.measure(z_check))


def compared(
    node: ProgramNode, second: str, values: tuple[int, int], own: list[Qubit]
) -> Generator[Any, Any, dict[str, float]]:
    """Compare with what the other end tells: whether no error was detected, and the fidelity then."""
    others, far = yield from node.receive(second)
    found = {"success": float(values == others)}
    if values == others:
        found["fidelity"] = node.fidelity(_TWO_PAIRS, *own, *far)
    node.send(second, found["success"])
    for qubit in own:
        node.release(qubit)
    return found


def told(
    node: ProgramNode, first: str, values: tuple[int, int], own: list[Qubit]
) -> Generator[Any, Any, None]:
    """Tell the end that compares, and keep the logical qubits until it has answered."""
    node.send(first, (values, own))
    yield from node.receive(first)
    for qubit in own:
        node.release(qubit)


@program("error-detection-first")
def error_detection_first(
    node: ProgramNode,
    *,
    second: Annotated[str, Role("role of the other end")] = "second",
    bank: Annotated[str | None, Param("bank in which the four halves wait; left out, where they are")] = None,
) -> Generator[Any, Any, dict[str, float]]:
    """Decodes its halves, and compares.

    Returns:
        Whether no error was detected, and the fidelity of the two pairs together, if so.
    """
    block = yield from four_halves(node, second, bank)
    values = yield from decoded(node, block)
    return (yield from compared(node, second, values, block[2:]))


@program("error-detection-second")
def error_detection_second(
    node: ProgramNode,
    *,
    first: Annotated[str, Role("role that compares")] = "first",
    bank: Annotated[str | None, Param("bank in which the four halves wait; left out, where they are")] = None,
) -> Generator[Any, Any, None]:
    """Decodes its halves, and tells what it has measured."""
    block = yield from four_halves(node, first, bank)
    values = yield from decoded(node, block)
    yield from told(node, first, values, block[2:])
