"""States of several users, made at a hub and teleported: GHZ, W, and graph states (line, ring, grid).

The hub prepares the state in memories of its own, and measures each qubit together with its half of the pair
with the user who gets it.

References:
    Dür, Vidal and Cirac, Phys. Rev. A 62, 062314 (2000): W states. Hein, Eisert and Briegel, Phys. Rev. A 69,
    062311 (2004): graph states.
"""

from __future__ import annotations

from collections.abc import Generator
from math import sqrt
from typing import Annotated, Any

import numpy as np

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.errors import StateError
from qsim.model.program_kind import Role, program
from qsim.parameters import Param
from qsim.quantum.registers.gates import Gate
from qsim.quantum.registers.targets import graph_edges


def prepared(node: ProgramNode, state: str, count: int) -> Generator[Any, Any, list[Qubit]]:
    """So many qubits of the node in a state by name: ghz, w, or a graph state of `graph_edges`.

    Each edge of a graph, and each qubit after the first of the others, takes one gate on two qubits.

    Raises:
        StateError: the graph is of another number of qubits.
    """
    edges = graph_edges(state, count)
    if edges is not None:
        qubits = [node.prepare("+") for _ in range(count)]
        for one, other in edges:
            yield from node.cz(qubits[one], qubits[other])
        return qubits
    first = "+" if state == "ghz" else "1"
    qubits = [node.prepare("0" if place else first) for place in range(count)]
    for place in range(count - 1):
        gate = "cx" if state == "ghz" else shared_excitation(1 / (count - place))
        yield from node.gate(gate, qubits[place], qubits[place + 1])
    return qubits


def shared_excitation(kept: float) -> Gate:
    """The gate that leaves an excitation on the first of two qubits with a probability, or hands it on.

    Example:
        >>> print(shared_excitation(0.25).matrix[2].real)
        [ 0.        -0.8660254  0.5        0.       ]
    """
    stays, goes = sqrt(kept), sqrt(1 - kept)
    matrix = np.eye(4, dtype=np.complex128)
    matrix[1:3, 1:3] = [[stays, goes], [-goes, stays]]
    return Gate(f"share({kept:.6g})", matrix)


@program("state-hub")
def state_hub(
    node: ProgramNode,
    *,
    users: Annotated[tuple[str, ...], Role("roles of the users")] = (),
    state: Annotated[
        str,
        Param(
            "the state: a graph state of a line is `cluster`", choices=("ghz", "w", "cluster", "ring", "grid")
        ),
    ] = "ghz",
    rows: Annotated[int, Param("rows of a grid, whose users are named row by row", ge=1)] = 1,
) -> Generator[Any, Any, None]:
    """Prepares a state, and teleports a qubit of it to each user."""
    if state == "grid":
        if len(users) % rows:
            raise StateError(f"{len(users)} users do not fill {rows} rows of a grid")
        state = f"grid-{rows}x{len(users) // rows}"
    qubits = yield from prepared(node, state, len(users))
    halves = yield from node.epr_all(*users)
    for user, qubit, half in zip(users, qubits, halves, strict=True):
        node.send(user, (yield from node.bell(qubit, half)))


@program("state-user")
def state_user(
    node: ProgramNode, *, hub: Annotated[str, Role("role of the hub")] = "hub"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair with the hub, and corrects it; returns it."""
    half = yield from node.epr(hub)
    yield from node.correct(half, (yield from node.receive(hub)))
    return half
