"""Random traffic: every node asks for entanglement with a random partner, over and over.

The generator of the published metropolitan network. A request is drawn in this order: responder, start,
duration, memories, fidelity. A refused request is drawn again after a pause, with the same responder and
fidelity and fresh start, duration and memories. The next request comes 1 ps after the window of the one
before closes.

References:
    Wu et al., arXiv 2009.12000. With ``streams: published`` each node draws from
    ``numpy.random.default_rng(seed + index of the node)``, which reproduces the published lists of requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Annotated

from protocols.apps.base import App
from protocols.flow import Request
from qsim.errors import nearest
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    import numpy as np

    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Flow
    from qsim.model.check_context import CheckContext


@register("app", "random-request")
@dataclass(frozen=True)
class RandomRequestApp(Declared):
    """Endless random requests from a set of nodes.

    Ranges are half-open: the upper bound itself is never drawn.
    """

    nodes: Annotated[tuple[str, ...] | None, Param("nodes that ask and are asked; left out, all of them")] = (
        None
    )
    lead_min: Annotated[float, Param("least time from asking to the start", unit="s", gt=0)] = 1.0
    lead_max: Annotated[float, Param("greatest time from asking to the start", unit="s", gt=0)] = 2.0
    lead_step: Annotated[float, Param("start times are multiples of this", unit="s", gt=0)] = 0.1
    duration_min: Annotated[float, Param("shortest window", unit="s", gt=0)] = 10.0
    duration_max: Annotated[float, Param("longest window", unit="s", gt=0)] = 20.0
    duration_step: Annotated[float, Param("durations are multiples of this", unit="s", gt=0)] = 1.0
    memories_min: Annotated[int, Param("fewest memories at each end", ge=1)] = 10
    memories_share: Annotated[
        float, Param("greatest number of memories, as a share of the asking node's own", gt=0, le=1)
    ] = 0.5
    memories_max: Annotated[
        tuple[int, ...] | None,
        Param(
            "upper bounds of the number of memories instead of the share: one for all nodes, or one for "
            "each, in their order",
            ge=1,
        ),
    ] = None
    fidelity_min: Annotated[float, Param("lowest target fidelity", ge=0, le=1)] = 0.8
    fidelity_max: Annotated[float, Param("highest target fidelity", ge=0, le=1)] = 1.0
    retry: Annotated[float, Param("pause after a refusal", unit="s", gt=0)] = 1.0
    among: Annotated[
        str,
        Param(
            "whether 'all' nodes ask all others, which paths must then join, or each only those that are "
            "'reachable'",
            choices=("all", "reachable"),
        ),
    ] = "all"
    streams: Annotated[
        str,
        Param(
            "where random numbers come from: 'named' streams, or the 'published' generators, "
            "seeded with seed + node index",
            choices=("named", "published"),
        ),
    ] = "named"

    def install(self, network: Network) -> list[RandomRequester]:
        named = self.nodes or tuple(name for name, node in network.nodes.items() if node.memories)
        chosen = [network.node(name) for name in named]
        requesters = []
        for place, node in enumerate(chosen):
            others = [other for other in chosen if other is not node]
            if self.among == "reachable":
                others = [other for other in others if network.view.reach.connected(node.name, other.name)]
            if others:
                most = self.memories_below(place, len(node.memories))
                requesters.append(RandomRequester(network, self, node, others, most))
        return requesters

    def workload(self, network: Network) -> Iterator[Request]:
        """One request for each node that asks, as if it were served for the whole of the run."""
        named = self.nodes or tuple(name for name, node in network.nodes.items() if node.memories)
        for near, far in pairwise((*named, named[0])):
            ends = network.node(near), network.node(far)
            yield Request(*ends, 0, network.horizon, self.memories_min, 0.0, None, 0)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        names = self.nodes or tuple(name for name in context.nodes if context.nodes[name].count)
        if len(names) < 2:
            yield "nodes", "random requests need at least two nodes"
        for place, name in enumerate(names):
            if name not in context.nodes:
                yield f"nodes[{place}]", f"unknown node '{name}'{nearest(name, context.nodes)}"
                continue
            count = context.nodes[name].count
            if self.memories_max is None and int(count * self.memories_share) < self.memories_min:
                yield (
                    "memories_min",
                    f"must be at most {self.memories_share:g} of the {count} memories of '{name}', "
                    f"got {self.memories_min}",
                )
        yield from self._bounds_at_fault(context, names)
        if self.among == "all":
            yield from _apart(context, names)
        elif not any(context.connected(a, b) for a, b in combinations(dict.fromkeys(names), 2)):
            yield "nodes", "no path joins any two of these nodes"
        for low, high in (
            ("lead_min", "lead_max"),
            ("duration_min", "duration_max"),
            ("fidelity_min", "fidelity_max"),
        ):
            if getattr(self, low) > getattr(self, high):
                yield low, f"must not exceed {high} = {getattr(self, high):g}, got {getattr(self, low):g}"

    def memories_below(self, place: int, count: int) -> int:
        """The upper bound of the number of memories that a node asks for.

        Args:
            place: number of the node among those that take part.
            count: memories of the node.
        """
        if self.memories_max is None:
            return int(count * self.memories_share)
        return self.memories_max[place if len(self.memories_max) > 1 else 0]

    def _bounds_at_fault(self, context: CheckContext, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        if self.memories_max is None:
            return
        given = len(self.memories_max)
        if given not in (1, len(names)):
            yield (
                "memories_max",
                f"must be one number, or one for each of the {len(names)} nodes; got {given}",
            )
            return
        for place, name in enumerate(names):
            if name not in context.nodes:
                continue
            count = context.nodes[name].count
            below = self.memories_below(place, count)
            if not self.memories_min < below <= count + 1:
                yield (
                    "memories_max",
                    f"must be above memories_min = {self.memories_min} and at most one more than the {count} "
                    f"memories of '{name}', got {below}",
                )


def _apart(context: CheckContext, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Nodes that a request from another one cannot reach, each told once."""
    known = [(place, name) for place, name in enumerate(names) if name in context.nodes]
    # Ways between routers join up to longer ones, so one of them speaks for all; end nodes join nothing.
    transitive = all(context.nodes[name].relays for _, name in known)
    for position, (place, name) in enumerate(known):
        for _, other in known[: min(position, 1) if transitive else position]:
            if not context.connected(other, name):
                yield (
                    f"nodes[{place}]",
                    f"there is no path between '{other}' and '{name}'; `among: reachable` has each "
                    "node ask those that it can reach",
                )
                break


