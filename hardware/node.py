"""Nodes of the quantum network: where memories live, or light passes on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hardware.classical import Node
from hardware.disturbance import AttemptLog, Disturbance
from hardware.memory import Memory
from hardware.modes import retrieval_of
from hardware.processor import parallel
from hardware.workbench import Workbench
from qsim.errors import ParameterError
from qsim.quantum.noise import MemoryNoise

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
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
        memories: the memories of all banks, in order; none at a node that light only crosses.
        places: how many things the node promises to flows: its memories, or the stations of a node without
            memories.
        workbench: the processor at work.
        attempts: the attempts made here, where some of the memories are disturbed by them; None elsewhere.
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
        self.memories: list[Memory] = []
        self.workbench = Workbench(sim, parallel(self.processor))
        self.attempts: AttemptLog | None = None
        for name, model in spec.banks.items():
            first, noise = len(self.memories), model.noise()
            self.banks[name] = range(first, first + model.count)
            retrieval = retrieval_of(model)
            self.memories.extend(
                Memory(self, place, noise, retrieval=retrieval) for place in self.banks[name]
            )
            self._disturb(self.bank(name), getattr(model, "dephasing_attempts", None))
        crossing = spec.crossing()
        self.places = len(self.memories) if crossing is None else crossing.stations
        self.moves = False
        self.expired = 0
        self.reserved_ps = 0

    def bank(self, name: str) -> list[Memory]:
        """The memories of one bank."""
        places = self.banks[name]
        return self.memories[places.start : places.stop]

    def _disturb(self, memories: list[Memory], attempts: float | None) -> None:
        """Let attempts at the node disturb some of its memories; None disturbs none."""
        if attempts is None:
            return
        if self.attempts is None:
            self.attempts = AttemptLog(self._oldest)
        for memory in memories:
            memory.noise = memory.noise or MemoryNoise()
            memory.disturbance = Disturbance(self.attempts, memory, attempts)

    def _oldest(self) -> int:
        """The earliest instant since which a disturbed half has to be followed, ps."""
        followed = [memory for memory in self.memories if memory.disturbance is not None]
        times = [memory.pair.as_of for memory in followed if memory.pair is not None]
        times += [memory.group.as_of(memory) for memory in followed if memory.group is not None]
        return min(times, default=self.sim.now)

    def holder(self, memory: Memory, pair_id: int) -> Memory:
        """The memory that holds a half now that others say one of the node's holds; that one if none does.

        Args:
            memory: the memory named.
            pair_id: the number of the pair.
        """
        if not self.moves or memory.pair_id == pair_id:
            return memory
        return next((other for other in self.memories if other.pair_id == pair_id), memory)

    def __repr__(self) -> str:
        return f"<{type(self.spec).__name__} {self.name}>"
