"""Light of several sources as one state, promoted to the highest form among them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.light.field import Light

#: Most photons that a truncated state of several sources keeps.
CUTOFF = 4


def joined(lights: Sequence[Light], turns: Sequence[NDArray[np.float64]] = (), cutoff: int = CUTOFF) -> Light:
    """Independent light side by side.

    Args:
        lights: of the sources, without leading axes.
        turns: phases by which the light of each is turned; the state is a block over all of their
            combinations. None for no turns.
        cutoff: most photons of a truncated state.
    """
    rank = max(light.rank for light in lights)
    parts = [light.promoted(rank, cutoff) for light in lights]
    if turns:
        parts = [
            part.turned(np.expand_dims(turn, tuple(range(1, len(lights) - place))))
            for place, (part, turn) in enumerate(zip(parts, turns, strict=True))
        ]
    return reduce(lambda one, other: one.beside(other), parts)
