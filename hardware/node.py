"""Nodes of the quantum network: where memories live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.classical import Node
from hardware.memory import Memory

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.memory import MemoryModel
    from qsim.kernel import Simulator


class QuantumNode(Node):
    """A node with memories.

    Attributes:
        model: parameters of the memories.
        memories: the memories, in order.
        index: position of the node in its network.
        expired: pairs given up here because of their age.
        reserved_ps: summed time for which memories have served flows, ps.
    """

    def __init__(
        self, sim: Simulator, name: str, classical: ClassicalNetwork, model: MemoryModel, index: int
    ) -> None:
        super().__init__(sim, name, classical)
        noise = model.noise()
        self.model = model
        self.index = index
        self.memories = [Memory(self, position, noise) for position in range(model.count)]
        self.expired = 0
        self.reserved_ps = 0

    #: Whether other nodes' entanglement may be routed through.
    relays = True


class Router(QuantumNode):
    """A node that swaps: a quantum repeater."""


class EndNode(QuantumNode):
    """A node that only begins or ends entanglement."""

    relays = False
