"""Between which nodes requests are asked for, and how often: the kind "demand".

A demand gives a weight for every ordered pair of nodes, initiator first; a request is between a pair with the
probability that its weight is of all weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Annotated, Final, Protocol

import numpy as np

from protocols.network.weights import fibre_length
from qsim.errors import ParameterError, nearest
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from protocols.apps.base import Network
    from protocols.network.network_view import NetworkView
    from qsim.model.check_context import CheckContext

#: Most nodes between which requests are drawn: there is a weight for every pair.
MOST_NODES: Final = 1000
#: Distances below this count as this in a gravity model, m.
_NEAR: Final = 1.0

#: Length of the shortest fibre path between two nodes, m.
Apart = Callable[[str, str], float]


class Demand(Protocol):
    """What every registered demand offers."""

    @property
    def among(self) -> str:
        """The word "all", or "reachable" for only those pairs that a path joins."""
        ...

    def named(self) -> Sequence[str] | None:
        """The nodes that it speaks of; None for all nodes with memories."""
        ...

    def weights(self, names: Sequence[str], apart: Apart) -> NDArray[np.float64]:
        """The weights of all pairs of nodes, shape (initiators, responders), both in the order of the names.

        Args:
            names: the nodes that take part.
            apart: tells the distance of a pair that a path joins.
        """
        ...


define_kind("demand", Demand, "how-to/open-traffic.md")

_AMONG = Param(
    "'all' pairs, each of which must then be joined by a path, or only those that are 'reachable'",
    choices=("all", "reachable"),
)


class _OfNodes(Declared):
    """What demands have in common: a check of the nodes that they name."""

    among: str

    def named(self) -> Sequence[str] | None:
        raise NotImplementedError

    def weights(self, names: Sequence[str], apart: Apart) -> NDArray[np.float64]:
        raise NotImplementedError

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Nodes that do not exist, have no memories or no path, and demands without a pair."""
        named = self.named()
        for name in named or ():
            if name not in context.nodes:
                yield "", f"unknown node '{name}'{nearest(name, context.nodes)}"
            elif not context.nodes[name].count:
                yield "", f"'{name}' has no memories to hold entanglement in"
        if any(name not in context.nodes for name in named or ()):
            return
        names = taking_part(self, [name for name in context.nodes if context.nodes[name].count])
        if len(names) > MOST_NODES:
            yield "", f"speaks of {len(names)} nodes, and {MOST_NODES} is the most; name fewer"
            return
        wanted = self.weights(names, lambda *_: _NEAR) > 0
        joined = reachable(names, context.connected, context.pieces)
        apart = np.argwhere(wanted & ~joined)
        if self.among == "all" and len(apart):
            a, b = (names[place] for place in apart[0])
            more = "" if len(apart) == 1 else f", nor between {len(apart) - 1} more pairs"
            yield "", f"there is no path between '{a}' and '{b}'{more}; `among: reachable` leaves them out"
        elif not (wanted & joined).any():
            yield "", "asks for no pair: there must be two nodes with memories and a path between them"


@register("demand", "uniform")
@dataclass(frozen=True)
class UniformDemand(_OfNodes):
    """Every ordered pair of nodes alike."""

    nodes: Annotated[
        tuple[str, ...] | None, Param("nodes that ask and are asked; left out, all that have memories")
    ] = None
    among: Annotated[str, _AMONG] = "all"

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        _check_names("UniformDemand", self.nodes or ())

    def named(self) -> Sequence[str] | None:
        return self.nodes

    def weights(self, names: Sequence[str], apart: Apart) -> NDArray[np.float64]:
        return 1.0 - np.eye(len(names))


@register("demand", "matrix")
@dataclass(frozen=True)
class MatrixDemand(_OfNodes):
    """A matrix of origins and destinations: the weight of each ordered pair as stated."""

    nodes: Annotated[tuple[str, ...], Param("names of rows and columns, in order")]
    table: Annotated[
        tuple[tuple[float, ...], ...], Param("weights, initiator (row) to responder (column)", ge=0)
    ]
    among: Annotated[str, _AMONG] = "all"

    def __post_init__(self) -> None:
        Declared.__post_init__(self)
        _check_names("MatrixDemand", self.nodes)
        size = len(self.nodes)
        if [len(row) for row in self.table] != [size] * size:
            raise ParameterError(f"`MatrixDemand.table` must have {size} rows of {size} weights")
        for place, name in enumerate(self.nodes):
            if self.table[place][place]:
                raise ParameterError(f"`MatrixDemand.table` must have 0 from '{name}' to itself")
        if not any(map(any, self.table)):
            raise ParameterError("`MatrixDemand.table` must have a weight above 0")

    def named(self) -> Sequence[str] | None:
        return self.nodes

    def weights(self, names: Sequence[str], apart: Apart) -> NDArray[np.float64]:
        places = [self.nodes.index(name) for name in names]
        return np.array(self.table, dtype=float)[np.ix_(places, places)]


