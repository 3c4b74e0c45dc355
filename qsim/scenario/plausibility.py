"""Remarks on values of a scenario that can be, and are hardly what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from qsim.model import plausible
from qsim.model.distance import great_circle, planar

if TYPE_CHECKING:
    from qsim.model.specs import LinkSpec, NodeSpec, ScenarioSpec


def remarks(scenario: ScenarioSpec) -> tuple[str, ...]:
    """One sentence for each kind of oddity, naming the first place."""
    found: dict[str, list[str]] = {}
    for where, what in _oddities(scenario):
        found.setdefault(what, []).append(where)
    return tuple(
        f"{places[0]}{f' and {len(places) - 1} more' if places[1:] else ''}: {what}"
        for what, places in found.items()
    )


def _oddities(scenario: ScenarioSpec) -> Iterator[tuple[str, str]]:
    """Places with values, and what is odd about them."""
    nodes = {node.name: node for node in scenario.nodes}
    for link in scenario.links:
        attenuation = getattr(link.fibre, "attenuation", None)
        if attenuation is not None and (odd := plausible.odd_attenuation(attenuation)):
            yield f"link {link.name}, attenuation {attenuation * 1e3:g} dB/km", odd
        yield from _length(link, nodes)
    lengths = {frozenset(link.between): link.length for link in scenario.links}
    for channel in scenario.classical.channels:
        length = lengths.get(frozenset(channel.between), 0.0)
        if odd := plausible.odd_delay(channel.delay, length):
            a, b = channel.between
            yield f"classical channel {a} - {b}, {channel.delay:g} s for {length / 1e3:g} km", odd


def _length(link: LinkSpec, nodes: Mapping[str, NodeSpec]) -> Iterator[tuple[str, str]]:
    a, b = (nodes[end] for end in link.between)
    globe = False
    if a.position is not None and b.position is not None:
        apart = planar(a.position, b.position)
    elif a.coordinates is not None and b.coordinates is not None:
        apart, globe = great_circle(a.coordinates, b.coordinates), True
    else:
        return
    if plausible.too_short(link.length, apart, globe=globe):
        yield (
            f"link {link.name}, {link.length / 1e3:g} km",
            "shorter than the places of its ends are apart",
        )
