"""Routing over the k cheapest paths, and by what is promised on their links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from protocols.network.weights import WEIGHTS, Weight
from qsim.errors import NoRouteError
from qsim.model.disjoint_paths import simple_paths
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Request
    from protocols.network.network_view import NetworkView


@register("routing", "k-shortest")
@dataclass(frozen=True)
class KShortest(Declared):
    """The cheapest path, and when it is refused the next cheapest, up to a number.

    References:
        Yen, Management Science 17, 712 (1971).
    """

    paths: Annotated[int, Param("how many paths are tried", ge=1)] = 3
    weight: Weight = "length"

    def route(self, request: Request, view: NetworkView) -> Iterator[Sequence[QuantumNode]]:
        """The paths in the order of their costs."""
        source, target = request.initiator.name, request.responder.name
        edges = view.weighed(WEIGHTS[self.weight])
        given = 0
        for names in islice(simple_paths(edges, view.barred, source, target), self.paths):
            given += 1
            yield tuple(view.nodes[name] for name in names)
        if not given:
            raise NoRouteError(f"there is no path from '{source}' to '{target}'")


@register("routing", "load-aware")
@dataclass(frozen=True)
class LoadAware(Declared):
    """The path of least cost and load in the request's window; if that is refused, that of least cost alone.

    It sees what every node has promised, see `NetworkView`.
    """

    weight: Weight = "length"
    aversion: Annotated[
        float, Param("how many times its own cost a link costs more when all its memories are promised", ge=0)
    ] = 1.0

    def route(self, request: Request, view: NetworkView) -> Iterator[Sequence[QuantumNode]]:
        """Round what is promised, and straight on."""
        weight = WEIGHTS[self.weight]

        def cost(link: Link) -> float:
            has = min(len(link.places[link.first]), len(link.places[link.second]))
            return weight(link) * (1 + self.aversion * view.load(link, request.start, request.end) / has)

        ends = request.initiator, request.responder
        preferred = view.cheapest(*ends, cost)
        yield preferred
        straight = view.shortest(*ends, weight)
        if straight != preferred:
            yield straight
