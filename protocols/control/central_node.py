"""One node under a central controller: it asks, and does as it is told."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

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
from protocols.network.reservation import HopByHopReservation
from protocols.network.reservation_messages import Refuse
from protocols.node.agent import FlowAgent
from qsim.statistics import Tally
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.control.control_kind import ControlledNetwork
    from protocols.flow import FlowOwner, Request


class CentralReservation(HopByHopReservation):
    """Asks the controller for one node, and does as it is told.

    Args:
        node: the node.
        network: the network.
        controller: the node of the controller.
        interval: time from one round of its decisions to the next, ps; 0 where it decides at once.
        answers: takes the time from the issue of each request to the answer at its initiator, s.
    """

    def __init__(
        self,
        node: QuantumNode,
        network: ControlledNetwork,
        controller: QuantumNode,
        interval: int,
        answers: Tally,
    ) -> None:
        super().__init__(network.stacks[node], network.routing, network.view)
        self._controller, self._interval, self._answers = controller, interval, answers
        self._outages = network.context.outages
        self._places: dict[int, tuple[int, ...]] = {}
        node.on(Allot, self._on_allot)
        node.on(Decline, self._on_decline)
        node.on(Free, self._on_free)
        node.on(Resume, self._on_resume)

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        flow = Flow(self._stack.context.next_id(), request, owner)
        if self._outages.is_down(self._node):
            self._refused(Refuse(flow, self._node, False, self._own_fault))
            return flow
        self._promised[flow.id] = flow
        self._untried[flow.id] = iter(())
        self._node.send(self._controller, Ask(flow))
        if self._outages.in_play:
            away = self._node.delay_to(self._controller)
            patience = 2 * (away + self._outages.patience) + self._interval
            left = max(0, request.end - self._node.sim.now)
            self._node.sim.post(min(patience, left), self._unanswered_by_controller, flow)
        return flow

    def promise(self, flow: Flow) -> bool:
        """Promise places of this node to a flow, in the controller's calendar; False if they lack."""
        return self._promise(flow)

    def finish(self, flow: Flow) -> None:
        self._node.send(self._controller, Report(flow))
        if self._outages.in_play:
            # The controller may be out of reach for the others.
            super().finish(flow)
        else:
            self._end(flow)

    def noticed(self, thing: Hashable, fault: Fault | None) -> None:
        if self.faults.get(thing) is fault:
            return
        super().noticed(thing, fault)
        self._node.send(self._controller, Notice(thing, fault))

    def restart(self) -> None:
        """The node has come up: the controller learns with its first word that it knows nothing."""
        self._node.send(self._controller, Restarted())

    def reset(self) -> None:
        for flow in tuple(self._promised.values()):
            if flow.request.initiator is self._node:
                self._give_up(flow, self._own_fault)
            else:
                self._end(flow)
        self.faults.clear()

    def _break(self, flow: Flow, fault: Fault, source: Node | None) -> None:
        if flow.id in self._promised:
            self._node.send(self._controller, Report(flow, fault))
        super()._break(flow, fault, source)

    def _agent(self, flow: Flow) -> FlowAgent:
        return FlowAgent(self._stack, flow, self._places[flow.id])

    def _take_back(self, flow: Flow) -> bool:
        self._promised.pop(flow.id, None)
        return self._places.pop(flow.id, None) is not None

    def _on_allot(self, _source: Node, message: Allot) -> None:
        flow = message.flow
        if self._outages.in_play:
            self._node.send(self._controller, Taken(flow))
        if self._node is flow.request.initiator:
            if flow.id not in self._untried:
                # It has been given up meanwhile.
                self._node.send(self._controller, Report(flow, flow.fault))
                return
            self._answered(flow)
        self._promised[flow.id] = flow
        self._places[flow.id] = message.places
        fault = self.fault_of(flow, self.faults)
        if fault is not None:
            # It went down before the controller could hear of it.
            self._break(flow, fault, None)
            return
        self._prepare(flow)
        if self._node is flow.request.initiator:
            del self._untried[flow.id]
            if self._node.sim.trace is not None:
                names = [node.name for node in flow.path]
                self._node.emit("request_accepted", flow=flow.id, responder=names[-1], path=names)
            flow.owner.accepted(flow)

    def _on_decline(self, _source: Node, message: Decline) -> None:
        flow = message.flow
        if self._untried.pop(flow.id, None) is not None:
            self._take_back(flow)
            self._answered(flow)
            self._refused(Refuse(flow, message.at, False, message.fault))

    def _on_free(self, _source: Node, message: Free) -> None:
        flow, fault = message.flow, message.fault
        if fault is not None and flow.id in self._promised and self._node is flow.request.initiator:
            self._give_up(flow, fault)
        else:
            self._end(flow)

    def _on_resume(self, _source: Node, _message: Resume) -> None:
        served = {number: self._promised[number] for number in self._places}
        self._node.send(self._controller, Known(served, dict(self.faults)))

    def _unanswered_by_controller(self, flow: Flow) -> None:
        """The controller has had time enough for its answer."""
        if flow.id in self._untried:
            silence = f"no answer from the controller at {self._controller.name}"
            self._give_up(flow, Fault(silence, why=silence))

    def _answered(self, flow: Flow) -> None:
        self._answers.add(to_s(self._node.sim.now - flow.request.issued))
