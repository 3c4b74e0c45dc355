"""On which side of its node a name stands on a map, so that it covers as little as possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qsim.model.layout import Place

#: The sides in the order of preference, each as the direction from node to name, y upwards.
SIDES = {"below": (0, -1), "above": (0, 1), "right": (1, 0), "left": (-1, 0)}
#: Nodes up to which sides are worked out; with more of them names are read at a closer look.
_MOST = 150
#: What it costs to cover a link, a node and a name.
_LINK, _NODE, _NAME = 1.0, 4.0, 4.0

_Box = tuple[float, float, float, float]


def label_sides(
    places: Mapping[str, Place],
    links: Iterable[tuple[str, str]],
    sizes: Mapping[str, tuple[float, float]],
    radius: float,
) -> dict[str, str]:
    """A side for the name of each node: that where it covers fewest names, nodes and links.

    Args:
        places: x and y of each node, y upwards, in any unit.
        links: names of the two ends of each.
        sizes: width and height of each name, in the same unit.
        radius: of a node with the gap beside it, in the same unit.

    Returns:
        "below", "above", "right" or "left" by name; all below on a map of very many nodes.
    """
    chosen = dict.fromkeys(places, "below")
    if len(places) > _MOST:
        return chosen
    lines = [(places[a], places[b]) for a, b in links if a != b]
    nodes = {name: (x - radius, y - radius, x + radius, y + radius) for name, (x, y) in places.items()}
    taken: list[_Box] = []
    for name in sorted(places, key=lambda name: -_crowd(places, name, radius)):
        others = [box for other, box in nodes.items() if other != name]
        costs = {
            side: _cost(_box(places[name], sizes[name], radius, way), lines, others, taken) + 0.1 * rank
            for rank, (side, way) in enumerate(SIDES.items())
        }
        chosen[name] = min(costs, key=costs.__getitem__)
        taken.append(_box(places[name], sizes[name], radius, SIDES[chosen[name]]))
    return chosen


def _crowd(places: Mapping[str, Place], name: str, radius: float) -> int:
    """How many nodes are near one: those in a crowd choose first."""
    x, y = places[name]
    return sum(abs(x - a) + abs(y - b) < 8 * radius for a, b in places.values())


def _box(place: Place, size: tuple[float, float], radius: float, way: tuple[int, int]) -> _Box:
    """What a name covers on one side of its node: left, bottom, right, top."""
    (x, y), (width, height) = place, size
    x += way[0] * (radius + width / 2)
    y += way[1] * (radius + height / 2)
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _cost(
    box: _Box, lines: Sequence[tuple[Place, Place]], nodes: Sequence[_Box], names: Sequence[_Box]
) -> float:
    return (
        _LINK * sum(_crosses(box, *line) for line in lines)
        + _NODE * sum(_overlap(box, other) for other in nodes)
        + _NAME * sum(_overlap(box, other) for other in names)
    )


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(box: _Box, start: Place, end: Place) -> bool:
    """Whether a line enters a box.

    References:
        Liang and Barsky, ACM Trans. Graph. 3, 1 (1984).
    """
    first, last = 0.0, 1.0
    for low, high, at, to in ((box[0], box[2], start[0], end[0]), (box[1], box[3], start[1], end[1])):
        step = to - at
        if step == 0:
            if not low <= at <= high:
                return False
            continue
        enter, leave = sorted(((low - at) / step, (high - at) / step))
        first, last = max(first, enter), min(last, leave)
    return first <= last
