"""One request for entanglement between two nodes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from hardware.segments import segments
from protocols.apps.base import App
from protocols.flow import Request
from protocols.network.routing import StatedPath, StaticRoutes
from qsim.errors import ParameterError, StateError, nearest
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Fault, Flow
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
        float | None,
        Param("length of the window; left out, until the end of the run", unit="s", gt=0, le=1e12),
    ] = None
    memories: Annotated[int, Param("memories at each end; routers on the way give twice as many", ge=1)] = 1
    fidelity: Annotated[float, Param("least fidelity of a delivered pair; 0 takes any", ge=0, le=1)] = 0.0
    pairs: Annotated[int | None, Param("pairs wanted; left out, as many as the window gives", ge=1)] = None
    retry: Annotated[
        float | None, Param("time after a refusal at which to ask again; left out, give up", unit="s", gt=0)
    ] = None
    path: Annotated[
        tuple[str, ...] | None, Param("names of the nodes on the path that it takes; left out, as routed")
    ] = None
    routing: Annotated[
        Any | None, OfKind("routing", "how its paths are found, if not as those of the network")
    ] = None

    def install(self, network: Network) -> RequestRunner:
        return RequestRunner(network, self)

    def workload(self, network: Network) -> Iterator[Request]:
        """The request with the longest window that it can have."""
        start = 0 if self.start is None else to_ps(self.start)
        end = network.horizon if self.duration is None else start + to_ps(self.duration)
        ends = network.node(self.initiator), network.node(self.responder)
        yield Request(*ends, start, end, self.memories, self.fidelity, self.pairs, 0)

    def request(self, network: Network, issued: int) -> Request:
        """The request as it would be issued now; its window is empty when the run ends before it can open.

        Args:
            network: the network.
            issued: when it was first asked, ps.
        """
        initiator, responder = network.node(self.initiator), network.node(self.responder)
        routing = self.routing
        if self.path is not None:
            routing = StatedPath(tuple(map(network.node, self.path)))
        start = network.earliest_start(initiator, responder, self.memories, routing)
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
            routing=routing,
            wanted_from=None if self.start is None else to_ps(self.start),
        )

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        ends = {"initiator": self.initiator, "responder": self.responder}
        yield from self._path_faults(context)
        unknown = {key: name for key, name in ends.items() if name not in context.nodes}
        for key, name in unknown.items():
            yield key, f"unknown node '{name}'{nearest(name, context.nodes)}"
        if self.start is not None and self.start >= context.run.duration:
            end = f"{context.run.duration:g} s"
            yield "start", f"must lie before the end of the run at {end}, got {self.start:g} s"
        if unknown:
            return
        for name in dict.fromkeys(ends.values()):
            count, meaning = _offered(context, name)
            if count < self.memories:
                yield "memories", f"must be at most {count}, {meaning}, got {self.memories}"
        purification = context.nodes[self.responder].purification or context.protocols.purification
        rounds = purification.rounds_at(0)
        between = {self.initiator, self.responder}
        if rounds and isinstance(purification.rounds, int):
            nodes: Mapping[str, Any] = context.nodes
            parts = segments(nodes, context.links)
            if not any(between == {part.nodes[0], part.nodes[-1]} for part in parts):
                # A swapped pair that waits for its partner keeps its memory while the next one is made.
                rounds *= 2
        if self.memories <= rounds:
            yield (
                "memories",
                f"must be at least {rounds + 1}: {rounds} rounds of purification, in all, join pairs of "
                f"equal rounds at '{self.responder}', got {self.memories}",
            )
        if self.initiator == self.responder:
            yield "responder", f"must differ from the initiator, got '{self.responder}' for both"
        elif not context.connected(self.initiator, self.responder):
            yield "responder", f"there is no path from '{self.initiator}' to '{self.responder}'"
        elif self.fidelity > 0:
            from protocols.apps.fidelity_bound import best_fidelity

            try:
                best = best_fidelity(context, self.initiator, self.responder, self.memories)
            except (StateError, ParameterError):
                return  # The policy that asks too much of the formalism, or the node of the link, tells it.
            if best < self.fidelity:
                yield (
                    "fidelity",
                    f"no protocol of this scenario brings a pair between '{self.initiator}' and "
                    f"'{self.responder}' above {best:.6g} with {self.memories} "
                    f"{'memory' if self.memories == 1 else 'memories'} at each end, got {self.fidelity:g}",
                )

    def _path_faults(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """A path that the network does not have, that leads elsewhere, or beside a policy."""
        if hasattr(self.routing, "install"):
            yield "routing", "this policy lives at the nodes of a network: state it under protocols.routing"
        if self.path is None:
            return
        if self.routing is not None:
            yield "routing", "a request has a `path` or a `routing` of its own, not both"
        if (self.path[:1], self.path[-1:]) != ((self.initiator,), (self.responder,)):
            yield "path", f"must lead from '{self.initiator}' to '{self.responder}', got {list(self.path)}"
        for key, fault in StaticRoutes((self.path,)).check(context):
            yield key.replace("paths[0]", "path"), fault


def _offered(context: CheckContext, name: str) -> tuple[int, str]:
    """The most memories of a node that one link can use, and what that number is."""
    node = context.nodes[name]
    links = context.links if len(node.banks) > 1 else ()
    used = [link.bank(link.between.index(name), node.banks) for link in links if name in link.between]
    if not used:
        return node.count, f"all that '{name}' has"
    return max(node.banks[bank].count for bank in used), f"the largest bank of '{name}' that a link uses"


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
        self._fault: Fault | None = None
        self._issued = self.sim.now
        self.sim.post(0, self._ask)

    def refused(self, request: Request, at: QuantumNode) -> None:
        if self.parameters.retry is not None:
            self.sim.post(to_ps(self.parameters.retry), self._ask)
            return
        end = "the end of the run" if request.to_the_end else f"{to_s(request.end):g} s"
        why = "too few free memories" if self._fault is None else self._fault.reason
        self._give_up(
            f"{at.name} refused the request {request.initiator.name}-{request.responder.name} from "
            f"{to_s(request.start):g} s to {end}: {why}; it was not repeated (see `retry`)",
            like=("refused", at.name, request.initiator.name, request.responder.name),
        )

    def accepted(self, flow: Flow) -> None:
        self.flow = flow

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._fault = fault

    def resumed(self, flow: Flow) -> None:
        self.flow = flow

    @property
    def done(self) -> bool:
        return self._given_up or (self.flow is not None and self.flow.closed is not None)

    def _give_up(self, note: str, like: Hashable = None) -> None:
        self._given_up = True
        self.network.note(note, like)
        self.network.stop_if_done()

    def _ask(self) -> None:
        self._fault = None
        request = self.parameters.request(self.network, self._issued)
        if request.end <= request.start:
            self._give_up(
                f"the request {request.initiator.name}-{request.responder.name} was not made at "
                f"{self.sim.now_s:g} s: its path confirms by {to_s(request.start):g} s, and the run ends at "
                f"{to_s(request.end):g} s"
            )
            return
        self.network.submit(request, self)
