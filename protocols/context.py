"""What all protocols of one simulation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.classical import Node
    from qsim.kernel import Simulator
    from qsim.quantum.pair import EntangledPair
    from qsim.quantum.state import PairState


@dataclass(slots=True)
class Late:
    """Pairs that were past their cut-off when a node heard of them.

    Attributes:
        node: the node.
        between: the memories' nodes, as text.
        allowed: from the start of storage to the cut-off, ps.
        news: from there to the news, ps.
        pairs: how many.
    """

    node: str
    between: str
    allowed: int
    news: int
    pairs: int = 0


@dataclass(slots=True)
class Context:
    """Simulator, formalism and counters of one simulation.

    Attributes:
        sim: the simulator.
        formalism: class of the states of new pairs.
        detail: "attempt" or "photon".
        next_id: gives the numbers of new pairs.
        deadlines: when the cut-off of a node gives a new pair up, for nodes that have one: ps, or None for
            never.
        scheduled: whether a purification policy states how many rounds there are, whatever the target.
        dropped: messages about pairs that nobody holds any more.
        late: by the two nodes, the fresh pairs that were given up at once.
    """

    sim: Simulator
    formalism: type[PairState]
    detail: str = "attempt"
    next_id: Callable[[], int] = field(default_factory=lambda: count(1).__next__)
    deadlines: dict[Node, Callable[[EntangledPair], int | None]] = field(default_factory=dict)
    scheduled: bool = False
    dropped: int = 0
    late: dict[tuple[Node, Node], Late] = field(default_factory=dict)
