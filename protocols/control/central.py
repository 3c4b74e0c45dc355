"""A central controller: one node hears of all requests and says who serves what, and when.

Requests, allotments and reports travel between the nodes and the controller on the classical network. The
controller alone keeps the calendars; a node does what it is told, and ends a flow early only when the
controller says so, so that its memories are never promised twice.

Where parts of the network may be down, nodes tell the controller what they take to be at fault, and it books
nothing along that. A flow that a fault ends is over at every node that hears of it, from its neighbours or
from the controller; a node ends what it serves before the controller knows, never after. The controller keeps
its calendars through an outage of its own, and compares them with what its nodes know as it comes up again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from protocols.control.central_node import CentralReservation
from protocols.control.control_kind import ControlAtWork, ControlledNetwork, idle_reservation
from protocols.control.control_messages import (
    Allot,
    Ask,
    Decline,
    Free,
    Known,
    Notice,
    Report,
    Restarted,
    Resume,
    Taken,
)
from protocols.flow import Fault, Flow
from protocols.network.in_touch import out_of_touch
from protocols.network.reservation_kind import NodeReservation
from protocols.network.routing import NO_ROUTE, routes, seen_from
from qsim.errors import NoRouteNowError, nearest
from qsim.model.rows import MetricRow
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.statistics import Tally
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from hardware.outages import Element
    from protocols.flow import Request
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
        """A node that does not exist, or that hears nothing of others; what would have nothing to do."""
        yield from idle_reservation(context)
        if self.node not in context.nodes:
            yield "node", f"unknown node '{self.node}'{nearest(self.node, context.nodes)}"
            return
        linked = [name for name in context.nodes if context.links_at(name)]
        yield from (("node", fault) for fault in out_of_touch(context, self.node, linked))


class CentralAtWork:
    """A `CentralController` at work.

    Attributes:
        node: where it is.
        booked: the flows that it has promised places to and takes to be served, by number.
        answers: time from the issue of each request to the answer at its initiator, s.
    """

    def __init__(self, policy: CentralController, network: ControlledNetwork) -> None:
        self._policy = policy
        self._network = network
        self._view = network.view
        self._sim = network.context.sim
        self._interval = 0 if policy.interval is None else max(1, to_ps(policy.interval))
        self._queue: list[Flow] = []
        self.booked: dict[int, Flow] = {}
        # Flows whose nodes may not have heard what was said last.
        self._doubtful: dict[int, Flow] = {}
        # Nodes that have not said yet that they have heard of a flow.
        self._silent: dict[int, dict[Node, None]] = {}
        self._faults: dict[Node, Mapping[Hashable, Fault]] = {}
        self._told: dict[Node, CentralReservation] = {}
        self.node = network.nodes[policy.node]
        self._routing = seen_from(network.routing, self.node)
        self.answers = Tally()
        self.node.on(Ask, self._on_ask)
        self.node.on(Report, self._on_report)
        self.node.on(Notice, self._on_notice)
        self.node.on(Restarted, self._on_restarted)
        self.node.on(Known, self._on_known)
        self.node.on(Taken, self._on_taken)
        network.context.outages.watch(self._changed)

    def at(self, node: QuantumNode) -> NodeReservation:
        """What asks the controller for one node, and does as it is told."""
        made = CentralReservation(node, self._network, self.node, self._interval, self.answers)
        self._told[node] = made
        return made

    def _node(self, node: QuantumNode) -> CentralReservation:
        """The part of a node, which the network knows of from now on."""
        if node not in self._told:
            self._network.reservations[node]
        return self._told[node]

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
        short: QuantumNode = self.node
        fault: Fault | None = NO_ROUTE
        try:
            for path in routes(self._routing, flow.request, self._view):
                flow.take(path, self._view.links_along(path, flow.request))
                known = self._fault_of(flow)
                if known is not None:
                    short, fault = known
                    flow.turned_down(fault)
                    continue
                missing = self._book(flow)
                if missing is None:
                    self._allot(flow)
                    return
                short, fault = missing, None
        except NoRouteNowError:
            pass
        self.node.send(flow.request.initiator, Decline(flow, short, fault))

    def _fault_of(self, flow: Flow) -> tuple[QuantumNode, Fault] | None:
        """Who has told of what to be at fault on the path of a flow."""
        silent = self._faults.get(self.node, {})
        for node in flow.route if self._faults else ():
            if node in silent:
                return self.node, replace(silent[node], avoid=frozenset((node,)))
            fault = self._node(node).fault_of(flow, self._faults.get(node, {}))
            if fault is not None:
                return node, fault
        return None

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
            if not self._node(node).promise(flow):
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
        self.booked[flow.id] = flow
        self._view.flows[flow.id] = flow
        for node in flow.route:
            self.node.send(node, Allot(flow, self._view.calendars[node].reserved(flow.id)))
        self._sim.post_at(max(flow.request.end, self._sim.now), self._forget, flow)
        if self._network.context.outages.in_play:
            self._listen(flow)

    def _listen(self, flow: Flow) -> None:
        """Give the nodes of a flow time enough to say that they serve it."""
        silent = self._silent[flow.id] = dict.fromkeys(flow.route)
        farthest = max(self.node.delay_to(node) for node in flow.route)
        patience = self._network.context.outages.patience
        self._sim.post(2 * (farthest + patience), self._unheard, flow, silent)

    def _on_taken(self, source: Node, message: Taken) -> None:
        self._silent.get(message.flow.id, {}).pop(source, None)

    def _unheard(self, flow: Flow, silent: dict[Node, None]) -> None:
        """All nodes of a flow have had time enough; these have not said that they serve it."""
        if self._silent.get(flow.id) is not silent:
            return  # The controller has been down meanwhile.
        del self._silent[flow.id]
        if silent:
            node = next(iter(silent))
            self._free(flow, Fault(f"no answer from {node.name}", frozenset((node,))), None)

    def _on_report(self, source: Node, message: Report) -> None:
        self._free(message.flow, message.fault, source)

    def _free(self, flow: Flow, fault: Fault | None, source: Node | None) -> None:
        """End a flow, and tell all its nodes but one that knows it to be over."""
        if flow.id in self.booked:
            self._forget(flow)
            for node in flow.route:
                if node is not source:
                    self.node.send(node, Free(flow, fault))

    def _forget(self, flow: Flow) -> None:
        """Take back what was promised to a flow."""
        if self.booked.pop(flow.id, None) is not None:
            self._doubtful.pop(flow.id, None)
            self._view.flows.pop(flow.id, None)
            for node in flow.route:
                self._view.calendars[node].release(flow.id)

    def _on_notice(self, source: Node, message: Notice) -> None:
        """A node takes something to be at fault, or no more."""
        known = dict(self._faults.get(source, {}))
        known.pop(message.thing, None)
        if message.fault is not None:
            known[message.thing] = message.fault
        self._knows_of(source, known)

    def _knows_of(self, node: Node, faults: Mapping[Hashable, Fault]) -> None:
        self._faults.pop(node, None)
        if faults:
            self._faults[node] = faults

    def _on_restarted(self, source: Node, _message: Restarted) -> None:
        """A node has forgotten everything, so its flows are over."""
        self._knows_of(source, {})
        for flow in tuple(self.booked.values()):
            if source in flow.route:
                self._free(flow, Fault(f"node {source.name}", frozenset((source,))), None)

    def _changed(self, element: Element) -> None:
        """A node has gone down or come up; one that comes up says so to those who have to know."""
        if element.kind != "node":
            return
        node = element.nodes[0]
        if node is self.node:
            self._queue.clear()
            self._silent.clear()
            self._doubtful = dict(self.booked)
            if not element.down:
                self._resume()
        if not element.down and node in self._told:
            self._told[node].restart()

    def _resume(self) -> None:
        """Ask all others what they serve, after an outage of the controller's own."""
        for told in tuple(self._told):
            if told is not self.node:
                self.node.send(told, Resume())
        for flow in self._doubtful.values():
            self._listen(flow)

    def _on_known(self, source: Node, message: Known) -> None:
        """Compare what a node knows with what was booked before the controller went down."""
        self._knows_of(source, message.faults)
        fault = Fault(f"node {self.node.name}", frozenset((self.node,)))
        for flow in tuple(self._doubtful.values()):
            if source in flow.route and flow.id not in message.flows:
                self._free(flow, fault, None)
        for number in message.flows:
            self._silent.get(number, {}).pop(source, None)
        for number, flow in message.flows.items():
            if number not in self.booked:
                self.node.send(source, Free(flow, flow.fault))


def _size(request: Request) -> tuple[int, int]:
    """Memories times duration; of equal ones the older first."""
    return request.memories * (request.end - request.start), request.issued
