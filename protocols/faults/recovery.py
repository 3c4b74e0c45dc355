"""What becomes of a request whose path is at fault: it has failed, or it is made again.

A request for a window to come is refused for good only because of an outage that is not known to be over by
then. Where it is, the request is made again as the outage ends; where nobody knows what is at fault (no
answer came, no path is known), after each pause until the window begins. In its window the policy decides.

A request that is made again keeps its window's end and asks for the pairs that are missing. Under `retry` it
is made after a pause; under `reroute` at once, along a path without what it has met at fault so far, and
after a pause where there is none, when all that it has met is given another chance. Either way it goes on
until it is served or its window is over. A flow that is lost before its window has begun, as a node on its
path has forgotten it, is asked for again under any policy, until the window begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from protocols.flow import FlowOwner
from qsim.errors import NoRouteError
from qsim.units import to_ps

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hardware.node import QuantumNode
    from hardware.outages import Outages
    from protocols.flow import Fault, Flow, Request
    from protocols.network.routing import Routing
    from qsim.kernel import Simulator
    from qsim.model.fault_spec import FaultsSpec


class Requester(FlowOwner, Protocol):
    """A request on its way, a `protocols.runtime.followed_request.FollowedRequest`."""

    def part_changed(self, whole: Flow, part: Flow) -> None:
        """A flow on one of several paths has been accepted, or is over."""
        ...

    def given_up(self) -> None:
        """It is not made again: its window is over."""
        ...


class Asked(Protocol):
    """The network in which requests are made, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        sim: the simulator.
        outages: what is down.
    """

    sim: Simulator
    outages: Outages

    def issue(self, request: Request, followed: Requester) -> Flow:
        """Make a request of one that is followed already."""
        ...

    def earliest_start(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
        avoid: frozenset[Hashable] = frozenset(),
    ) -> int: ...


class Recovery:
    """The policy at work in one network."""

    def __init__(self, network: Asked, spec: FaultsSpec) -> None:
        self._network = network
        self._policy = spec.on_fault
        self._pause = to_ps(spec.retry)
        self._pending: dict[FlowOwner, Request] = {}

    @property
    def under_way(self) -> bool:
        """Whether any request is to be made again, or has been and is not served yet."""
        return bool(self._pending)

    def pending(self, owner: Requester) -> bool:
        """Whether a request is to be made again, or has been and is not served yet."""
        return owner in self._pending

    def again(
        self, owner: Requester, request: Request, pairs: int, fault: Fault | None, *, promised: bool
    ) -> bool:
        """Make a request again, if the policy says so.

        Args:
            owner: who will be told of it.
            request: as it was made last.
            pairs: how many of those wanted have been delivered since.
            fault: what is at fault; None when it is made again already and has been refused for want of
                memories.
            promised: whether it had been accepted.

        Returns:
            Whether it will be.
        """
        sim = self._network.sim
        wanted = None if request.pairs is None else request.pairs - pairs
        # As it was first wanted: what is made later begins later.
        before = self._pending.get(owner)
        request = request if before is None else replace(request, start=before.start)
        hopeless = not promised and (fault is None or fault.lasts(request.start))
        if sim.now >= self._last(request) or wanted == 0 or (self._policy == "fail" and hopeless):
            self._pending.pop(owner, None)
            return False
        avoid = request.avoid
        if self._policy == "reroute" and fault is not None:
            # Nothing leads round the two ends.
            avoid |= fault.avoid - {request.initiator, request.responder}
        self._pending[owner] = known = replace(request, pairs=wanted, avoid=avoid)
        until = None if fault is None else fault.until
        if avoid != request.avoid:
            wait = 0
        elif until is not None and sim.now < until <= request.start:
            wait = self._within(until - sim.now, known)
        else:
            # Where nothing new is known, the same path would be tried at once and for ever.
            wait = self._within(self._pause, known)
        sim.post(wait, self._make, owner)
        return True

    def settled(self, owner: FlowOwner) -> Request | None:
        """A request is served: as it was first wanted, where it was being made again."""
        return self._pending.pop(owner, None)

    def _make(self, owner: Requester) -> None:
        network, request = self._network, self._pending[owner]
        if network.outages.is_down(request.initiator):
            self._wait(owner, request)
            return
        try:
            start = network.earliest_start(
                request.initiator, request.responder, request.memories, request.routing, request.avoid
            )
            if max(start, request.start) < request.end:
                made = replace(request, start=max(start, request.start))
                network.issue(made, owner)
                return
        except NoRouteError:
            pass
        self._wait(owner, replace(request, avoid=frozenset()))

    def _wait(self, owner: Requester, request: Request) -> None:
        """Try later, or never again."""
        sim = self._network.sim
        self._pending[owner] = request
        if sim.now >= self._last(request):
            del self._pending[owner]
            owner.given_up()
            return
        sim.post(self._within(self._pause, request), self._make, owner)

    def _last(self, request: Request) -> int:
        """Until when a request is made again, ps."""
        last = request.start if self._policy == "fail" else request.end
        return last if request.patience is None else min(last, request.patience)

    def _within(self, wait: int, request: Request) -> int:
        """A pause that does not go past the beginning of a window, nor past the last time, ps."""
        now, last = self._network.sim.now, self._last(request)
        return min(wait, (min(request.start, last) if request.start > now else last) - now)