class RandomRequester(App):
    """One node's random requests.

    Args:
        others: the nodes that may be asked, in network order.
        memories_upper: upper bound of the number of memories asked for, itself never drawn.
    """

    def __init__(
        self,
        network: Network,
        parameters: RandomRequestApp,
        node: QuantumNode,
        others: list[QuantumNode],
        memories_upper: int,
    ) -> None:
        super().__init__(network)
        self._parameters = parameters
        self._node = node
        self._others = others
        if parameters.streams == "named":
            # The order in which a scenario lists its nodes is no part of what is drawn.
            self._others = sorted(others, key=lambda other: other.name)
        self._issued = 0
        self._rng = self._stream()
        self._memories_upper = memories_upper
        self.sim.post(0, self._ask_anew)

    def accepted(self, flow: Flow) -> None:
        self.sim.post_at(max(flow.request.end + 1, self.sim.now), self._ask_anew)

    def refused(self, request: Request, at: QuantumNode) -> None:
        self.sim.post(to_ps(self._parameters.retry), self._ask_again, request)

    def _stream(self) -> np.random.Generator:
        if self._parameters.streams == "named":
            return self.sim.array_stream(f"random-request/{self._node.name}")
        import numpy as np

        return np.random.default_rng(self.sim.seed + self._node.index)

    def _ask_anew(self) -> None:
        parameters = self._parameters
        self._issued = self.sim.now
        responder = self._others[int(self._rng.integers(len(self._others)))]
        start, end, memories = self._window()
        fidelity = float(self._rng.uniform(parameters.fidelity_min, parameters.fidelity_max))
        self._submit(responder, start, end, memories, fidelity)

    def _ask_again(self, refused: Request) -> None:
        self._submit(refused.responder, *self._window(), refused.fidelity)

    def _window(self) -> tuple[int, int, int]:
        """Draw start and end in picoseconds, and the number of memories."""
        parameters = self._parameters
        lead = self._multiple(parameters.lead_min, parameters.lead_max, parameters.lead_step)
        duration = self._multiple(parameters.duration_min, parameters.duration_max, parameters.duration_step)
        start = self.sim.now + lead
        return start, start + duration, self._integer(parameters.memories_min, self._memories_upper)

    def _multiple(self, low: float, high: float, step: float) -> int:
        return self._integer(round(low / step), round(high / step)) * to_ps(step)

    def _integer(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high)) if high > low else low

    def _submit(self, responder: QuantumNode, start: int, end: int, memories: int, fidelity: float) -> None:
        request = Request(self._node, responder, start, end, memories, fidelity, None, self._issued)
        self.network.submit(request, self)
