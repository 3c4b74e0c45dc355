"""What a policy of swapping or purification sees of the flow that it serves at one node."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, ClassVar, Protocol

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.entanglement.consent import ConsentProtocol
    from protocols.entanglement.tracking import SwapTracker
    from protocols.flow import Flow
    from protocols.resources import ResourceManager


class SwapOrder(Protocol):
    """The order in which the nodes of a path swap.

    Attributes:
        concurrent: whether neighbours may swap without knowing of each other.
    """

    concurrent: ClassVar[bool]

    def ranks(self, nodes: int) -> list[int]:
        """One rank for each node of a path of so many; nodes of lower rank swap first."""
        ...


class StackView(Protocol):
    """The protocols of the node.

    Attributes:
        context: what all protocols of the simulation share.
        resources: resource manager.
        consent: asks other nodes for consent.
        tracker: takes swap results.
        order: of the network's swapping policy.
    """

    context: Context
    resources: ResourceManager
    consent: ConsentProtocol
    tracker: SwapTracker
    order: SwapOrder

    def note_late(self, memory: Memory, when: int, *, moving: bool = False) -> None:
        """Keep in mind that a pair is past its cut-off as this node hears of it, or ends its move, in ps."""
        ...

    def discard(self, memory: Memory) -> None:
        """Give up the pair that a memory holds a half of, and let the other end know."""
        ...

    def entangled(self, memory: Memory) -> None:
        """A memory has become entangled: keep its deadline, and put it to use."""
        ...


class FlowView(Protocol):
    """The part of one flow at one node.

    Attributes:
        stack: the node's protocols.
        node: the node.
        flow: the flow.
        position: of the node on the path.
        left, right: memories that face the initiator and the responder; None at an end of the path. At a node
            that moves halves between its memories, all of them face either way.
        memories: all of them.
        left_indices: indices of the memories whose pairs lead towards the initiator.
        target: least fidelity of a delivered pair.
        declined: whether the swapping policy has joined none of the pairs that it was offered last.
        timers: how often the swapping policy is still to be asked again after a time.
    """

    stack: StackView
    node: QuantumNode
    flow: Flow
    position: int
    left: list[Memory] | None
    right: list[Memory] | None
    memories: list[Memory]
    left_indices: Container[int]
    target: float
    declined: bool
    timers: int

    def good_enough(self, memory: Memory) -> bool:
        """Whether a pair may be delivered or swapped: at the target, or beyond all help to get there."""
        ...
