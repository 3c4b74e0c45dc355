"""What a policy of swapping or purification sees of the flow that it serves at one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.entanglement.consent import ConsentDesk
    from protocols.entanglement.tracking import SwapTracker
    from protocols.flow import Flow
    from protocols.resources import ResourceManager


class StackView(Protocol):
    """Protocols of the node: counters, resource manager, consent, news of swaps."""

    @property
    def context(self) -> Context: ...

    @property
    def resources(self) -> ResourceManager: ...

    @property
    def consent(self) -> ConsentDesk: ...

    @property
    def tracker(self) -> SwapTracker: ...


class FlowView(Protocol):
    """The part of one flow at one node; `protocols.node.agent.FlowAgent` says what each member is."""

    @property
    def stack(self) -> StackView: ...

    @property
    def node(self) -> QuantumNode: ...

    @property
    def flow(self) -> Flow: ...

    @property
    def position(self) -> int: ...

    @property
    def left(self) -> list[Memory] | None: ...

    @property
    def right(self) -> list[Memory] | None: ...

    @property
    def memories(self) -> list[Memory]: ...

    @property
    def left_indices(self) -> frozenset[int]: ...

    @property
    def target(self) -> float: ...

    def good_enough(self, memory: Memory) -> bool:
        """Whether a pair may be delivered or swapped."""
        ...
