"""Routing: the paths that a request may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Protocol

from protocols.flow import Fault
from protocols.network.weights import WEIGHTS, Weight, fibre_length
from qsim.errors import NetworkError, NoRouteError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from hardware.node import QuantumNode
    from protocols.flow import Request
    from protocols.network.network_view import NetworkView
    from qsim.model.check_context import CheckContext


class Routing(Protocol):
    """A routing policy, registered under the kind "routing"."""

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """Paths for a request, the preferred one first.

        The initiator tries them one after the other until one is not refused. A generator is asked for its
        next path only then, and sees the network as it is by that time.

        Returns:
            Nodes with memories from the initiator to the responder, each a neighbour of the one before.

        Raises:
            NoRouteError: there is none, and there never will be.
            NoRouteNowError: none is known now; the request is refused.
        """
        ...


#: Why a request is refused for which no path is known.
NO_ROUTE = Fault("no known path", why="no path is known")

define_kind("routing", Routing, "how-to/load-aware-routing.md")


def routes(policy: Routing, request: Request, view: NetworkView) -> Iterator[tuple[QuantumNode, ...]]:
    """The paths for a request, one by one: of its own policy, or else of that given.

    Of a request that keeps away from something, only those that do; the last is the shortest that does.

    Raises:
        NetworkError: they are no paths; the policy is named.
    """
    policy = request.routing or policy
    if request.avoid:
        yield from _kept_away(policy, request, view)
    else:
        yield from _given(policy, request, view)


def _kept_away(policy: Routing, request: Request, view: NetworkView) -> Iterator[tuple[QuantumNode, ...]]:
    """The paths that keep away from what the request avoids, each once."""
    seen: set[tuple[QuantumNode, ...]] = set()
    with suppress(NoRouteError):
        for path in _given(policy, request, view):
            if path not in seen and view.avoids(path, request.avoid):
                seen.add(path)
                yield path
    detour = view.detour(request.initiator, request.responder, request.avoid)
    if detour is not None and detour not in seen:
        yield detour


def _given(policy: Routing, request: Request, view: NetworkView) -> Iterator[tuple[QuantumNode, ...]]:
    paths: object = policy.route(request, view)
    if not isinstance(paths, Iterable):
        raise NetworkError(f"{type(policy).__name__}.route must give paths, got {paths!r}")
    for path in paths:
        nodes = tuple(path) if isinstance(path, Iterable) else ()
        if not nodes or any(view.nodes.get(getattr(node, "name", "")) is not node for node in nodes):
            raise NetworkError(
                f"{type(policy).__name__}.route must give paths, each a sequence of nodes, got {path!r}"
            )
        yield nodes


def seen_from(policy: Routing, node: QuantumNode) -> Routing:
    """A policy as one node applies it, to requests of any: by what this node knows, where that differs."""
    view_of = getattr(policy, "seen_from", None)
    return policy if view_of is None else view_of(node)


@dataclass(frozen=True)
class StatedPath:
    """The policy of a request that names its path."""

    path: tuple[QuantumNode, ...]

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """That path."""
        return (self.path,)


@register("routing", "shortest-path")
@dataclass(frozen=True)
class ShortestPath(Declared):
    """Dijkstra on the links; trees are computed when a node first asks."""

    weight: Weight = "length"

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """The shortest path."""
        yield view.shortest(request.initiator, request.responder, WEIGHTS[self.weight])


@register("routing", "static")
@dataclass(frozen=True)
class StaticRoutes(Declared):
    """Given paths, each valid in both directions, and for the nodes on it that have none of their own.

    Other pairs of nodes take the shortest path by length.
    """

    paths: Annotated[tuple[tuple[str, ...], ...], Param("paths as lists of node names")] = field(default=())

    def route(self, request: Request, view: NetworkView) -> Iterable[Sequence[QuantumNode]]:
        """The path given, from the first node on the shortest one that has any."""
        target = request.responder
        path = [request.initiator]
        while path[-1] is not target:
            known = self._ways.get((path[-1].name, target.name))
            if known is None:
                path.append(view.shortest(path[-1], target, fibre_length)[1])
            else:
                path.extend(view.nodes[name] for name in known[1:])
        yield path

    @cached_property
    def _ways(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The way from a node to a destination, by their names: a path of theirs, or the rest of one."""
        ways: dict[tuple[str, str], tuple[str, ...]] = {}
        both = [way for path in self.paths for way in (tuple(path), tuple(path[::-1]))]
        for start in range(max(map(len, both), default=1) - 1):
            for way in both:
                if start < len(way) - 1:
                    ways.setdefault((way[start], way[-1]), way[start:])
        return ways

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Paths that the network does not have."""
        for place, path in enumerate(self.paths):
            for position, name in enumerate(path):
                where = f"paths[{place}][{position}]"
                if name not in context.nodes:
                    yield where, f"unknown node '{name}'{nearest(name, context.nodes)}"
                elif name in path[:position]:
                    yield where, f"a path comes to each node once, got '{name}' again"
                elif 0 < position < len(path) - 1 and not context.nodes[name].relays:
                    yield where, f"'{name}' is an end node, which nothing is routed through"
            for position, (before, name) in enumerate(pairwise(path), start=1):
                known = before in context.nodes and name in context.nodes
                if known and before != name and before not in context.neighbours(name):
                    yield f"paths[{place}][{position}]", f"there is no link from '{before}' to '{name}'"
