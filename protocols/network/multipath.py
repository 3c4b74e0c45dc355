"""One request over several paths at once: which they are, and how their pairs are counted together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from protocols.flow import Flow
from protocols.network.routing import StatedPath
from protocols.network.weights import WEIGHTS, Weight
from qsim.errors import NoRouteError
from qsim.model.disjoint_paths import disjoint_paths, simple_paths
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.flow import Fault, FlowOwner, Request
    from protocols.network.network_view import NetworkView
    from protocols.network.reservation_kind import NodeReservation
    from protocols.network.routing import Routing


def together(policy: Routing, request: Request, view: NetworkView) -> Sequence[Sequence[QuantumNode]]:
    """The paths that a request takes at once; none where its policy has no method `together`.

    Of a request that keeps away from something, those that do.

    Raises:
        NoRouteError: there is no path.
    """
    at_once = getattr(request.routing or policy, "together", None)
    paths = at_once(request, view) if at_once is not None else ()
    return [path for path in paths if view.avoids(path, request.avoid)] if request.avoid else paths


@register("routing", "multipath")
@dataclass(frozen=True)
class Multipath(Declared):
    """Each request over several paths at once, its pairs counted together.

    The request takes its memories on every one of the paths, so the ends need them once a path. Paths that
    are refused are done without; the request is refused when all are.
    """

    paths: Annotated[int, Param("how many paths are taken at once, as far as there are so many", ge=1)] = 2
    weight: Weight = "length"
    disjoint: Annotated[
        str,
        Param(
            "what the paths have not in common: 'nodes' on the way, 'links', or 'nothing', so that they are "
            "the cheapest ones whatever they share",
            choices=("nodes", "links", "nothing"),
        ),
    ] = "nodes"

    def together(self, request: Request, view: NetworkView) -> Sequence[Sequence[QuantumNode]]:
        """The paths of least summed cost."""
        source, target = request.initiator.name, request.responder.name
        edges = view.weighed(WEIGHTS[self.weight])
        if self.disjoint == "nothing":
            ways: Iterable[tuple[str, ...]] = simple_paths(edges, view.barred, source, target)
            found = [way for way, _ in zip(ways, range(self.paths), strict=False)]
        else:
            nodes = self.disjoint == "nodes"
            found = disjoint_paths(edges, view.barred, source, target, self.paths, nodes=nodes)
        if not found:
            raise NoRouteError(f"there is no path from '{source}' to '{target}'")
        return [tuple(view.nodes[name] for name in way) for way in found]

    def route(self, request: Request, view: NetworkView) -> Iterator[Sequence[QuantumNode]]:
        """The same paths one by one, for who asks for one only."""
        yield from self.together(request, view)


class Bundle:
    """One request served by a flow on each of several paths: the owner of these flows.

    Its own owner hears of one flow, which is accepted with the first of its parts, counts the pairs of all,
    and is over when all are.

    Args:
        whole: the flow that the owner hears of.
        owner: the owner.
        reservation: of the initiator.
        changed: called with the whole and a part that has been accepted or is over.
    """

    def __init__(
        self,
        whole: Flow,
        owner: FlowOwner,
        reservation: NodeReservation,
        changed: Callable[[Flow, Flow], None],
    ) -> None:
        self.whole = whole
        self._owner = owner
        self._reservation = reservation
        self._changed = changed
        self._pending = 0
        self._over = False
        # What ended or refused the part that was the last to go; None where it came to its end.
        self._fault: Fault | None = None

    def submit(self, paths: Sequence[Sequence[QuantumNode]]) -> None:
        """Ask for a flow on each of the paths."""
        self._pending = len(paths)
        for path in paths:
            # How many pairs are wanted in all is for the whole to say.
            part = replace(self.whole.request, pairs=None, routing=StatedPath(tuple(path)))
            self._reservation.submit(part, self)

    def finish(self) -> None:
        """End all parts from their initiator."""
        self._over = True
        for part in self.whole.parts:
            if part.closed is None:
                self._reservation.finish(part)

    def accepted(self, flow: Flow) -> None:
        self._pending -= 1
        whole = self.whole
        first = not whole.parts
        whole.parts = (*whole.parts, flow)
        if self._over:
            self._reservation.finish(flow)
            return
        self._changed(whole, flow)
        if first:
            whole.take(flow.path, flow.links)
            self._owner.accepted(whole)

    def refused(self, request: Request, at: QuantumNode) -> None:
        self._pending -= 1
        if not self._pending and not self.whole.parts:
            self._fault = self.whole.passing or self._fault
            self._tell_of_fault()
            self._owner.refused(self.whole.request, at)
        else:
            # A part is no request of its own.
            self._reservation.rejected -= 1
            self._end_if_over()

    def deliver(self, flow: Flow, memory: Memory) -> None:
        self._owner.deliver(self.whole, memory)

    def lost(self, flow: Flow, memory: Memory) -> None:
        self._owner.lost(self.whole, memory)

    def ended(self, flow: Flow) -> None:
        self._fault = flow.fault
        self._changed(self.whole, flow)
        self._end_if_over()

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._fault = fault
        self.whole.turned_down(fault)

    def resumed(self, flow: Flow) -> None:
        """Parts are not made again: the others go on."""

    def _end_if_over(self) -> None:
        parts = self.whole.parts
        if (
            self.whole.closed is None
            and not self._pending
            and parts
            and all(part.closed is not None for part in parts)
        ):
            self._tell_of_fault()
            # Until now a path that had no answer yet might have gone on with it.
            self.whole.closed = self.whole.request.initiator.sim.now
            self._owner.ended(self.whole)

    def _tell_of_fault(self) -> None:
        """The whole is over because of a fault, if its last part is."""
        if self._fault is not None and not self._over:
            self.whole.fault = self._fault
            self._owner.broken(self.whole, self._fault)
