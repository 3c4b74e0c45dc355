"""What a network can tell of a request before it is made: its path, and when that will have confirmed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from protocols.flow import Flow, Request, route_of
from protocols.network.multipath import together
from protocols.network.routing import routes
from qsim.errors import NoRouteError, NoRouteNowError

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.control.control_kind import ControlAtWork
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing


class Foresight:
    """Looks ahead by routing and control of a network, on requests that last to a horizon in ps."""

    def __init__(self, routing: Routing, control: ControlAtWork, view: NetworkView, horizon: int) -> None:
        self._routing = routing
        self._control = control
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

    def ways(self, flow: Flow) -> Sequence[Flow]:
        """The paths on which the request of a flow sets out now, each as a flow; itself if it has already."""
        if flow.links:
            return (flow,)
        ways: list[Flow] = []
        # Where no path is known, it does not set out.
        with suppress(NoRouteError):
            for path in self._paths(flow.request):
                way = Flow(flow.id, flow.request, flow.owner)
                way.take(path, self._view.links_along(path, flow.request))
                ways.append(way)
        return ways

    def links_of(self, path: Sequence[QuantumNode], request: Request) -> Sequence[Link]:
        """The links that a request would take along a path."""
        return self._view.links_along(path, request)

    def confirmed_at(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
        avoid: frozenset[Hashable] = frozenset(),
    ) -> int:
        """When all of the path or paths that a request would take now have confirmed it, ps.

        Now, where no path is known at the moment.
        """
        request = replace(self._request(initiator, responder, memories, routing), avoid=avoid)
        try:
            paths = self._paths(request)
        except NoRouteNowError:
            return request.issued
        routes_taken = (route_of(path, self._view.links_along(path, request)) for path in paths)
        return request.issued + max(map(self._control.confirmation, routes_taken))

    def _paths(self, request: Request) -> Sequence[Sequence[QuantumNode]]:
        """All that a request would try first now: several where it takes them at once."""
        return together(self._routing, request, self._view) or (self._preferred(request),)

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
