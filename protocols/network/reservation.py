"""Hop-by-hop reservation of memories, in the manner of RSVP.

A request moves from the initiator to the responder. Each node promises memories for the window wanted (the
ends as many as asked, routers twice as many) and passes the request on; one that cannot sends a refusal back,
and every node on the way takes its promise back as the refusal passes. The responder's confirmation travels
back along the same path; a node that sees it pass knows the whole path and will serve the flow in its window.

References:
    Wu et al., arXiv 2009.12000; the algorithm reproduces the published lists of flows of its metropolitan
    network exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocols.flow import Flow, FlowOwner, Request
from protocols.network.calendar import Calendar
from protocols.node.agent import FlowAgent

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack


@dataclass(slots=True)
class Reserve:
    """Reserve memories for this flow; `path` is the way that the request has come."""

    flow: Flow
    path: tuple[QuantumNode, ...]


@dataclass(slots=True)
class Confirm:
    """The whole path has promised its memories."""

    flow: Flow


@dataclass(slots=True)
class Refuse:
    """A node could not promise its memories; `path` leads from the initiator to that node."""

    flow: Flow
    path: tuple[QuantumNode, ...]


@dataclass(slots=True)
class Release:
    """The flow is over before its time."""

    flow: Flow


class ReservationProtocol:
    """The reservation protocol of one node.

    Args:
        stack: the node's protocols.
        routing: the network's routing policy.

    Attributes:
        calendar: time cards of the node's memories.
        rejected: requests that this node issued and that were refused.
    """

    def __init__(self, stack: NodeStack, routing: Routing) -> None:
        self._stack = stack
        self._node = stack.node
        self._routing = routing
        self.calendar = Calendar(len(stack.node.memories))
        self.rejected = 0
        self._node.handlers.update(
            {
                Reserve: self.on_reserve,
                Confirm: self.on_confirm,
                Refuse: self.on_refuse,
                Release: self.on_release,
            }
        )

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        """Issue a request from this node; the owner will be told what comes of it.

        Raises:
            NoRouteError: there is no path to the responder.
        """
        sim = self._node.sim
        flow = Flow(self._stack.context.next_id(), request, owner)
        if sim.trace is not None:
            sim.trace.emit(
                sim.now,
                "request_submitted",
                self._node.name,
                responder=request.responder.name,
                start_ps=request.start,
                end_ps=request.end,
                memories=request.memories,
                fidelity=request.fidelity,
            )
        next_hop = self._routing.next_hop(self._node, request.responder)
        if self._promise(flow, request.memories):
            self._node.send(next_hop, Reserve(flow, (self._node,)))
        else:
            self._refused(flow, self._node)
        return flow

    def finish(self, flow: Flow) -> None:
        """End a flow at its initiator before its window closes, and free the memories along its path."""
        # The release leaves first: a request that the application issues at the end must not overtake it.
        self._node.send(flow.path[1], Release(flow))
        self._end(flow)

    def on_reserve(self, source: Node, message: Reserve) -> None:
        """Promise and pass on, confirm, or refuse."""
        flow = message.flow
        request = flow.request
        path = (*message.path, self._node)
        last = self._node is request.responder
        looped = self._node in message.path
        if looped or not self._promise(flow, request.memories if last else 2 * request.memories):
            self._node.send(source, Refuse(flow, path))
        elif last:
            flow.path = path
            self._prepare(flow)
            self._node.send(source, Confirm(flow))
        else:
            next_hop = self._routing.next_hop(self._node, request.responder)
            self._node.send(next_hop, Reserve(flow, path))

    def on_confirm(self, _source: Node, message: Confirm) -> None:
        """Make ready to serve, and pass the confirmation on."""
        flow = message.flow
        self._prepare(flow)
        position = flow.path.index(self._node)
        if position > 0:
            self._node.send(flow.path[position - 1], message)
            return
        sim = self._node.sim
        if sim.trace is not None:
            names = [node.name for node in flow.path]
            sim.trace.emit(
                sim.now, "request_accepted", self._node.name, flow=flow.id, responder=names[-1], path=names
            )
        flow.owner.accepted(flow)

    def on_refuse(self, _source: Node, message: Refuse) -> None:
        """Take the promise back and pass the refusal on."""
        flow = message.flow
        self.calendar.release(flow.id)
        position = message.path.index(self._node)
        if position > 0:
            self._node.send(message.path[position - 1], message)
        else:
            self._refused(flow, message.path[-1])

    def on_release(self, _source: Node, message: Release) -> None:
        """End the flow here and pass the message on."""
        flow = message.flow
        position = flow.path.index(self._node)
        if position < len(flow.path) - 1:
            self._node.send(flow.path[position + 1], message)
        self._end(flow)

    def _promise(self, flow: Flow, count: int) -> bool:
        request = flow.request
        now = self._node.sim.now
        return self.calendar.reserve(flow.id, request.start, request.end, count, now) is not None

    def _refused(self, flow: Flow, at: QuantumNode) -> None:
        sim = self._node.sim
        self.rejected += 1
        if sim.trace is not None:
            sim.trace.emit(
                sim.now,
                "request_rejected",
                self._node.name,
                responder=flow.request.responder.name,
                at=at.name,
            )
        flow.owner.refused(flow.request, at)

    def _prepare(self, flow: Flow) -> None:
        """Serve the flow in its window."""
        sim = self._node.sim
        agent = FlowAgent(self._stack, flow, self.calendar.reserved(flow.id))
        self._stack.agents[flow.id] = agent
        sim.post_at(max(flow.request.start, sim.now), self._start, flow)
        sim.post_at(max(flow.request.end, sim.now), self._end, flow)

    def _start(self, flow: Flow) -> None:
        agent = self._stack.agents.get(flow.id)
        sim = self._node.sim
        # A confirmation that comes after the window finds the memories promised to somebody else.
        if agent is None or sim.now >= flow.request.end:
            return
        if sim.trace is not None:
            sim.trace.emit(sim.now, "flow_started", self._node.name, flow=flow.id)
        agent.start()

    def _end(self, flow: Flow) -> None:
        agent = self._stack.agents.pop(flow.id, None)
        if agent is None:
            return
        agent.stop()
        self.calendar.release(flow.id)
        sim = self._node.sim
        if sim.trace is not None:
            sim.trace.emit(sim.now, "flow_ended", self._node.name, flow=flow.id, pairs=flow.pairs)
        if agent.position == 0:
            flow.closed = sim.now
            flow.owner.ended(flow)