@register("demand", "gravity")
@dataclass(frozen=True)
class GravityDemand(_OfNodes):
    """The weight of a pair is the product of two masses over a power of the fibre between them.

    References:
        J. Kowalski and B. Warfield, Modeling traffic demand between nodes in a telecommunications network
        (1995); distances below 1 m count as 1 m.
    """

    masses: Annotated[Mapping[str, float], Param("mass of each node that takes part, such as people", ge=0)]
    exponent: Annotated[
        float, Param("power of the distance by fibre; with 0 distance does not matter", ge=0, le=10)
    ] = 0.0
    among: Annotated[str, _AMONG] = "all"

    def named(self) -> Sequence[str] | None:
        return tuple(self.masses)

    def weights(self, names: Sequence[str], apart: Apart) -> NDArray[np.float64]:
        masses = np.array([self.masses[name] for name in names], dtype=float)
        weights = np.outer(masses, masses)
        np.fill_diagonal(weights, 0.0)
        if self.exponent:
            for row, column in np.argwhere(weights > 0).tolist():
                distance = max(_NEAR, apart(names[row], names[column]))
                weights[row, column] /= distance**self.exponent
        return weights


class DemandedPairs:
    """The pairs of a demand on a network, from which requests are drawn.

    Attributes:
        pairs: the pairs that may be drawn, initiator first.
        weights: their weights.
    """

    def __init__(self, demand: Demand, network: Network) -> None:
        view = network.view
        names = taking_part(demand, [name for name, node in network.nodes.items() if node.memories])
        joined = reachable(names, view.reach.connected, view.reach.pieces)
        weights = np.where(joined, demand.weights(names, _distances(view)), 0.0)
        places = np.argwhere(weights > 0)
        self.pairs = [(names[row], names[column]) for row, column in places.tolist()]
        self.weights: NDArray[np.float64] = weights[tuple(places.T)]
        self._cumulated = np.cumsum(self.weights)

    def at(self, share: float) -> tuple[str, str]:
        """The pair that a share in [0, 1) of all weights leads to."""
        place = int(np.searchsorted(self._cumulated, share * self._cumulated[-1], side="right"))
        return self.pairs[min(place, len(self.pairs) - 1)]


def taking_part(demand: Demand, candidates: Iterable[str]) -> list[str]:
    """The nodes of a demand, sorted: the order in which a scenario lists them is no part of what is drawn."""
    named = demand.named()
    return sorted(candidates if named is None else named)


def reachable(
    names: Sequence[str], connected: Callable[[str, str], bool], pieces: Callable[[str], set[int]]
) -> NDArray[np.bool_]:
    """Which pairs of nodes a path joins, shape (names, names).

    Args:
        names: the nodes.
        connected: whether a path joins two of them.
        pieces: the pieces of routers that a node is linked to.
    """
    own = [pieces(name) for name in names]
    if all(known and known == own[0] for known in own):
        return np.ones((len(names), len(names)), dtype=bool)
    joined = np.zeros((len(names), len(names)), dtype=bool)
    for (row, a), (column, b) in product(enumerate(names), repeat=2):
        joined[row, column] = bool(own[row] & own[column]) or connected(a, b)
    return joined


def _distances(view: NetworkView) -> Apart:
    """What tells the length of the shortest path between two nodes, m; infinite where there is none."""

    def apart(a: str, b: str) -> float:
        if not view.reach.connected(a, b):
            return float("inf")
        path = view.shortest(view.nodes[a], view.nodes[b], fibre_length)
        return sum(min(map(fibre_length, view.between(near, far))) for near, far in pairwise(path))

    return apart


def _check_names(owner: str, names: Sequence[str]) -> None:
    """Refuse nodes that are named twice."""
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ParameterError(f"`{owner}.nodes` names '{name}' twice")
