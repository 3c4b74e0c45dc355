"""One request for entanglement between two nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from protocols.apps.base import App
from protocols.apps.checks import request_faults
from protocols.flow import Request
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Flow
    from qsim.model.check_context import CheckContext


@register("app", "request")
@dataclass(frozen=True)
class RequestApp(Declared):
    """Asks for pairs between two nodes, once; asks again after a refusal if told to."""

    initiator: Annotated[str, Param("node that asks")]
    responder: Annotated[str, Param("node at the other end")]
    start: Annotated[
        float | None,
        Param("beginning of the window; left out, as soon as the path has confirmed", unit="s", ge=0),
    ] = None
    duration: Annotated[
        float | None, Param("length of the window; left out, until the end of the run", unit="s", gt=0)
    ] = None
    memories: Annotated[int, Param("memories at each end; routers on the way give twice as many", ge=1)] = 1
    fidelity: Annotated[float, Param("least fidelity of a delivered pair; 0 takes any", ge=0, le=1)] = 0.0
    pairs: Annotated[int | None, Param("pairs wanted; left out, as many as the window gives", ge=1)] = None
    retry: Annotated[
        float | None, Param("time after a refusal at which to ask again; left out, give up", unit="s", gt=0)
    ] = None

    def install(self, network: Network) -> RequestRunner:
        """Set the application up on a network."""
        return RequestRunner(network, self)

    def request(self, network: Network, issued: int) -> Request:
        """The request as it would be issued now; its window is empty when the run ends before it can open.

        Args:
            network: the network.
            issued: when it was first asked, ps.
        """
        initiator, responder = network.node(self.initiator), network.node(self.responder)
        start = network.earliest_start(initiator, responder, self.memories)
        if self.start is not None:
            start = max(start, to_ps(self.start))
        end = network.horizon if self.duration is None else start + to_ps(self.duration)
        return Request(
            initiator=initiator,
            responder=responder,
            start=start,
            end=end,
            memories=self.memories,
            fidelity=self.fidelity,
            pairs=self.pairs,
            issued=issued,
            to_the_end=self.duration is None,
        )

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        return request_faults(
            context, self.initiator, self.responder, self.memories, self.fidelity, self.start
        )


class RequestRunner(App):
    """A `RequestApp` at work.

    Attributes:
        flow: the flow that serves the request, once it is accepted.
    """

    def __init__(self, network: Network, parameters: RequestApp) -> None:
        super().__init__(network)
        self.parameters = parameters
        self.flow: Flow | None = None
        self._given_up = False
        self._issued = self.sim.now
        self.sim.post(0, self._ask)

    def refused(self, request: Request, at: QuantumNode) -> None:
        if self.parameters.retry is not None:
            self.sim.post(to_ps(self.parameters.retry), self._ask)
            return
        end = "the end of the run" if request.to_the_end else f"{to_s(request.end):g} s"
        self._give_up(
            f"{at.name} refused the request {request.initiator.name}-{request.responder.name} from "
            f"{to_s(request.start):g} s to {end}: too few free memories; it was not repeated (see `retry`)"
        )

    def accepted(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def done(self) -> bool:
        return self._given_up or (self.flow is not None and self.flow.closed is not None)

    def _give_up(self, note: str) -> None:
        self._given_up = True
        self.network.note(note)
        self.network.stop_if_done()

    def _ask(self) -> None:
        request = self.parameters.request(self.network, self._issued)
        if request.end <= request.start:
            self._give_up(
                f"the request {request.initiator.name}-{request.responder.name} was not made at "
                f"{self.sim.now_s:g} s: its path confirms by {to_s(request.start):g} s, and the run ends at "
                f"{to_s(request.end):g} s"
            )
            return
        self.network.submit(request, self)
