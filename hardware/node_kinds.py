"""Kinds of node: what a node relays, what a request needs at it, and what light suffers that crosses it.

A kind of a user's own is a frozen dataclass registered under the kind "node". One with memories derives from
`Router`; one without, such as an optical switch, from `OpticalNode`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from hardware.node import Crossing, NodeKind, QuantumNode
from hardware.segments import AlikeLinks, direct, segments, unlike
from qsim.errors import ParameterError
from qsim.model.check_context import UnknownPartError
from qsim.model.specs import LinkSpec, NodeSpec
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.link import Segment
    from qsim.kernel import Simulator
    from qsim.model.check_context import CheckContext


define_kind("node", NodeKind, "how-to/node-kind.md")


@register("node", "router")
@dataclass(frozen=True)
class Router(NodeSpec):
    """A node that swaps: a quantum repeater."""

    relays: ClassVar[bool] = True

    def demand(self, memories: int) -> int:
        """As many memories for each link as at the ends of the request."""
        return memories

    def crossing(self) -> Crossing | None:
        """Light ends here."""
        return None

    def build(self, sim: Simulator, classical: ClassicalNetwork, index: int) -> QuantumNode:
        """The node alive."""
        return QuantumNode(sim, classical, self, index)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows: light of links that fibre or station cannot serve."""
        nodes: Mapping[str, Any] = context.nodes
        here = [link for link in context.links_at(self.name) if not _is_sound(link, context)]
        for link in here:
            yield from _unknown_losses(self, link)
        begun = [
            link
            for link in here
            if link.between[0] == self.name
            and (far := nodes[link.between[1]]).crossing() is None
            and not any(True for node in (self, far) for _ in _unknown_losses(node, link))
        ]
        yield from _at_fault(map(partial(direct, nodes), begun))


@register("node", "end-node")
@dataclass(frozen=True)
class EndNode(Router):
    """A node that only begins or ends entanglement."""

    relays: ClassVar[bool] = False


@dataclass(frozen=True)
class OpticalNode(NodeSpec, ABC):
    """A node without memories, which light crosses: base of switches and the like.

    A subclass says in `crossing` what that costs. The fibres that meet at it, and are joined to segments
    between nodes with memories, need one link model and the same detectors: a station serves all.
    """

    relays: ClassVar[bool] = True
    banks: ClassVar[Mapping[str, Any]] = {}

    def demand(self, memories: int) -> int:
        """One station, however many memories share it."""
        return 1

    @abstractmethod
    def crossing(self) -> Crossing:
        """What light suffers that crosses the node."""

    def build(self, sim: Simulator, classical: ClassicalNetwork, index: int) -> QuantumNode:
        """The node alive."""
        return QuantumNode(sim, classical, self, index)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        for field in ("swapping", "purification", "cutoff", "transfer"):
            if getattr(self, field) is not None:
                yield field, f"'{self.name}' has no memories, so no pair is ever there"
        here = [link for link in context.links if self.name in link.between]
        nodes: Mapping[str, Any] = context.nodes
        if context.neighbours(self.name):
            yield from _at_fault(
                segment
                for segment in segments(nodes, context.links)
                if segment.station is not None and segment.nodes[segment.station[0]] == self.name
            )
        for link in here:
            arm = link.arms[link.between.index(self.name)] if link.arms else None
            if arm is not None and arm.converter is not None:
                yield (
                    "",
                    f"'{self.name}' has no memories, and a converter stands beside one: the arm of "
                    f"'{link.name}' at '{self.name}' has none to convert for",
                )
            if link.station_delay is not None or (link.midpoint != 0.5 and link.arms is None):
                yield (
                    "",
                    f"light of the link '{link.name}' meets at a station of '{self.name}' or beyond it, so "
                    "its `midpoint` and `station_delay` say nothing",
                )
        for link in here[1:]:
            if (link.link_model, link.detectors) != (here[0].link_model, here[0].detectors):
                yield (
                    "",
                    f"the fibres that meet at '{self.name}' share its stations, so their links need one link "
                    f"model and the same detectors; '{'-'.join(link.between)}' has others than "
                    f"'{'-'.join(here[0].between)}'",
                )


def _is_sound(link: LinkSpec, context: CheckContext) -> bool:
    """Whether nothing is wrong with the light of a link between nodes with memories; once for alike ones."""
    nodes: Mapping[str, Any] = context.nodes
    try:
        ends = [nodes[end] for end in link.between]
        if any(end.crossing() is not None for end in ends):
            return False
        if AlikeLinks not in context.worked_out:
            context.worked_out[AlikeLinks] = AlikeLinks(nodes)
        segment = context.worked_out[AlikeLinks].direct(link)
    except (ParameterError, UnknownPartError):
        return False
    key = _is_sound, id(segment.hardware), id(segment.model)
    known: tuple[bool, Segment] | None = context.worked_out.get(key)
    if known is None:
        told = [*_at_fault([segment]), *(fault for end in ends for fault in _unknown_losses(end, link))]
        known = context.worked_out[key] = not told, segment
    return known[0]


def _at_fault(made: Iterable[Segment]) -> Iterator[tuple[str, str]]:
    """What is wrong with the light of segments, made one by one: some may be so wrong that they cannot be."""
    try:
        for segment in made:
            fault = unlike(segment)
            if fault is not None:
                yield "", fault
            for key, message in segment.model.faults_on(segment.hardware):
                yield "", f"`link_model.{key}` of '{segment.name}' {message}"
    except ParameterError as error:
        yield "", str(error)


def _unknown_losses(node: NodeSpec, link: LinkSpec) -> Iterator[tuple[str, str]]:
    """Fibre at a node with memories that does not know what it loses of their light."""
    place = link.between.index(node.name)
    bank = link.bank(place, node.banks)
    converter = link.converter_at(place)
    length, fibre = link.arm(place)
    try:
        fibre.transmission(length, node.banks[bank].wavelength if converter is None else converter.to)
    except ParameterError as error:
        within = f"memory.{bank}" if len(node.banks) > 1 else "memory"
        yield "" if converter is not None else f"{within}.wavelength", f"{error} (on '{link.name}')"
