"""A network whose links have memories of their own and make nothing by themselves; pairs are put by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hardware.memory import Memory, MemoryState
from protocols.control.link_pool import LinkPool
from protocols.flow import Flow, Request
from qsim.quantum.pair import EntangledPair
from tests.protocols.scenes import Document, alive, chain


class Owner:
    """An application that keeps what it is given.

    Attributes:
        got: the flow and the memory of each half, in order.
        gone: those of which it was told that they are about to be given up.
    """

    def __init__(self) -> None:
        self.got: list[tuple[int, str]] = []
        self.gone: list[tuple[int, str]] = []

    def deliver(self, flow: Flow, memory: Memory) -> None:
        self.got.append((flow.id, memory.name))
        memory.move(MemoryState.HELD)

    def lost(self, flow: Flow, memory: Memory) -> None:
        self.gone.append((flow.id, memory.name))


class Scene:
    """Three nodes n0 - n1 - n2, 1 ms apart, with four memories each; of those of n1 two face either way.

    Attributes:
        engine: the live network.
        owner: of all flows.
    """

    def __init__(self, *, document: Document | None = None, seed: int = 0, **control: Any) -> None:
        policy = {"kind": "continuous", "idle": False, **control}
        document = document or chain(2, count=4)
        document["protocols"]["control"] = policy
        self.engine = alive(document, seed=seed)
        self.owner = Owner()

    def pool(self, node: str) -> LinkPool:
        """What the memories of a node do."""
        found: LinkPool = self.engine.control.pools[self.engine.node(node)]
        return found

    def memory(self, name: str) -> Any:
        """A memory by its name, ``node[index]``."""
        node, _, index = name.rstrip("]").partition("[")
        return self.engine.node(node).memories[int(index)]

    def states(self, node: str) -> list[str]:
        """The states of the memories of a node."""
        return [memory.state.name for memory in self.engine.node(node).memories]

    def flow(self, number: int, *path: str, fidelity: float = 0.0) -> Flow:
        """A flow that no node serves yet, along all nodes or those named."""
        nodes = [self.engine.node(name) for name in path or ("n0", "n1", "n2")]
        asked = Request(nodes[0], nodes[-1], 0, 10**12, 1, fidelity, None, 0)
        owner: Any = self.owner
        flow = Flow(number, asked, owner)
        links = [
            next(link for link in self.engine.links if {link.first, link.second} == {one, other})
            for one, other in pairwise(nodes)
        ]
        flow.take(nodes, tuple(links))
        return flow

    def pair(self, number: int, one: str, other: str, fidelity: float = 1.0) -> EntangledPair:
        """Give two memories the halves of a pair, of which both ends know; no rule has been asked yet."""
        first, second = self.memory(one), self.memory(other)
        now = self.engine.sim.now
        state = self.engine.context.formalism.werner(fidelity)
        pair = EntangledPair(number, state, first, second, (now, now), (now, now), now)
        for memory, partner in ((first, second), (second, first)):
            memory.move(MemoryState.GENERATING)
            memory.serves = None
            memory.pair = pair
            memory.hold(number, partner, None)
        return pair

    def look(self, *names: str) -> None:
        """Ask the rules of memories, one after the other, as when they have just become entangled."""
        for name in names:
            memory = self.memory(name)
            self.engine.stack(memory.node.name).resources.update(memory)

    def sent(self, node: str) -> list[tuple[str, Any]]:
        """What a node sends from now on: to whom, and what; nothing of it arrives."""
        told: list[tuple[str, Any]] = []
        self.engine.node(node).send = lambda to, message: told.append((to.name, message))
        return told
