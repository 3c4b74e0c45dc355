"""Reservation of memories along a path.

Under hop-by-hop reservation, in the manner of RSVP, a request moves from the initiator to the responder along
a path that the routing policy proposes. Each node promises memories for the window wanted (the ends as many
as asked, routers twice as many) and passes the request on; one that cannot sends a refusal back, and every
node on the way takes its promise back as the refusal passes. The initiator then tries the next path proposed.
The responder's confirmation travels back along the same path; a node that sees it pass will serve the flow in
its window.

References:
    Wu et al., arXiv 2009.12000; the algorithm reproduces the published lists of flows of its metropolitan
    network exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from protocols.flow import Fault, Flow, FlowOwner, Request
from protocols.network.reservation_kind import NodeReservation
from protocols.network.reservation_messages import Broken, Confirm, Refuse, Release, Reserve
from protocols.network.routing import NO_ROUTE, routes
from protocols.node.agent import FlowAgent
from qsim.errors import NoRouteError, NoRouteNowError
from qsim.parameters import Declared
from qsim.registry import register

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.network.network_view import NetworkView
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack


@register("reservation", "hop-by-hop")
@dataclass(frozen=True)
class HopByHop(Declared):
    """Each node of the path promises its memories and asks the next."""

    def build(self, stack: NodeStack, routing: Routing, view: NetworkView) -> NodeReservation:
        return HopByHopReservation(stack, routing, view)


class HopByHopReservation(NodeReservation):
    """A `HopByHop` at work at one node."""

    def __init__(self, stack: NodeStack, routing: Routing, view: NetworkView) -> None:
        self._stack = stack
        self._node = node = stack.node
        self._routing = routing
        self._view = view
        self._untried: dict[int, Iterator[Sequence[QuantumNode]]] = {}
        # Flows that have a promise here and no confirmation yet, in the order of the promises.
        self._half_made: dict[int, Flow] = {}
        self._promised: dict[int, Flow] = {}
        self.calendar = view.calendars[node]
        self.rejected = self.crossed = 0
        self.faults = {}
        node.on(Broken, self.on_broken)
        node.on(Reserve, self.on_reserve)
        node.on(Confirm, self.on_confirm)
        node.on(Refuse, self.on_refuse)
        node.on(Release, self.on_release)

    @property
    def flows(self) -> Mapping[int, Flow]:
        return self._promised

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        sim = self._node.sim
        flow = Flow(self._stack.context.next_id(), request, owner)
        if sim.trace is not None:
            self._node.emit(
                "request_submitted",
                responder=request.responder.name,
                start_ps=request.start,
                end_ps=request.end,
                memories=request.memories,
                fidelity=request.fidelity,
            )
        if self._stack.context.outages.is_down(self._node):
            self._refused(Refuse(flow, self._node, False, self._own_fault))
            return flow
        try:
            found = self._set_out(flow, routes(self._routing, request, self._view))
        except NoRouteNowError:
            self._refused(Refuse(flow, self._node, False, NO_ROUTE))
            return flow
        if not found:
            if not flow.links:
                raise NoRouteError(f"there is no path from '{self._node.name}' to '{request.responder.name}'")
            self._refused(self._refusal(flow))
        return flow

    def finish(self, flow: Flow) -> None:
        # The release leaves first: a request that the application issues at the end must not overtake it.
        self._node.send(flow.route[1], Release(flow))
        self._end(flow)

    def on_reserve(self, _source: Node, message: Reserve) -> None:
        """Promise and go on, or refuse."""
        flow = message.flow
        if not self._claim(flow):
            self._turn_down(self._refusal(flow))

    def on_confirm(self, _source: Node, message: Confirm) -> None:
        """Make ready to serve, and pass the confirmation on."""
        flow = message.flow
        if flow.id not in self._half_made:
            return  # The promise is gone, and so is the flow.
        self._prepare(flow)
        if self._node is not flow.request.initiator:
            self._node.send(self._neighbour(flow, -1), message)
            return
        del self._untried[flow.id]
        if self._node.sim.trace is not None:
            names = [node.name for node in flow.path]
            self._node.emit("request_accepted", flow=flow.id, responder=names[-1], path=names)
        flow.owner.accepted(flow)

    def on_refuse(self, _source: Node, message: Refuse) -> None:
        """Take the promise back, and pass the refusal on or try the next path."""
        flow = message.flow
        if flow.id not in self._half_made:
            return
        self._take_back(flow)
        if self._node is flow.request.initiator:
            del self._view.flows[flow.id]
        self._turn_down(message)

    def on_release(self, _source: Node, message: Release) -> None:
        """End the flow here and pass the message on."""
        flow = message.flow
        if self._node is not flow.request.responder:
            self._node.send(self._neighbour(flow, 1), message)
        self._end(flow)

    def on_broken(self, source: Node, message: Broken) -> None:
        """End the flow here and pass the message on."""
        self._break(message.flow, message.fault, source)

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._break(flow, fault, None)

    def reset(self) -> None:
        for flow in tuple(self._view.flows.values()):
            if flow.request.initiator is self._node:
                self._give_up(flow, self._own_fault)
        for agent in tuple(self._stack.agents.values()):
            self._end(agent.flow)
        # What a program holds for qubits of its own is no flow's, and stays.
        for number in self._promised:
            self.calendar.release(number)
        self._half_made.clear()
        self._promised.clear()
        self.faults.clear()

    @property
    def _own_fault(self) -> Fault:
        name = self._node.name
        outage = self._stack.context.outages.elements.get(("node", name))
        return Fault(f"node {name}", frozenset((self._node,)), outage=outage)

    def _break(self, flow: Flow, fault: Fault, source: Node | None) -> None:
        """End a flow, if there is anything of it here, and tell those beside on the route but the source."""
        if flow.id not in self.flows:
            return
        place = flow.route.index(self._node)
        for neighbour in (*flow.route[max(place - 1, 0) : place], *flow.route[place + 1 : place + 2]):
            if neighbour is not source:
                self._node.send(neighbour, Broken(flow, fault))
        if self._node is flow.request.initiator:
            self._give_up(flow, fault)
        else:
            self._end(flow)

    def _give_up(self, flow: Flow, fault: Fault) -> None:
        """The initiator ends a flow because of a fault, accepted or not; it is not tried again."""
        flow.fault = fault
        if self._node.sim.trace is not None:
            self._node.emit("flow_broken", flow=flow.id, cause=str(fault))
        if flow.id not in self._untried:
            flow.owner.broken(flow, fault)
            self._end(flow)
            return
        del self._untried[flow.id]
        self._take_back(flow)
        self._view.flows.pop(flow.id, None)
        self._refused(Refuse(flow, self._node, False, fault))

    def _unanswered(self, flow: Flow, links: Sequence[Link]) -> None:
        """A reservation has waited long enough for its answer."""
        if flow.id in self._half_made and flow.links is links:
            following = self._neighbour(flow, 1)
            avoid = links[flow.path.index(self._node)] if self._node in flow.path[:-1] else following
            silence = Fault(f"no answer from {following.name}", frozenset((avoid,)))
            # What is at fault may have been noticed since it was asked.
            self.broken(flow, self.fault_of(flow, self.faults) or silence)

    def _neighbour(self, flow: Flow, step: int) -> QuantumNode:
        return flow.route[flow.route.index(self._node) + step]

    def _set_out(self, flow: Flow, paths: Iterator[Sequence[QuantumNode]]) -> bool:
        """Ask for the flow along the first path left for which this node can promise its memories."""
        for path in paths:
            flow.take(path, self._view.links_along(path, flow.request))
            if self._claim(flow):
                self._untried[flow.id] = paths
                return True
            flow.turned_down(self.fault_of(flow, self.faults))
        return False

    def _claim(self, flow: Flow) -> bool:
        """Promise memories and ask the next node, or confirm; False, and nothing done, if they are taken."""
        if (self.faults and self.fault_of(flow, self.faults)) or not self._promise(flow):
            return False
        self._half_made[flow.id] = self._promised[flow.id] = flow
        if self._node is flow.request.responder:
            self._prepare(flow)
            self._node.send(self._neighbour(flow, -1), Confirm(flow))
            return True
        if self._node is flow.request.initiator:
            self._view.flows[flow.id] = flow
        self._node.send(self._neighbour(flow, 1), Reserve(flow))
        outages = self._stack.context.outages
        if outages.in_play:
            rest = flow.route[flow.route.index(self._node) :]
            way = sum(near.delay_to(far) for near, far in pairwise(rest))
            patience = 2 * way + (len(rest) - 1) * outages.patience
            left = max(0, flow.request.end - self._node.sim.now)
            self._node.sim.post(min(patience, left), self._unanswered, flow, flow.links)
        return True

    def _refusal(self, flow: Flow) -> Refuse:
        """Why the node cannot promise what a flow wants."""
        return Refuse(flow, self._node, self._contested(flow), self.fault_of(flow, self.faults))

    def fault_of(self, flow: Flow, faults: Mapping[Hashable, Fault]) -> Fault | None:
        """What of a path is among these faults at this node: of its banks, and of what it is linked to."""
        if not faults or self._node not in flow.route:
            return None
        node, place = self._node, flow.route.index(self._node)
        wanted = self._wanted(flow)
        banks = [bank for bank, places in node.banks.items() if places in wanted]
        touching = [link for link in flow.links if node in link.nodes]
        beside = (*flow.route[max(place - 1, 0) : place], *flow.route[place + 1 : place + 2])
        things: tuple[Hashable, ...] = (*((node, bank) for bank in banks), *touching, *beside)
        return next((faults[thing] for thing in things if thing in faults), None)

    def _turn_down(self, refusal: Refuse) -> None:
        """Pass a refusal back; the initiator tries the next path."""
        flow = refusal.flow
        if self._node is not flow.request.initiator:
            self._node.send(self._neighbour(flow, -1), refusal)
            return
        flow.turned_down(refusal.fault)
        if not self._set_out(flow, self._untried.pop(flow.id)):
            self._refused(refusal)

    def _take_back(self, flow: Flow) -> bool:
        """Take back what was promised to a flow; False when nothing was."""
        self._half_made.pop(flow.id, None)
        self._promised.pop(flow.id, None)
        return self.calendar.release(flow.id)

    def _contested(self, flow: Flow) -> bool:
        """Whether other nodes' requests that are not confirmed yet have promises in the window of a flow."""
        wanted = flow.request
        return any(
            other.initiator is not wanted.initiator
            and other.start <= wanted.end
            and wanted.start <= other.end
            for other in (known.request for known in self._half_made.values())
        )

    def _promise(self, flow: Flow) -> bool:
        start, end, now = flow.request.start, flow.request.end, self._node.sim.now
        calendar, wanted = self.calendar, self._wanted(flow)
        if not calendar.limits:
            return calendar.reserve(flow.id, start, end, wanted, now) is not None
        return calendar.reserve(flow.id, start, end, wanted, now, self._shares(flow)) is not None

    def _shares(self, flow: Flow) -> dict[Hashable, int]:
        """How many memories each link of a flow takes here."""
        node = self._node
        demand = node.spec.demand(flow.request.memories)
        return {link: demand for link in flow.links if node in link.places}

    def _wanted(self, flow: Flow) -> Counter[range]:
        """How many of which places a flow wants here."""
        request, node = flow.request, self._node
        wanted: Counter[range] = Counter()
        transfer = self._stack.policies.transfer
        for places in flow.places.get(node, ()):
            share = node.spec.demand(request.memories)
            # Where halves are moved, the memories that make them serve both sides in turn.
            wanted[places] = share if transfer is not None else wanted[places] + share
        if transfer is not None:
            wanted[node.banks[transfer.bank]] = transfer.memories or request.memories
        return wanted

    def _refused(self, refusal: Refuse) -> None:
        flow, at = refusal.flow, refusal.at
        request, fault = flow.request, flow.passing or refusal.fault
        self.rejected += 1
        self.crossed += refusal.crossed
        if self._node.sim.trace is not None:
            self._node.emit("request_rejected", responder=request.responder.name, at=at.name)
        if fault is not None:
            flow.owner.broken(flow, fault)
        flow.owner.refused(request, at)

    def _prepare(self, flow: Flow) -> None:
        """Serve the flow in its window; a node that light only crosses keeps a station for it."""
        sim = self._node.sim
        self._half_made.pop(flow.id, None)
        if self._node in flow.path:
            self._stack.agents[flow.id] = self._agent(flow)
        if self._node in flow.path or self._stack.context.outages.in_play:
            sim.post_at(max(flow.request.start, sim.now) + flow.switching_ps, self._start, flow)
        sim.post_at(max(flow.request.end, sim.now), self._end, flow)

    def _agent(self, flow: Flow) -> FlowAgent:
        """What serves a flow at this node."""
        return FlowAgent(self._stack, flow, self.calendar.reserved(flow.id))

    def _start(self, flow: Flow) -> None:
        agent = self._stack.agents.get(flow.id)
        sim = self._node.sim
        if self.faults and (fault := self.fault_of(flow, self.faults)) is not None:
            self.broken(flow, fault)
            return
        # A confirmation that comes after the window finds the memories promised to somebody else.
        if agent is None or sim.now >= flow.request.end:
            return
        if sim.trace is not None:
            self._node.emit("flow_started", flow=flow.id)
        agent.start()

    def _end(self, flow: Flow) -> None:
        agent = self._stack.agents.pop(flow.id, None)
        if agent is not None:
            agent.stop()
        if not self._take_back(flow):
            return
        sim = self._node.sim
        if sim.trace is not None:
            self._node.emit("flow_ended", flow=flow.id, pairs=flow.pairs)
        if self._node is flow.request.initiator:
            self._view.flows.pop(flow.id, None)
            flow.closed = sim.now
            flow.owner.ended(flow)
