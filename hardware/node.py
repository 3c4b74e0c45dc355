"""Nodes of the quantum network: where memories live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.classical import Node
from hardware.memory import Memory

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.memory import AtomicMemory
    from qsim.kernel import Simulator
    from qsim.model.specs import NodeSpec


class QuantumNode(Node):
    """A node with memories.

    Attributes:
        spec: what the scenario says of the node.
        model: parameters of the memories.
        cutoff: age at which pairs are given up here, ps; None for never.
        memories: the memories, in order.
        index: position of the node in its network.
        expired: pairs given up here because of their age.
        reserved_ps: summed time for which memories have served flows, ps.
    """

    def __init__(
        self,
        sim: Simulator,
        classical: ClassicalNetwork,
        spec: NodeSpec,
        index: int,
        cutoff: int | None = None,
    ) -> None:
        super().__init__(sim, spec.name, classical)
        model: AtomicMemory = next(iter(spec.banks.values()))
        noise = model.noise()
        self.spec = spec
        self.model = model
        self.cutoff = cutoff
        self.index = index
        self.memories = [Memory(self, position, noise) for position in range(model.count)]
        self.expired = 0
        self.reserved_ps = 0
