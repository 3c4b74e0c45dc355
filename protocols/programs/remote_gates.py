"""A CNOT or a CZ between qubits at two nodes, over one pair and two bits.

References:
    Eisert, Jacobs, Papadopoulos and Plenio, Phys. Rev. A 62, 052317 (2000): one pair and one bit each way.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.local_operations import KETS
from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.parameters import Param

_STATES = tuple(KETS)


def control_gate(node: ProgramNode, peer: str, qubit: Qubit) -> Generator[Any, Any, None]:
    """The part of the control's node: its value is copied over a pair, and what the copy learns is undone."""
    half = yield from node.epr(peer)
    yield from node.cx(qubit, half)
    node.send(peer, (yield from node.measure(half)))
    if (yield from node.receive(peer)):
        yield from node.z(qubit)


def target_gate(node: ProgramNode, peer: str, qubit: Qubit, gate: str = "cx") -> Generator[Any, Any, None]:
    """The part of the target's node: the gate with the copy, which is measured away."""
    half = yield from node.epr(peer)
    if (yield from node.receive(peer)):
        yield from node.x(half)
    yield from node.gate(gate, half, qubit)
    node.send(peer, (yield from node.measure(half, "x")))


@program("remote-gate-control")
def remote_gate_control(
    node: ProgramNode,
    *,
    target: Annotated[str, Role("role of the target")] = "target",
    state: Annotated[str, Param("state of the control before", choices=_STATES)] = "+",
) -> Generator[Any, Any, Qubit]:
    """Prepares a qubit that controls the gate; returns it."""
    qubit = node.prepare(state)
    yield from control_gate(node, target, qubit)
    return qubit


@program("remote-gate-target")
def remote_gate_target(
    node: ProgramNode,
    *,
    control: Annotated[str, Role("role of the control")] = "control",
    gate: Annotated[str, Param("the gate", choices=("cx", "cz"))] = "cx",
    state: Annotated[str, Param("state of the target before", choices=_STATES)] = "0",
) -> Generator[Any, Any, Qubit]:
    """Prepares the qubit on which the gate acts; returns it."""
    qubit = node.prepare(state)
    yield from target_gate(node, control, qubit, gate)
    return qubit
