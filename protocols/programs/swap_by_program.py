"""Entanglement swapping by programs: what the network's own swap does, gate by gate."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program


@program("swap-middle")
def swap_middle(
    node: ProgramNode,
    *,
    left: Annotated[str, Role("role that is told nothing")] = "left",
    right: Annotated[str, Role("role that corrects")] = "right",
) -> Generator[Any, Any, None]:
    """Joins a pair with each of two roles by a Bell measurement."""
    here, there = yield from node.epr_all(left, right)
    node.send(right, (yield from node.bell(here, there)))


@program("swap-left")
def swap_left(
    node: ProgramNode, *, middle: Annotated[str, Role("role that swaps")] = "middle"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair; returns it."""
    return (yield from node.epr(middle))


@program("swap-right")
def swap_right(
    node: ProgramNode, *, middle: Annotated[str, Role("role that swaps")] = "middle"
) -> Generator[Any, Any, Qubit]:
    """Keeps half of a pair and corrects it; returns it."""
    half = yield from node.epr(middle)
    yield from node.correct(half, (yield from node.receive(middle)))
    return half
