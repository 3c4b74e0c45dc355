"""What all protocols of one simulation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
        dropped: messages about pairs that nobody holds any more.
    """

    sim: Simulator
    formalism: type[PairState]
    detail: str = "attempt"
    next_id: Callable[[], int] = field(default_factory=lambda: count(1).__next__)
    dropped: int = 0
