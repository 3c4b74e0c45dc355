"""Where the nodes stand in the picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qsim.plots.arrangement import Place, arranged
from qsim.plots.layout import layout

if TYPE_CHECKING:
    from qsim.results import Result

#: Distance of neighbours in the picture, in its own units.
SPACING = 110.0


def places(result: Result) -> dict[str, Place]:
    """A place for each node: where the scenario puts it, or else worked out from the links.

    Args:
        result: a run.

    Returns:
        By name x to the right and y downwards, about `SPACING` apart.
    """
    found = layout(result).places
    if len(set(found.values())) == 1:
        # All at one place is no map.
        names = list(found)
        found = dict(zip(names, arranged(names, [(link.a, link.b) for link in result.links]), strict=True))
    return dict(zip(found, _scaled([(x, -y) for x, y in found.values()]), strict=True))


def _scaled(found: list[Place]) -> list[Place]:
    """Places moved to the origin and stretched so that there is `SPACING` of room for each node."""
    if len(found) < 2:
        return [(0.0, 0.0)] * len(found)
    lows = [min(place[axis] for place in found) for axis in (0, 1)]
    width, height = (max(place[axis] for place in found) - lows[axis] for axis in (0, 1))
    longer, shorter = max(width, height), min(width, height)
    if shorter > 0.2 * longer:
        factor = SPACING * max(math.sqrt(len(found)), 2.0) / math.sqrt(width * height)
    else:
        rows = max(math.sqrt(len(found) * shorter / longer), 1.0)
        factor = SPACING * max(len(found) / rows - 1, 1.0) / longer
    return [(round((x - lows[0]) * factor, 1), round((y - lows[1]) * factor, 1)) for x, y in found]
