"""What a way of promising memories to requests is: the kind "reservation"."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Protocol

from qsim.registry import define_kind

if TYPE_CHECKING:
    from protocols.flow import Fault, Flow, FlowOwner, Request
    from protocols.network.calendar import Calendar
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack


class NodeReservation(Protocol):
    """The reservation protocol of one node.

    Attributes:
        calendar: what the node has promised.
        rejected: requests that this node issued and that were refused.
        crossed: those of them that met promises to another node's request without a confirmation.
        faults: what the node takes to be at fault, by the link, the neighbour, or its own bank.
    """

    calendar: Calendar
    rejected: int
    crossed: int
    faults: dict[Hashable, Fault]

    @property
    def flows(self) -> Mapping[int, Flow]:
        """The flows that the node has made promises to, or considers, by number."""
        ...

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        """Issue a request from this node; the owner will be told what comes of it.

        Raises:
            NoRouteError: there is no path to the responder.
            NetworkError: the routing policy gives a path that the network does not have.
        """
        ...

    def finish(self, flow: Flow) -> None:
        """End a flow at its initiator before its window closes, and free the memories along its path."""
        ...

    def broken(self, flow: Flow, fault: Fault) -> None:
        """This node finds something on the path of a flow at fault: end it here, and let the others know."""
        ...

    def noticed(self, thing: Hashable, fault: Fault | None) -> None:
        """This node takes something to be at fault from now on, or no more where there is no fault."""
        if fault is None:
            self.faults.pop(thing, None)
        else:
            self.faults[thing] = fault

    def reset(self) -> None:
        """The node has gone down: forget all promises and flows, and say nothing."""
        ...


class Reservation(Protocol):
    """How nodes promise their memories, registered under the kind "reservation"."""

    def build(self, stack: NodeStack, routing: Routing, view: NetworkView) -> NodeReservation:
        """The protocol of one node, by the network's routing policy.

        It is built when the node first takes part: as it begins a request, or a message reaches it.
        """
        ...


define_kind("reservation", Reservation, "models/network.md")
