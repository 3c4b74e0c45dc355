"""Nodes of the quantum network: where memories live, or light passes on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hardware.classical import Node
from hardware.memories import Memories
from hardware.processor import parallel
from hardware.workbench import Workbench
from qsim.errors import ParameterError

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.disturbance import AttemptLog
    from hardware.memory import Memory
    from hardware.processor import Processor
    from qsim.kernel import Simulator


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a node without memories does to the light that crosses it.

    Attributes:
        transmission: probability that a photon passes, from a fibre to another or to a station of the node.
        stations: heralding stations at the node; each serves one flow at a time.
        switching_time: from the start of a flow's window until light can cross, s.
    """

    transmission: float = 1.0
    stations: int = 0
    switching_time: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.transmission <= 1 or self.stations < 0 or not self.switching_time >= 0:
            raise ParameterError(
                "a crossing has a `transmission` in [0, 1], a whole number of `stations` and a "
                f"`switching_time` of at least 0 s, got {self}"
            )


class NodeKind(Protocol):
    """A kind of node, registered under the kind "node".

    Attributes:
        name: unique name of the node.
        relays: whether other nodes' entanglement may be routed through.
        processor: what operates on the memories (kind "processor").
        banks: the memories (kind "memory"), by name of their bank; none at a node that light only crosses.
    """

    @property
    def name(self) -> str: ...

    @property
    def relays(self) -> bool: ...

    @property
    def processor(self) -> Any: ...

    @property
    def banks(self) -> Mapping[str, Any]: ...

    def demand(self, memories: int) -> int:
        """What each link of a request takes of the node's memories, or stations, for its window.

        Args:
            memories: memories that the request wants at each end.
        """
        ...

    def crossing(self) -> Crossing | None:
        """What light suffers that crosses the node; None where there are memories and light ends."""
        ...

    def build(self, sim: Simulator, classical: ClassicalNetwork, index: int) -> QuantumNode:
        """The node alive; `index` is its position in the network."""
        ...


class QuantumNode(Node):
    """A node of the quantum network.

    Attributes:
        spec: what the scenario says of it.
        processor: what operates on the memories.
        index: position of the node in its network.
        banks: for each bank of memories by name, the indices of its memories.
        memories: the memories of all banks, in order, each made when it is first asked for; none at a node
            that light only crosses.
        places: how many things the node promises to flows: its memories, or the stations of a node without
            memories.
        workbench: the processor at work.
        moves: whether halves are moved between its memories.
        expired: pairs given up here because of their age.
        reserved_ps: summed time for which memories have served flows, ps.
    """

    def __init__(self, sim: Simulator, classical: ClassicalNetwork, spec: NodeKind, index: int) -> None:
        super().__init__(sim, spec.name, classical)
        self.spec = spec
        self.processor: Processor = spec.processor
        self.index = index
        self.banks: dict[str, range] = {}
        first = 0
        for name, model in spec.banks.items():
            self.banks[name] = range(first, first + model.count)
            first += model.count
        self.memories = Memories(self, spec.banks, self.banks)
        self.workbench = Workbench(sim, parallel(self.processor))
        crossing = spec.crossing()
        self.places = len(self.memories) if crossing is None else crossing.stations
        self.moves = False
        self.expired = 0
        self.reserved_ps = 0

    @property
    def attempts(self) -> AttemptLog | None:
        """The attempts made here, where some of the memories are disturbed by them; None elsewhere."""
        return self.memories.log

    def bank(self, name: str) -> list[Memory]:
        """The memories of one bank."""
        places = self.banks[name]
        return self.memories[places.start : places.stop]

    def holder(self, memory: Memory, pair_id: int) -> Memory:
        """The memory that holds a half now that others say one of the node's holds; that one if none does.

        Args:
            memory: the memory named.
            pair_id: the number of the pair.
        """
        if not self.moves or memory.pair_id == pair_id:
            return memory
        return next((other for other in self.memories.made.values() if other.pair_id == pair_id), memory)

    def __repr__(self) -> str:
        return f"<{type(self.spec).__name__} {self.name}>"
