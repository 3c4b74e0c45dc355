"""What a network hears of a request on the way to its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.flow import Flow, FlowOwner, Request
    from protocols.runtime.recorder import Recorder
    from protocols.runtime.stall import StallWatch
    from protocols.runtime.starvation import Refusals


class Following(Protocol):
    """What a network has to hear with."""

    recorder: Recorder
    refusals: Refusals
    watch: StallWatch

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
        self.deliver = owner.deliver
        self.lost = owner.lost

    def accepted(self, flow: Flow) -> None:
        self._network.recorder.accepted(flow)
        self._network.refusals.accepted(self._owner, flow)
        if not flow.parts:
            self._network.watch.follow(flow)
        self._owner.accepted(flow)

    def refused(self, request: Request, at: QuantumNode) -> None:
        self._network.refusals.refused(self._owner, request, at)
        self._owner.refused(request, at)
        self._network.stop_if_done()

    def ended(self, flow: Flow) -> None:
        self._owner.ended(flow)
        self._network.stop_if_done()
