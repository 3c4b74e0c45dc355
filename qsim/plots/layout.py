"""Where nodes stand on a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

from qsim.plots.arrangement import arranged

if TYPE_CHECKING:
    from qsim.results.result import Result

#: Mean radius of the Earth, m.
_EARTH = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of nodes.

    Attributes:
        places: (x, y) by name; metres, or arbitrary where a layout chose them.
        axes: words for the two axes; None where the places mean nothing.
    """

    places: Mapping[str, tuple[float, float]]
    axes: tuple[str, str] | None


def layout(result: Result) -> Layout:
    """The places of the nodes of a run.

    Planar positions when every node has one; else geographic coordinates when every node has them, projected
    with the scale of their mean latitude; else a layout of the links that does not change from call to call.
    """
    ends = (end for link in result.links for end in (link.a, link.b))
    names = list(dict.fromkeys((*(row.node for row in result.memories), *ends)))
    nodes: Any = result.document.get("nodes", {})
    said = nodes if isinstance(nodes, Mapping) else {}
    for key, place, words in (
        ("position", _planar, ("x", "y")),
        ("coordinates", _projected, ("east", "north")),
    ):
        found: dict[str, Any] = {name: (said.get(name) or {}).get(key) for name in names}
        if names and all(value is not None for value in found.values()):
            return Layout(place({name: (value[0], value[1]) for name, value in found.items()}), words)
    links = [(link.a, link.b) for link in result.links]
    return Layout(dict(zip(names, arranged(names, links), strict=True)), None)


def _planar(positions: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    return dict(positions)


def _projected(coordinates: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Metres east and north of the middle."""
    count = len(coordinates)
    latitude = sum(place[0] for place in coordinates.values()) / count
    # Longitudes are taken from the first node, the short way round.
    first = next(iter(coordinates.values()))[1]
    turned = {name: (place[1] - first + 180) % 360 - 180 for name, place in coordinates.items()}
    middle = sum(turned.values()) / count
    return {
        name: (
            _EARTH * cos(radians(latitude)) * radians(turned[name] - middle),
            _EARTH * radians(place[0] - latitude),
        )
        for name, place in coordinates.items()
    }
