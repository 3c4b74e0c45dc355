"""The kind "control": how a network serves requests; and the default, by which its nodes agree hop by hop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from qsim.parameters import Declared
from qsim.registry import define_kind, name_of, register

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.network.network_view import NetworkView
    from protocols.network.reservation_kind import NodeReservation, Reservation
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack
    from qsim.model.check_context import CheckContext

#: The reservation of whoever states none.
_UNSTATED = "hop-by-hop"


class ControlledNetwork(Protocol):
    """What control is set up on, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        horizon: end of the run, ps.
        context: what all protocols share.
        nodes: nodes by name, in order.
        view: the network as routing sees it.
        routing: the routing policy.
        reservation: how nodes promise memories where they do it by themselves.
        stacks: protocols of each node; made when they are first asked for.
        reservations: reservation protocol of each node, likewise; there from the beginning of the run on.
    """

    horizon: int
    context: Context
    view: NetworkView
    routing: Routing
    reservation: Reservation

    @property
    def nodes(self) -> Mapping[str, QuantumNode]: ...

    @property
    def stacks(self) -> Mapping[Node, NodeStack]: ...

    @property
    def reservations(self) -> Mapping[QuantumNode, NodeReservation]: ...


class ControlAtWork(Protocol):
    """Control of one network. It may have a method ``metrics()`` that gives rows for the table of metrics."""

    def at(self, node: QuantumNode) -> NodeReservation:
        """What serves the requests of one node; asked once, as the node first takes part."""
        ...

    def confirmation(self, route: Sequence[QuantumNode]) -> int:
        """How long it takes until all nodes of a route can serve a request issued now, ps."""
        ...


class Control(Protocol):
    """Who decides on requests, registered under the kind "control"."""

    def install(self, network: ControlledNetwork) -> ControlAtWork:
        """Set it up on a network, before the run begins."""
        ...


define_kind("control", Control, "how-to/choose-routing-and-control.md")


@register("control", "distributed")
@dataclass(frozen=True)
class Distributed(Declared):
    """The nodes of a path promise their memories one after the other, as `protocols.reservation` says."""

    def install(self, network: ControlledNetwork) -> ControlAtWork:
        """Set it up on a network."""
        return DistributedAtWork(network)


def idle_reservation(context: CheckContext) -> Iterable[tuple[str, str]]:
    """For the check of a control under which nodes promise nothing by themselves: a reservation is stated."""
    stated = name_of(type(context.protocols.reservation))
    if stated != _UNSTATED:
        yield "", f"nodes promise nothing by themselves here: leave `reservation` = '{stated}' out"


class DistributedAtWork:
    """A `Distributed` at work."""

    def __init__(self, network: ControlledNetwork) -> None:
        self._network = network

    def at(self, node: QuantumNode) -> NodeReservation:
        """The reservation protocol of a node."""
        network = self._network
        return network.reservation.build(network.stacks[node], network.routing, network.view)

    def confirmation(self, route: Sequence[QuantumNode]) -> int:
        """There along the route, and back."""
        return round_trip(route)


def round_trip(route: Sequence[QuantumNode]) -> int:
    """The time of a message along a route and back, node by node, ps."""
    return sum(near.delay_to(far) + far.delay_to(near) for near, far in pairwise(route))
