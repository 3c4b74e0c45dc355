"""Two or three nodes whose memories hold halves of given pairs, for operations without a network."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import qsim
from hardware.memory import Memory, MemoryState
from protocols.local.local_operations import LocalOperations
from protocols.local.qubit import Qubit
from qsim.quantum import EntangledPair, PairState
from qsim.quantum.registers.dense import DenseRegister


class Bench:
    """Nodes a, b and c, linked in a row, each with local operations of its own.

    Args:
        processor: parameters of all processors.
        memory: parameters of all memories beside their number.
        formalism: of pair states.
    """

    def __init__(
        self,
        processor: dict[str, Any] | None = None,
        memory: dict[str, Any] | None = None,
        formalism: str = "density-matrix",
        seed: int = 1,
    ) -> None:
        net = qsim.Network(memory={"count": 4, **(memory or {})}, processor=processor or {})
        net.add_nodes("a", "b", "c")
        net.add_link("a", "b", "1 km").add_link("b", "c", "1 km")
        scenario: Any = net.scenario(duration="1 s", formalism=formalism)
        self.engine = scenario.engine(seed=seed)
        self.sim = self.engine.sim
        self.local = {
            name: LocalOperations(
                self.engine.context, self.engine.node(name), self.engine.stack(name).resources, self.register
            )
            for name in "abc"
        }

    def register(self) -> DenseRegister:
        """An empty register."""
        return DenseRegister(self.sim.stream("register"))

    def memory(self, name: str) -> Memory:
        """A free memory of a node."""
        memories: list[Memory] = self.engine.node(name).memories
        return next(memory for memory in memories if memory.state is MemoryState.FREE)

    def pair(self, first: str, second: str, state: PairState) -> tuple[Qubit, Qubit]:
        """Two nodes hold the halves of a new pair."""
        one, other = self.memory(first), self.memory(second)
        now, number = self.sim.now, self.engine.context.next_id()
        pair = EntangledPair(number, state, one, other, (now, now), (now, now), now)
        for memory, partner in ((one, other), (other, one)):
            memory.move(MemoryState.GENERATING)
            memory.pair = pair
            memory.hold(number, partner, None)
            memory.move(MemoryState.HELD)
        return self.local[first].adopt(one), self.local[second].adopt(other)

    def run(self, program: Generator[Any, Any, Any]) -> Any:
        """Run one generator to its end, and give what it returns."""
        process = self.engine.process(program)
        self.sim.run(self.sim.now + 10**12)
        assert not process.alive
        return process.result
