"""The CHSH test between two nodes, as two programs.

Each chooses one of two bases at random and measures; one tells the other, which compares. For a pair in Φ+
the best bases are z and x at one end, and the two between them at the other: then S is 2 √2, and 2 √2 w for
a Werner pair. No local model exceeds 2.

References:
    Clauser, Horne, Shimony and Holt, Phys. Rev. Lett. 23, 880 (1969).
"""

from __future__ import annotations

from collections.abc import Generator
from math import sqrt
from typing import Annotated, Any

from protocols.programs.program_node import ProgramNode
from qsim.model.program_kind import Role, program
from qsim.quantum.directions import Direction

_HERE: tuple[Direction, ...] = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
_THERE: tuple[Direction, ...] = (
    (sqrt(0.5), 0.0, sqrt(0.5)),
    (-sqrt(0.5), 0.0, sqrt(0.5)),
)


@program("chsh-first")
def chsh_first(
    node: ProgramNode, *, second: Annotated[str, Role("role of the other end")] = "second"
) -> Generator[Any, Any, dict[str, float]]:
    """Measures in z or x, and compares.

    Returns:
        The sign of both bits for the two bases chosen, and four times that with the sign that the pair of
        bases has in S: its mean is S, and S exceeds 2 significantly if it does by several standard errors.
    """
    basis = node.random.randrange(2)
    half = yield from node.epr(second)
    bit = yield from node.measure(half, _HERE[basis])
    other_basis, other_bit = yield from node.receive(second)
    sign = 1.0 - 2.0 * (bit ^ other_bit)
    return {
        "S": -4 * sign if basis and other_basis else 4 * sign,
        f"correlation {'zx'[basis]}, {('z+x', 'z-x')[other_basis]}": sign,
    }


@program("chsh-second")
def chsh_second(
    node: ProgramNode, *, first: Annotated[str, Role("role that compares")] = "first"
) -> Generator[Any, Any, None]:
    """Measures in one of the bases between z and x, and tells which and what."""
    basis = node.random.randrange(2)
    half = yield from node.epr(first)
    node.send(first, (basis, (yield from node.measure(half, _THERE[basis]))))
