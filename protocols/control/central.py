"""A central controller: one node hears of all requests and says who serves what, and when.

Requests, allotments and reports travel between the nodes and the controller on the classical network. The
controller alone keeps the calendars; a node does what it is told, and ends a flow early only when the
controller says so, so that its memories are never promised twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from protocols.control.control_kind import ControlAtWork, ControlledNetwork
from protocols.flow import Flow
from protocols.grown import Grown
from protocols.network.reservation import HopByHopReservation
from protocols.network.reservation_kind import NodeReservation
from protocols.network.reservation_messages import Refuse
from protocols.network.routing import routes
from protocols.node.agent import FlowAgent
from qsim.errors import NoRouteNowError, nearest
from qsim.model.rows import MetricRow
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.statistics import Tally
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.flow import FlowOwner, Request
    from qsim.model.check_context import CheckContext


@register("control", "central")
@dataclass(frozen=True)
class CentralController(Declared):
    """One node decides on all requests; it sees the whole calendar, and may book ahead."""

    node: Annotated[str, Param("node at which the controller is")]
    interval: Annotated[
        float | None,
        Param(
            "time from one round of decisions to the next; left out, each request is decided on at once",
            unit="s",
            gt=0,
        ),
    ] = None
    order: Annotated[
        str,
        Param(
            "which of the requests of a round goes first: by 'arrival', or the 'smallest' by memories times "
            "duration",
            choices=("arrival", "smallest"),
        ),
    ] = "arrival"
    postpone: Annotated[
        float,
        Param("by how much a window may be moved back to where there are memories for it", unit="s", ge=0),
    ] = 0.0

    def install(self, network: ControlledNetwork) -> ControlAtWork:
        """Set it up on a network."""
        return CentralAtWork(self, network)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """A node that does not exist."""
        if self.node not in context.nodes:
            yield "node", f"unknown node '{self.node}'{nearest(self.node, context.nodes)}"


@dataclass(slots=True)
class Ask:
    """Here is a request."""

    flow: Flow


@dataclass(slots=True)
class Allot:
    """Serve this flow in its window, with these of your places."""

    flow: Flow
    places: tuple[int, ...]


@dataclass(slots=True)
class Decline:
    """The request is refused for want of places at a node."""

    flow: Flow
    at: QuantumNode


@dataclass(slots=True)
class Report:
    """The flow has given what was wanted."""

    flow: Flow


@dataclass(slots=True)
class Free:
    """The flow is over: serve it no more."""

    flow: Flow


class CentralAtWork:
    """A `CentralController` at work.

    Attributes:
        node: where it is.
        answers: time from the issue of each request to the answer at its initiator, s.
    """

    def __init__(self, policy: CentralController, network: ControlledNetwork) -> None:
        self._policy = policy
        self._network = network
        self._view = network.view
        self._sim = network.context.sim
        self._interval = 0 if policy.interval is None else max(1, to_ps(policy.interval))
        self._queue: list[Flow] = []
        self._booked: set[int] = set()
        self._told: Grown[QuantumNode, CentralReservation] = Grown(self._reservation)
        self.node = network.nodes[policy.node]
        self.answers = Tally()
        self.node.on(Ask, self._on_ask)
        self.node.on(Report, self._on_report)

    def at(self, node: QuantumNode) -> NodeReservation:
        """What asks the controller for one node, and does as it is told."""
        return self._told[node]

    def _reservation(self, node: QuantumNode) -> CentralReservation:
        return CentralReservation(self, node, self._network)

    def confirmation(self, route: Sequence[QuantumNode]) -> int:
        """To the controller, a round of decisions, and from there to the farthest node."""
        there = route[0].delay_to(self.node)
        return there + self._interval + max(self.node.delay_to(node) for node in route)

    def metrics(self) -> list[MetricRow]:
        """How long requests waited for an answer."""
        row = self.answers
        return [MetricRow("control", "time to an answer", "s", row.n, row.mean, row.sd)]

    def _on_ask(self, _source: Node, message: Ask) -> None:
        if not self._interval:
            self._decide(message.flow)
            return
        if not self._queue:
            now = self._sim.now
            self._sim.post(-now % self._interval, self._decide_all)
        self._queue.append(message.flow)

    def _decide_all(self) -> None:
        """One round of decisions."""
        queue, self._queue = self._queue, []
        if self._policy.order == "smallest":
            queue.sort(key=lambda flow: _size(flow.request))
        for flow in queue:
            self._decide(flow)

    def _decide(self, flow: Flow) -> None:
        """Book the flow along the first path that has places for it, or decline it."""
        short = flow.request.initiator
        try:
            for path in routes(self._network.routing, flow.request, self._view):
                flow.take(path, self._view.links_along(path, flow.request))
                missing = self._book(flow)
                if missing is None:
                    self._allot(flow)
                    return
                short = missing
        except NoRouteNowError:
            pass
        self.node.send(flow.request.initiator, Decline(flow, short))

    def _book(self, flow: Flow) -> QuantumNode | None:
        """Promise places at all nodes of the route at once; if not, a node that lacks them."""
        asked, missing = flow.request, flow.request.initiator
        for start in self._starts(flow):
            end = asked.end if asked.to_the_end else asked.end + start - asked.start
            if end <= start:
                break
            flow.request = replace(asked, start=start, end=end) if start > asked.start else asked
            short = self._reserve(flow)
            if short is None:
                return None
            missing = short
        flow.request = asked
        return missing

    def _reserve(self, flow: Flow) -> QuantumNode | None:
        """Promise places for its window as it stands; the node that lacks them if there is one."""
        for node in flow.route:
            if not self._told[node].promise(flow):
                for done in flow.route:
                    self._view.calendars[done].release(flow.id)
                return node
        return None

    def _starts(self, flow: Flow) -> Iterator[int]:
        """When the window may begin: as asked, and whenever a promise on the way ends before it must."""
        start = flow.request.start
        yield start
        last = start + to_ps(self._policy.postpone)
        if last > start:
            ends = {
                end + 1
                for node in flow.route
                for _, card in self._view.calendars[node].cards()
                for _, end, _ in card
            }
            yield from sorted(end for end in ends if start < end <= last)

    def _allot(self, flow: Flow) -> None:
        self._booked.add(flow.id)
        self._view.flows[flow.id] = flow
        for node in flow.route:
            self.node.send(node, Allot(flow, self._view.calendars[node].reserved(flow.id)))
        self._sim.post_at(max(flow.request.end, self._sim.now), self._forget, flow)

    def _on_report(self, _source: Node, message: Report) -> None:
        flow = message.flow
        if flow.id in self._booked:
            self._forget(flow)
            for node in flow.route:
                if node is not flow.request.initiator:
                    self.node.send(node, Free(flow))

    def _forget(self, flow: Flow) -> None:
        """Take back what was promised to a flow."""
        if flow.id in self._booked:
            self._booked.discard(flow.id)
            self._view.flows.pop(flow.id, None)
            for node in flow.route:
                self._view.calendars[node].release(flow.id)


class CentralReservation(HopByHopReservation):
    """Asks the controller for one node, and does as it is told."""

    def __init__(self, control: CentralAtWork, node: QuantumNode, network: ControlledNetwork) -> None:
        super().__init__(network.stacks[node], network.routing, network.view)
        self._control = control
        self._places: dict[int, tuple[int, ...]] = {}
        node.on(Allot, self._on_allot)
        node.on(Decline, self._on_decline)
        node.on(Free, self._on_free)

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        flow = Flow(self._stack.context.next_id(), request, owner)
        self._node.send(self._control.node, Ask(flow))
        return flow

    def promise(self, flow: Flow) -> bool:
        """Promise places of this node to a flow, in the controller's calendar; False if they lack."""
        return self._promise(flow)

    def finish(self, flow: Flow) -> None:
        self._node.send(self._control.node, Report(flow))
        self._end(flow)

    def _agent(self, flow: Flow) -> FlowAgent:
        return FlowAgent(self._stack, flow, self._places[flow.id])

    def _take_back(self, flow: Flow) -> bool:
        return self._places.pop(flow.id, None) is not None

    def _on_allot(self, _source: Node, message: Allot) -> None:
        flow = message.flow
        self._places[flow.id] = message.places
        self._prepare(flow)
        if self._node is flow.request.initiator:
            self._answered(flow)
            if self._node.sim.trace is not None:
                names = [node.name for node in flow.path]
                self._node.emit("request_accepted", flow=flow.id, responder=names[-1], path=names)
            flow.owner.accepted(flow)

    def _on_decline(self, _source: Node, message: Decline) -> None:
        self._answered(message.flow)
        self._refused(Refuse(message.flow, message.at, False))

    def _on_free(self, _source: Node, message: Free) -> None:
        self._end(message.flow)

    def _answered(self, flow: Flow) -> None:
        self._control.answers.add(to_s(self._node.sim.now - flow.request.issued))


def _size(request: Request) -> tuple[int, int]:
    """Memories times duration; of equal ones the older first."""
    return request.memories * (request.end - request.start), request.issued
