"""What an outage does at once, whoever knows of it.

On a link that is down no attempt is made, and those under way end without a pair. A bank of memories that
goes down loses all halves that it holds, which its node tells the nodes at their other ends. A node that goes
down loses everything: halves, flows, promises, and what it had to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hardware.classical import Node
    from hardware.node import QuantumNode
    from hardware.outages import Element, Outages
    from protocols.grown import Grown
    from protocols.network.reservation_kind import NodeReservation
    from protocols.node.stack import NodeStack


class Struck(Protocol):
    """What outages act on, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        outages: what is down.
        stacks, reservations: protocols of the nodes that have taken part.
    """

    outages: Outages
    stacks: Grown[Node, NodeStack]
    reservations: Grown[QuantumNode, NodeReservation]

    @property
    def nodes(self) -> Mapping[str, QuantumNode]:
        """Nodes by name."""
        ...


class Effects:
    """Lets outages act on one live network."""

    def __init__(self, network: Struck) -> None:
        self._network = network
        network.outages.watch(self._changed)

    def _changed(self, element: Element) -> None:
        node = element.nodes[0]
        if element.kind == "node" and element.down:
            self._lose_node(node)
        elif element.kind == "bank" and element.down:
            self._lose_bank(node, element.name.rpartition("/")[2])
        for end in dict.fromkeys(end for link in element.links for end in (link.first, link.second)):
            self._heed(end)
        if element.kind in ("bank", "node"):
            self._heed(node)

    def _heed(self, node: Node) -> None:
        """Let what memories of a node are at work for begin or end attempts."""
        stacks = self._network.stacks
        if node in stacks:
            for server in tuple(stacks[node].servers):
                server.heed_outages()

    def _lose_bank(self, node: QuantumNode, bank: str) -> None:
        stack = self._network.stacks[node]
        self._heed(node)
        for memory in node.bank(bank):
            if memory.partner is not None:
                stack.discard(memory)
            elif memory.state:
                stack.give_up(memory)

    def _lose_node(self, node: QuantumNode) -> None:
        reservations, stacks = self._network.reservations, self._network.stacks
        if node in reservations:
            reservations[node].reset()
        self._heed(node)
        if node in stacks:
            for memory in node.memories.used:
                if memory.state:
                    stacks[node].give_up(memory)
