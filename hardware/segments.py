"""Segments: what two nodes with memories share to make pairs, a link or several joined by nodes without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

from hardware.link import Segment, link_hardware
from hardware.link_models.base import LinkHardware
from qsim.errors import NetworkError, nearest

if TYPE_CHECKING:
    from hardware.node import NodeKind
    from qsim.model.specs import LinkSpec


def segments(nodes: Mapping[str, NodeKind], links: Sequence[LinkSpec]) -> Iterator[Segment]:
    """All segments of a network: links between nodes with memories, then those that cross other nodes.

    Args:
        nodes: the nodes by name.
        links: the links.

    Raises:
        NetworkError: a link names a bank that its node lacks.
    """
    fibres: dict[str, list[LinkSpec]] = {
        name: [] for name, node in nodes.items() if node.crossing() is not None
    }
    for link in links:
        if not any(end in fibres for end in link.between):
            banks = _bank(nodes, link, 0), _bank(nodes, link, 1)
            first, second = (nodes[end].banks[bank] for end, bank in zip(link.between, banks, strict=True))
            name = link.name
            yield Segment(name, link.between, banks, (link,), None, link_hardware(link, first, second))
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
    crossings = [nodes[name].crossing() for name in names[1:-1]]
    sides = way[0].between.index(names[0]), way[-1].between.index(names[-1])
    banks = _bank(nodes, way[0], sides[0]), _bank(nodes, way[-1], sides[1])
    memories = nodes[names[0]].banks[banks[0]], nodes[names[-1]].banks[banks[1]]
    for place, at in enumerate(crossings, start=1):
        for number in range(at.stations if at else 0):
            arms = way[:place], way[place:]
            passed = crossings[:place], crossings[place - 1 :]
            transmissions = [
                prod(fibre.transmission(length) for link in arm for length, fibre in link.fibres)
                * prod(node.transmission for node in on_arm if node)
                for arm, on_arm in zip(arms, passed, strict=True)
            ]
            delays = [
                sum(fibre.delay_ps(length) for link in arm for length, fibre in link.fibres) for arm in arms
            ]
            hardware = LinkHardware(
                first=memories[0],
                second=memories[1],
                transmission_first=transmissions[0],
                transmission_second=transmissions[1],
                delay_first=delays[0],
                delay_second=delays[1],
                detector=way[0].detector,
            )
            several = f"#{number}" if at and at.stations > 1 else ""
            yield Segment("-".join(names) + several, names, banks, way, (place, number), hardware)


def _far(link: LinkSpec, end: str) -> str:
    return link.between[1] if link.between[0] == end else link.between[0]


def _bank(nodes: Mapping[str, NodeKind], link: LinkSpec, side: int) -> str:
    """The bank that a link uses at one of its ends: the one it names, or the node's first."""
    end = link.between[side]
    known = nodes[end].banks
    if link.banks is None:
        return next(iter(known))
    if link.banks[side] not in known:
        raise NetworkError(
            f"link {'-'.join(link.between)}: node '{end}' has no bank '{link.banks[side]}'"
            f"{nearest(link.banks[side], known)}"
        )
    return link.banks[side]
