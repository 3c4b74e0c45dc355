"""What all protocols of one simulation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.classical import Node
    from qsim.kernel import Simulator
    from qsim.quantum.state import PairState


@dataclass(slots=True)
class Context:
    """Simulator, formalism and counters of one simulation.

    Attributes:
        sim: the simulator.
        formalism: class of the states of new pairs.
        detail: "attempt" or "photon".
        next_id: gives the numbers of new pairs.
        cutoffs: age at which nodes give pairs up, ps; nodes that never do are not in it.
        dropped: messages about pairs that nobody holds any more.
    """

    sim: Simulator
    formalism: type[PairState]
    detail: str = "attempt"
    next_id: Callable[[], int] = field(default_factory=lambda: count(1).__next__)
    cutoffs: dict[Node, int] = field(default_factory=dict)
    dropped: int = 0
