"""Angles of an assembly that walk at random while slots pass, the same at both levels of detail.

They stand still for some slots, which are so few that they move by a hundredth of a radian at a time, and are
read on a lattice of a milliradian, so that the law of a slot need be found once for each of its points.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hardware.optics.optical_assembly import Assembly

#: Standard deviation of a move, rad.
_MOVE = 0.01
#: Points of the lattice in a full turn.
_TURN = 6284
_POINT = 2 * pi / _TURN


def wandering(assembly: Assembly) -> dict[str, float]:
    """The angles that walk, by `part.parameter`, with their standard deviations after 1 s, rad."""
    return {
        f"{name}.{key}": spread
        for name, part in assembly.parts.items()
        for key, spread in part.wandering().items()
        if spread
    }


def turned(assembly: Assembly, moved: Mapping[str, float]) -> Assembly:
    """An assembly some of whose angles, by `part.parameter`, have moved by so many rad."""
    names = {where: where.partition(".") for where in moved}
    return assembly.with_parameters(
        {where: getattr(assembly.parts[part], key) + moved[where] for where, (part, _, key) in names.items()}
    )


class Walk:
    """How far the angles have gone. One walk may go on through several blocks.

    Args:
        spreads: the angles that walk, at least one, with their standard deviations after 1 s, rad.
        period_ps: from slot to slot, ps.
        rng: the walk is drawn from it alone, move by move, however slots are put into blocks.

    Attributes:
        still: slots for which they will not move.
    """

    def __init__(self, spreads: Mapping[str, float], period_ps: int, rng: np.random.Generator) -> None:
        period = period_ps / PS_PER_S
        self._names = tuple(spreads)
        self._stand = max(1, int(min(1e18, min(1e9, _MOVE / max(spreads.values())) ** 2 / period)))
        self._moves = np.array(list(spreads.values())) * sqrt(self._stand * period)
        self._rng = rng
        self._moved = np.zeros(len(spreads))
        self.still = self._stand

    @property
    def place(self) -> tuple[int, ...]:
        """Where on the lattice each of them is."""
        return tuple(round(moved) % _TURN for moved in (self._moved / _POINT).tolist())

    def moved(self, place: tuple[int, ...]) -> dict[str, float]:
        """How far they have gone at a place, rad, by `part.parameter`."""
        return {name: point * _POINT for name, point in zip(self._names, place, strict=True)}

    def forward(self, slots: int) -> None:
        """Let slots pass, sent or not."""
        while slots >= self.still:
            slots -= self.still
            self._moved += self._moves * self._rng.standard_normal(len(self._moves))
            self.still = self._stand
        self.still -= slots
