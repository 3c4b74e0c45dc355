"""Segments: what two nodes with memories share to make pairs, a link or several joined by nodes without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING

from hardware.link import Segment
from hardware.link_models.base import LinkHardware
from qsim.model.specs import default_name

if TYPE_CHECKING:
    from hardware.fibre import FibreModel
    from hardware.node import Crossing, NodeKind
    from qsim.model.specs import LinkSpec


def segments(nodes: Mapping[str, NodeKind], links: Sequence[LinkSpec]) -> Iterator[Segment]:
    """All segments of a network: links between nodes with memories, then those that cross other nodes.

    Args:
        nodes: the nodes by name.
        links: the links.
    """
    fibres: dict[str, list[LinkSpec]] = {
        name: [] for name, node in nodes.items() if node.crossing() is not None
    }
    for link in links:
        if not any(end in fibres for end in link.between):
            arms = (link.arm(0),), (link.arm(1),)
            yield _segment(nodes, link.name, link.between, (link,), None, arms)
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
        arms = tuple([piece for link in arm for piece in link.fibres] for arm in (way[:place], way[place:]))
        passed = crossings[:place], crossings[place - 1 :]
        for number in range(at.stations):
            # What tells segments between the same nodes apart: the node of the station, the links' own names.
            name = "-".join(names) + (f"@{names[place]}" if len(crossings) > 1 else "")
            own = [link.name for link in way if link.name != default_name(link.between)]
            name += "".join(f"/{one}" for one in own) + (f"#{number}" if at.stations > 1 else "")
            yield _segment(nodes, name, names, way, (place, number), arms, passed)


def _segment(
    nodes: Mapping[str, NodeKind],
    name: str,
    names: tuple[str, ...],
    way: tuple[LinkSpec, ...],
    station: tuple[int, int] | None,
    arms: Sequence[Sequence[tuple[float, FibreModel]]],
    passed: Sequence[Sequence[Crossing]] = ((), ()),
) -> Segment:
    """A segment whose two arms are made of pieces of fibre, and of nodes that its light crosses."""
    ends = nodes[names[0]], nodes[names[-1]]
    sides = way[0].between.index(names[0]), way[-1].between.index(names[-1])
    banks = way[0].bank(sides[0], ends[0].banks), way[-1].bank(sides[1], ends[1].banks)
    transmissions = [
        prod(fibre.transmission(length) for length, fibre in arm) * prod(node.transmission for node in on_arm)
        for arm, on_arm in zip(arms, passed, strict=True)
    ]
    delays = [sum(fibre.delay_ps(length) for length, fibre in arm) for arm in arms]
    memories = ends[0].banks[banks[0]], ends[1].banks[banks[1]]
    hardware = LinkHardware(
        *memories, transmissions[0], transmissions[1], delays[0], delays[1], way[0].detectors
    )
    return Segment(name, names, banks, way, station, hardware)


def _far(link: LinkSpec, end: str) -> str:
    return link.between[1] if link.between[0] == end else link.between[0]
