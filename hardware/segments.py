"""Segments: what two nodes with memories share to make pairs, a link or several joined by nodes without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from typing import TYPE_CHECKING

from hardware.arms import Arm, Side, Stretch
from hardware.link import Segment
from hardware.link_models.base import LinkHardware
from qsim.model.specs import default_name

if TYPE_CHECKING:
    from hardware.node import NodeKind
    from qsim.model.specs import LinkSpec


def segments(nodes: Mapping[str, NodeKind], links: Sequence[LinkSpec]) -> Iterator[Segment]:
    """All segments of a network: links between nodes with memories, then those that cross other nodes.

    Args:
        nodes: the nodes by name.
        links: the links.
    """
    alike = AlikeLinks(nodes)
    fibres: dict[str, list[LinkSpec]] = {
        name: [] for name, node in nodes.items() if node.crossing() is not None
    }
    for link in links:
        if not any(end in fibres for end in link.between):
            yield alike.direct(link)
        for end in link.between:
            if end in fibres:
                fibres[end].append(link)
    order = {id(link): place for place, link in enumerate(links)}
    for link in links:
        ends = [end for end in link.between if end not in fibres]
        if len(ends) == 1:
            for names, way in _ways(fibres, (ends[0], _far(link, ends[0])), (link,)):
                if order[id(way[0])] < order[id(way[-1])]:
                    yield from _crossing(nodes, names, way)


def _ways(
    fibres: Mapping[str, Sequence[LinkSpec]], names: tuple[str, ...], way: tuple[LinkSpec, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[LinkSpec, ...]]]:
    """All ways on from the last node, each to the next node with memories; no node is met twice."""
    here = names[-1]
    if here not in fibres:
        yield names, way
        return
    for link in fibres[here]:
        far = _far(link, here)
        if far not in names:
            yield from _ways(fibres, (*names, far), (*way, link))


def _crossing(
    nodes: Mapping[str, NodeKind], names: tuple[str, ...], way: tuple[LinkSpec, ...]
) -> Iterator[Segment]:
    """The segments along one way, one for each station on it."""
    crossings = [crossing for name in names[1:-1] if (crossing := nodes[name].crossing())]
    for place, at in enumerate(crossings, start=1):
        first = Side.across(way[:place], [node.transmission for node in crossings[:place]], names[:place])
        second = Side.across(
            way[place:], [node.transmission for node in crossings[place - 1 :]], names[:place:-1]
        )
        for number in range(at.stations):
            # What tells segments between the same nodes apart: the node of the station, the links' own names.
            name = "-".join(names) + (f"@{names[place]}" if len(crossings) > 1 else "")
            own = [link.name for link in way if link.name != default_name(link.between)]
            name += "".join(f"/{one}" for one in own) + (f"#{number}" if at.stations > 1 else "")
            yield _segment(nodes, name, names, way, (place, number), (first, second))


class AlikeLinks:
    """Links between nodes with memories; those that differ in their names alone have one object for hardware.

    Args:
        nodes: the nodes by name.
    """

    def __init__(self, nodes: Mapping[str, NodeKind]) -> None:
        self._nodes = nodes
        # By the identity of what they are made of, which the first link and the hardware keep alive: devices
        # of a user's own need not be hashable.
        self._known: dict[tuple[object, ...], tuple[LinkSpec, LinkHardware]] = {}

    def direct(self, link: LinkSpec) -> Segment:
        """The segment of a link."""
        ends = [self._nodes[end].banks for end in link.between]
        banks = link.bank(0, ends[0]), link.bank(1, ends[1])
        parts = (
            *(link.fibre, link.converter, link.arms, link.detector, link.second_detector, link.link_model),
            *(ends[0][banks[0]], ends[1][banks[1]]),
        )
        key = (link.length, link.midpoint, link.insertion_loss, *map(id, parts))
        known = self._known.get(key)
        if known is None:
            made = direct(self._nodes, link)
            self._known[key] = link, made.hardware
            return made
        return Segment(link.name, link.between, banks, (link,), None, known[1])


def direct(nodes: Mapping[str, NodeKind], link: LinkSpec) -> Segment:
    """The segment of a link between two nodes with memories."""
    first, second = (Stretch(*link.arm(place), link.loss(place)) for place in (0, 1))
    sides = Side((first,), (), (first,)), Side((second,), (), (second,))
    return _segment(nodes, link.name, link.between, (link,), None, sides)


def _segment(
    nodes: Mapping[str, NodeKind],
    name: str,
    names: tuple[str, ...],
    way: tuple[LinkSpec, ...],
    station: tuple[int, int] | None,
    sides: tuple[Side, Side],
) -> Segment:
    """A segment whose two arms are made of pieces of fibre, and of nodes that its light crosses."""
    ends = (way[0], names[0]), (way[-1], names[-1])
    places = [link.between.index(end) for link, end in ends]
    banks = [link.bank(place, nodes[end].banks) for (link, end), place in zip(ends, places, strict=True)]
    memories = [nodes[end].banks[bank] for (_, end), bank in zip(ends, banks, strict=True)]
    outward = way[0].link_model.outward
    first, second = (
        Arm.of(memory, link.converter_at(place), side, outward)
        for memory, (link, _), place, side in zip(memories, ends, places, sides, strict=True)
    )
    hardware = LinkHardware(
        memories[0],
        memories[1],
        first.transmission,
        second.transmission,
        first.delay,
        second.delay,
        way[0].detectors,
        (first.background, second.background),
        (first.wavelength, second.wavelength),
    )
    return Segment(name, names, (banks[0], banks[1]), way, station, hardware)


def unlike(segment: Segment) -> str | None:
    """What is wrong with a segment whose two arms carry light of unlike wavelengths; None if nothing is."""
    one, other = segment.hardware.wavelengths
    if isclose(one, other, rel_tol=1e-9):
        return None
    a, b = segment.nodes[0], segment.nodes[-1]
    does = "comes from one source" if segment.model.outward else "meets at a station"
    return (
        f"light of {one * 1e9:g} nm in the fibre to '{a}' and of {other * 1e9:g} nm in that to '{b}' {does} "
        f"on '{segment.name}' and must be alike: give the memories one wavelength, or the link a `converter`"
    )


def _far(link: LinkSpec, end: str) -> str:
    return link.between[1] if link.between[0] == end else link.between[0]
