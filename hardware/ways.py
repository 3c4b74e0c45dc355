"""The ways of classical messages while parts of the network are down.

A message follows the shortest fibre that is up, as if the classical network found its way at once; where none
is left it is lost. Between two nodes whose delay the scenario states it does not follow fibre, and is lost
only with their channel or with one of the two. A message is lost too when anything on its way goes down
before it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from qsim.model.shortest_paths import LinkGraph

if TYPE_CHECKING:
    from hardware.outages import Element, Outages

#: One piece of fibre: its name, its two ends, and its length in metres.
Fibre = tuple[str, str, str, float]


@dataclass(frozen=True, slots=True)
class Way:
    """How a message goes.

    Attributes:
        delay: what it takes, ps.
        crosses: the elements that it needs.
    """

    delay: int
    crosses: tuple[Element, ...]

    def lost_since(self, sent: int) -> bool:
        """Whether a message that was sent at a time in ps, and is due now, has been lost."""
        return any(element.down or element.went_down >= sent for element in self.crosses)


class Delays(Protocol):
    """The delays of a classical network, a `hardware.classical.ClassicalNetwork`."""

    def states(self, source: str, target: str) -> bool:
        """Whether the delay between two nodes is stated, rather than that of fibre."""
        ...

    def along_ps(self, length: float) -> int:
        """Delay of a message along so many metres of fibre, ps."""
        ...


class Ways:
    """The ways between all nodes of one classical network, as they are now.

    Args:
        outages: what is down.
        network: the delays while nothing is down.
        fibres: all fibre.
    """

    def __init__(self, outages: Outages, network: Delays, fibres: Iterable[Fibre]) -> None:
        self._outages = outages
        self._network = network
        self._fibres = tuple(fibres)
        self._seen: tuple[int, int] = (-1, 0)
        self._known: dict[tuple[str, str], Way | None] = {}
        self._graph = LinkGraph(())
        self._between: dict[frozenset[str], Fibre] = {}

    def between(self, source: Any, target: Any) -> Way | None:
        """The way from one node to another now; None where there is none."""
        if self._seen != (self._outages.changes, len(self._outages.elements)):
            self._look()
        ends = source.name, target.name
        if ends not in self._known:
            self._known[ends] = self._find(source, target)
        return self._known[ends]

    def along(self, source: Any, target: Any, link: Any) -> Way | None:
        """The way along the fibre of one link at work, whatever else there is; None while it is down."""
        used = [
            element
            for element in self._outages.elements.values()
            if (element.kind == "link" and link in element.links)
            or (element.kind == "node" and element.nodes[0] in link.nodes)
            or (element.kind == "channel" and set(element.nodes) == {source, target})
        ]
        return None if any(element.down for element in used) else Way(source.delay_to(target), tuple(used))

    def dead(self, node: Any) -> bool:
        """Whether a node is down now."""
        return self._outages.is_down(node)

    def watch(self, told: Callable[[Element], object]) -> None:
        """See `Outages.watch`."""
        self._outages.watch(told)

    def _look(self) -> None:
        """Something has changed: find all ways anew."""
        self._seen = self._outages.changes, len(self._outages.elements)
        self._known.clear()
        self._between.clear()
        links = []
        for fibre in self._fibres:
            name, a, b, length = fibre
            cut = self._element("link", name)
            if (cut and cut.down) or self._dead(a) or self._dead(b):
                continue
            links.append((a, b, length))
            ends = frozenset((a, b))
            if ends not in self._between or length < self._between[ends][3]:
                self._between[ends] = fibre
        self._graph = LinkGraph(links)

    def _find(self, source: Any, target: Any) -> Way | None:
        ends = (self._element("node", source.name), self._element("node", target.name))
        channel = self._element("channel", channel_name(source.name, target.name))
        crosses = [element for element in (*ends, channel) if element is not None]
        if any(element.down for element in crosses):
            return None
        if self._network.states(source.name, target.name):
            return Way(source.delay_to(target), tuple(crosses))
        path = self._graph.way(source.name, target.name)
        if path is None:
            return None
        for one, other in pairwise(path):
            crosses += self._needed("link", self._between[frozenset((one, other))][0])
        for relay in path[1:-1]:
            crosses += self._needed("node", relay)
        length = self._graph.distance(source.name, target.name)
        assert length is not None
        return Way(self._network.along_ps(length), tuple(crosses))

    def _needed(self, kind: str, name: str) -> tuple[Element, ...]:
        element = self._element(kind, name)
        return (element,) if element is not None else ()

    def _element(self, kind: str, name: str) -> Element | None:
        return self._outages.elements.get((kind, name))

    def _dead(self, node: str) -> bool:
        element = self._element("node", node)
        return element is not None and element.down


def channel_name(one: str, other: str) -> str:
    """What the classical channel between two nodes is called, whichever is named first."""
    return "|".join(sorted((one, other)))
