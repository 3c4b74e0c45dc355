"""What a network hears of a request on the way to its owner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from hardware.outages import Outages
    from protocols.faults.network_faults import NetworkFaults
    from protocols.flow import Fault, Flow, FlowOwner, Request
    from protocols.runtime.recorder import Recorder
    from protocols.runtime.stall import StallWatch
    from protocols.runtime.starvation import Refusals


class Following(Protocol):
    """What a network has to hear with."""

    recorder: Recorder
    refusals: Refusals
    watch: StallWatch
    outages: Outages
    faults: NetworkFaults

    def stop_if_done(self) -> None: ...


class FollowedRequest:
    """Passes everything on to the owner of a request, and lets the network's recorder and watch know.

    Args:
        network: where the request is served.
        owner: the owner.
    """

    def __init__(self, network: Following, owner: FlowOwner) -> None:
        self._network = network
        self._owner = owner
        self._flow: Flow | None = None
        self._refusal: tuple[Request, QuantumNode] | None = None
        self._fault: Fault | None = None
        self.deliver = owner.deliver
        self.lost = owner.lost

    def accepted(self, flow: Flow) -> None:
        network, before = self._network, self._flow
        self._flow = flow
        network.recorder.accepted(flow)
        network.refusals.accepted(self._owner, flow)
        if not flow.parts:
            network.watch.follow(flow)
        if network.outages.in_play:
            network.faults.accepted(flow)
        if before is None:
            self._owner.accepted(flow)
        else:
            self._owner.resumed(flow)

    def part_changed(self, whole: Flow, part: Flow) -> None:
        """A flow on one of several paths has been accepted, or is over."""
        if part.closed is None:
            self._network.watch.follow(part)
        self._network.faults.changed(whole)

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._fault = fault
        self._owner.broken(flow, fault)

    def resumed(self, flow: Flow) -> None:
        self._owner.resumed(flow)

    def refused(self, request: Request, at: QuantumNode) -> None:
        fault, self._fault = self._fault, None
        if fault is None:
            self._network.refusals.refused(self._owner, request, at)
        self._refusal = request, at
        recovery = self._network.faults.recovery
        pending = recovery.pending(self)
        # For want of memories nothing is made again but what is being made again already.
        if (fault is None and not pending) or not recovery.again(self, request, 0, fault, promised=pending):
            self.given_up()

    def ended(self, flow: Flow) -> None:
        fault, self._fault = self._fault, None
        network = self._network
        if network.outages.in_play:
            network.faults.ended(flow)
            recovery = network.faults.recovery
            # It has been served, so it has been waited for long enough.
            request = replace(flow.request, patience=None)
            if fault is not None and recovery.again(self, request, flow.pairs, fault, promised=True):
                return
        self.given_up()

    def given_up(self) -> None:
        """Nothing more comes of the request."""
        if self._flow is not None:
            self._owner.ended(self._flow)
        elif self._refusal is not None:
            self._owner.refused(*self._refusal)
        self._network.stop_if_done()
