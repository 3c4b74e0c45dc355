"""Light of several sources as one state, promoted to the highest form among them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from qsim.errors import ParameterError
from qsim.quantum.light.fock_light import FockLight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.light.field import Light

#: Most photons that a truncated state of several sources keeps.
CUTOFF = 4
#: Greatest probability that may be cut off.
LOST = 1e-3


def joined(lights: Sequence[Light], turns: Sequence[NDArray[np.float64]] = (), cutoff: int = CUTOFF) -> Light:
    """Independent light side by side.

    Args:
        lights: of the sources, without leading axes.
        turns: phases by which the light of each is turned; the state is a block over all of their
            combinations. None for no turns.
        cutoff: most photons of a truncated state.

    Raises:
        ParameterError: light that goes with single photons is too bright to be cut off.
    """
    rank = max(light.rank for light in lights)
    parts = [light.promoted(rank, cutoff) for light in lights]
    for light, part in zip(lights, parts, strict=True):
        if isinstance(part, FockLight) and light.rank < rank and part.trace < 1 - LOST:
            raise ParameterError(
                f"light that goes with single photons is kept up to {cutoff} photons, which would leave out "
                f"{1 - part.trace:.2g} of it, more than {LOST:g}: take a smaller mean number of photons"
            )
    if turns:
        parts = [
            part.turned(np.expand_dims(turn, tuple(range(1, len(lights) - place))))
            for place, (part, turn) in enumerate(zip(parts, turns, strict=True))
        ]
    return reduce(lambda one, other: one.beside(other), parts)
