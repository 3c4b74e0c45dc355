"""What a network can tell of a request before it is made: its path, and when that will have confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from protocols.flow import Request, route_of
from protocols.network.multipath import together
from protocols.network.routing import routes
from qsim.errors import NoRouteError, NoRouteNowError

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing


class Foresight:
    """Looks ahead by the routing policy of a network, on requests that last to a horizon in ps."""

    def __init__(self, routing: Routing, view: NetworkView, horizon: int) -> None:
        self._routing = routing
        self._view = view
        self._horizon = horizon

    def preferred(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
    ) -> Sequence[QuantumNode]:
        """The path that a request would try first now.

        Raises:
            NoRouteError: there is none.
        """
        return self._preferred(self._request(initiator, responder, memories, routing))

    def only_path(self, request: Request) -> Sequence[QuantumNode] | None:
        """The path that a request would try first now; None if it would take several at once.

        Raises:
            NoRouteError: there is none.
        """
        return None if together(self._routing, request, self._view) else self._preferred(request)

    def links_of(self, path: Sequence[QuantumNode], request: Request) -> Sequence[Link]:
        """The links that a request would take along a path."""
        return self._view.links_along(path, request)

    def confirmed_at(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
    ) -> int:
        """When all of the path or paths that a request would take now have confirmed it, ps.

        Now, where no path is known at the moment.
        """
        request = self._request(initiator, responder, memories, routing)
        try:
            paths = together(self._routing, request, self._view) or (self._preferred(request),)
        except NoRouteNowError:
            return request.issued
        return request.issued + max(self._round_trip(path, request) for path in paths)

    def _preferred(self, request: Request) -> Sequence[QuantumNode]:
        for path in routes(self._routing, request, self._view):
            return path
        raise NoRouteError(f"there is no path from '{request.initiator.name}' to '{request.responder.name}'")

    def _request(
        self, initiator: QuantumNode, responder: QuantumNode, memories: int, routing: Routing | None
    ) -> Request:
        """A request from now to the horizon."""
        now = initiator.sim.now
        return Request(initiator, responder, now, self._horizon, memories, 0.0, None, now, routing=routing)

    def _round_trip(self, path: Sequence[QuantumNode], request: Request) -> int:
        route = route_of(path, self._view.links_along(path, request))
        return sum(near.delay_to(far) + far.delay_to(near) for near, far in pairwise(route))
