"""What all protocols of one simulation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from hardware.outages import Outages

if TYPE_CHECKING:
    from hardware.classical import Node
    from protocols.qkd.key_delivery import KeyDelivery
    from qsim.kernel import Simulator
    from qsim.quantum.pair import EntangledPair
    from qsim.quantum.state import PairState


@dataclass(slots=True)
class Late:
    """Pairs that were past their cut-off when a node heard of them, or would have moved them.

    Attributes:
        node: the node.
        between: the memories' nodes, as text.
        allowed: from the start of storage to the cut-off, ps.
        news: from there to the news, or to the end of the move, ps.
        moving: whether a move is what takes too long.
        pairs: how many.
    """

    node: str
    between: str
    allowed: int
    news: int
    moving: bool = False
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
        keys: the key managers of nodes that have keys.
        late: by the two nodes, and whether a move is to blame, the fresh pairs that were given up.
        outages: what is down.
    """

    sim: Simulator
    formalism: type[PairState]
    detail: str = "attempt"
    next_id: Callable[[], int] = field(default_factory=lambda: count(1).__next__)
    deadlines: dict[Node, Callable[[EntangledPair], int | None]] = field(default_factory=dict)
    scheduled: bool = False
    dropped: int = 0
    keys: dict[Node, KeyDelivery] = field(default_factory=dict)
    late: dict[tuple[Node, Node, bool], Late] = field(default_factory=dict)
    outages: Outages = field(init=False)

    def __post_init__(self) -> None:
        self.outages = Outages(self.sim)
