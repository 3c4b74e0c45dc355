"""Checks of the section ``faults``: elements that exist, schedules that do not overlap, circles that hit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

from qsim.errors import NetworkError, nearest
from qsim.model.distance import great_circle
from qsim.model.fault_spec import ALL, CircleSpec, FaultsSpec, OutageSpec

if TYPE_CHECKING:
    from qsim.documents.faults import Faults
    from qsim.documents.tree import Node
    from qsim.model.specs import LinkSpec, NodeSpec, RunSpec


def check_faults(
    spec: FaultsSpec | None,
    run: RunSpec | None,
    nodes: Mapping[str, NodeSpec | None],
    links: Sequence[LinkSpec | None],
    section: Node,
    faults: Faults,
) -> tuple[str, ...]:
    """Note outages that cannot be.

    Args:
        spec: the section; None when it has faults of its own.
        run: how long the run is; None when faulty.
        nodes, links: of the network; None in the place of faulty ones.
        section: where the section stands.
        faults: what is found is added here.

    Returns:
        What is no fault and yet worth a note, one sentence each.
    """
    if spec is None or not spec.outages:
        return ()
    known_nodes = {name: node for name, node in nodes.items() if node is not None}
    known_links = [link for link in links if link is not None]
    if len(known_nodes) < len(nodes) or len(known_links) < len(links):
        return ()  # Which elements there are shows once nodes and links are mended.
    notes: list[str] = []
    for place, outage in enumerate(spec.outages):
        for key, fault in _unknown(outage, known_nodes, known_links):
            faults.add(section.locate(("outages", place, *key)), fault)
        if outage.circle is not None:
            where = section.locate(("outages", place, "circle"))
            for fault, grave in _missed(outage.circle, known_nodes, known_links):
                if grave:
                    faults.add(where, fault)
                else:
                    notes.append(f"faults.outages[{place}].circle {fault}")
        if run is not None and outage.down is not None and outage.down >= run.duration:
            notes.append(
                f"faults.outages[{place}]: {outage.about} goes down at {outage.down:g} s, after the end of "
                f"the run at {run.duration:g} s"
            )
    for place, first, name in _overlapping(spec.outages, known_nodes, known_links):
        faults.add(
            section.locate(("outages", place)), f"{name} is down already by outages[{first}]: join the two"
        )
    return tuple(notes)


def _unknown(
    outage: OutageSpec, nodes: Mapping[str, NodeSpec], links: Sequence[LinkSpec]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Elements that the network does not have."""
    names = [link.name for link in links]
    if isinstance(outage.link, tuple):
        for end, name in enumerate(outage.link):
            if name not in nodes:
                yield ("link", end), f"unknown node '{name}'{nearest(name, nodes)}"
        if set(outage.link) <= set(nodes) and not set(outage.links_named(links)) & set(names):
            yield ("link",), "there is no link between " + " and ".join(f"'{end}'" for end in outage.link)
    elif outage.link is not None and outage.link not in (*names, ALL):
        yield ("link",), f"unknown link '{outage.link}'{nearest(outage.link, names)}"
    if outage.node is not None and outage.node not in nodes and outage.node != ALL:
        yield ("node",), f"unknown node '{outage.node}'{nearest(outage.node, nodes)}"
    elif outage.bank is not None and outage.node is not None:
        banks = [bank for name in nodes if outage.node in (name, ALL) for bank in nodes[name].banks]
        if outage.bank not in banks:
            whose = "no node" if outage.node == ALL else f"'{outage.node}'"
            has = "has" if outage.node == ALL else "has no"
            yield ("bank",), f"{whose} {has} memories called '{outage.bank}'{nearest(outage.bank, banks)}"
    for end, name in enumerate(outage.channel or ()):
        if name not in nodes:
            yield ("channel", end), f"unknown node '{name}'{nearest(name, nodes)}"
    if outage.channel is not None and outage.channel[0] == outage.channel[1]:
        yield ("channel",), f"is a channel from '{outage.channel[0]}' to itself"


def _missed(
    circle: CircleSpec, nodes: Mapping[str, NodeSpec], links: Sequence[LinkSpec]
) -> Iterator[tuple[str, bool]]:
    """What a circle does not hit, and whether that is a fault."""
    if circle.coordinates is not None:
        try:
            great_circle(circle.coordinates, circle.coordinates)
        except NetworkError as error:
            yield str(error), True
            return
    key = "position" if circle.position is not None else "coordinates"
    try:
        cut = [circle.cuts(link, nodes) for link in links]
    except NetworkError:
        return  # The node whose coordinates these are tells it.
    placeless = cut.count(None)
    if placeless == len(links):
        yield f"no link has the `{key}` of both of its nodes, so nothing is known to pass through", True
    elif True not in cut:
        yield "hits nothing: no link passes through it", False
    if 0 < placeless < len(links):
        yield f"does not know where {placeless} of {len(links)} links run: their nodes have no `{key}`", False


def _overlapping(
    outages: Sequence[OutageSpec], nodes: Mapping[str, NodeSpec], links: Sequence[LinkSpec]
) -> Iterator[tuple[int, int, str]]:
    """Outages of one element at the same time: the later's place, the earlier's, and the element.

    A circle may cut what is down for another reason, so it overlaps with nothing.
    """
    taken: dict[tuple[str, ...], list[tuple[float, float, int]]] = {}
    for place, outage in enumerate(outages):
        if outage.circle is not None:
            continue
        start = -inf if outage.down is None else outage.down
        end = inf if outage.up is None else outage.up
        parts = outage.parts(nodes, links)
        for name, element in ((name, element) for name, elements in parts for element in elements):
            key = (element[0], *sorted(element[1:])) if element[0] == "channel" else element
            known = taken.setdefault(key, [])
            clash = next((first for since, until, first in known if start <= until and since <= end), None)
            if clash is not None:
                yield place, clash, name
                break
            known.append((start, end, place))
