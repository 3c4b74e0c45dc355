"""A GHZ state of all nodes along a path, made of the pairs of neighbours.

Each node on the way copies its half of the pair with the node before onto its half of the pair with the next,
and measures that one; the next node flips its own half as the bit says.

References:
    Meignant, Markham and Grosshans, Phys. Rev. A 100, 052333 (2019): growing a GHZ state along a path.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from protocols.local.qubit import Qubit
from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program


@program("ghz-path")
def ghz_path(
    node: ProgramNode,
    *,
    before: Annotated[str | None, Role("role of the node before; left out at the first")] = None,
    after: Annotated[str | None, Role("role of the node after; left out at the last")] = None,
) -> Generator[Any, Any, Qubit]:
    """The part of one node of the path; returns its qubit."""
    halves = yield from node.epr_all(*(peer for peer in (before, after) if peer is not None))
    own = halves[0]
    if before is not None and (yield from node.receive(before)):
        yield from node.x(own)
    if after is not None:
        bit = 0
        if before is not None:
            yield from node.cx(own, halves[1])
            bit = yield from node.measure(halves[1])
        node.send(after, bit)
    return own
