"""The parts of a live network that may go down, by name.

The first one that is declared lets messages be lost with what is down on their ways; until then a run knows
nothing of faults.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from hardware.outages import Element
from hardware.segments import segments
from hardware.ways import Ways, channel_name
from qsim.errors import NetworkError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hardware.classical import ClassicalNetwork
    from hardware.link import Link
    from hardware.node import QuantumNode
    from hardware.outages import Outages
    from qsim.model.specs import ScenarioSpec


class Parts(Protocol):
    """What a network is made of.

    Attributes:
        scenario: the scenario.
        outages: what is down.
        classical: the classical network.
        nodes: all nodes by name.
        links: the links at work, one for each segment of the scenario.
    """

    scenario: ScenarioSpec
    outages: Outages
    classical: ClassicalNetwork

    @property
    def nodes(self) -> Mapping[str, QuantumNode]: ...

    @property
    def links(self) -> Sequence[Link]: ...


class Elements:
    """Gives the elements of one network, each made when it is first asked for.

    Args:
        parts: the network.
        begin: called before the first one is made.
    """

    def __init__(self, parts: Parts, begin: Callable[[], object]) -> None:
        self._parts = parts
        self._begin = begin
        self._fibres = {spec.name: spec for spec in parts.scenario.links}

    def find(self, kind: str, *names: str) -> Element:
        """An element by its kind, "link", "node", "bank" or "channel", and its names.

        Raises:
            NetworkError: there is none.
        """
        make: Callable[..., Element] = getattr(self, kind)
        return make(*names)

    def link(self, name: str) -> Element:
        """A piece of fibre, with all that goes along it.

        Raises:
            NetworkError: there is none of that name.
        """
        if name not in self._fibres:
            raise NetworkError(f"unknown link '{name}'{nearest(name, self._fibres)}")
        links = tuple(self._crossing[name])
        ends = tuple(self._node(end) for end in self._fibres[name].between)
        return self._declared(Element("link", name, ends, links, links))

    def node(self, name: str) -> Element:
        """A node with its memories, all that runs on it, and the light that crosses it.

        Raises:
            NetworkError: there is none of that name.
        """
        node = self._node(name)
        links = tuple(link for link in self._parts.links if node in link.nodes[1:-1])
        return self._declared(Element("node", name, (node,), links, (node, *links)))

    def bank(self, name: str, bank: str) -> Element:
        """One bank of memories of a node.

        Raises:
            NetworkError: there is none.
        """
        node = self._node(name)
        if bank not in node.banks:
            raise NetworkError(f"'{name}' has no memories called '{bank}'{nearest(bank, node.banks)}")
        return self._declared(Element("bank", f"{name}/{bank}", (node,), things=((node, bank),)))

    def channel(self, one: str, other: str) -> Element:
        """The messages between two nodes, both ways.

        Raises:
            NetworkError: there is no such node.
        """
        ends = self._node(one), self._node(other)
        return self._declared(Element("channel", channel_name(one, other), ends))

    @cached_property
    def _crossing(self) -> dict[str, list[Link]]:
        """The links at work whose light crosses a fibre, by its name."""
        crossing: dict[str, list[Link]] = {name: [] for name in self._fibres}
        scenario = self._parts.scenario
        kinds: dict[str, Any] = {spec.name: spec for spec in scenario.nodes}
        for part, link in zip(segments(kinds, scenario.links), self._parts.links, strict=True):
            for spec in part.links:
                crossing[spec.name].append(link)
        return crossing

    def _node(self, name: str) -> QuantumNode:
        nodes = self._parts.nodes
        if name not in nodes:
            raise NetworkError(f"unknown node '{name}'{nearest(name, nodes)}")
        return nodes[name]

    def _declared(self, element: Element) -> Element:
        parts = self._parts
        if parts.classical.ways is None:
            fibres = ((spec.name, *spec.between, spec.length) for spec in self._fibres.values())
            parts.classical.fail_along(Ways(parts.outages, parts.classical, fibres))
            self._begin()
        return parts.outages.declare(element)
