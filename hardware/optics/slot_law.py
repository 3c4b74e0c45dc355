"""The law of one slot: which setting it has, and which outlets click; drawn at the cost of clicks.

Slots are independent and alike. So the slots with a click are a Bernoulli process, of which only the
successes are drawn, and the setting and the clicks of each come from their joint law given that something
clicked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log1p, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["SlotLaw"]

#: Parts of the unit interval in which a cell is looked up: a power of two, so that rounding moves no draw to
#: the next part; few enough for the fastest memory.
_GUIDE = 1 << 12


@dataclass(frozen=True, eq=False)
class SlotLaw:
    """Joint law of the setting of a slot and of the outlets that click.

    Attributes:
        chances: probability of each setting, shape (s,).
        patterns: probability of each set of outlets given the setting, shape (s, 2^d); bit k of a set stands
            for outlet k.
    """

    chances: NDArray[np.float64]
    patterns: NDArray[np.float64]

    @cached_property
    def clicked(self) -> float:
        """Probability that anything clicks in a slot."""
        return min(1.0, float(self.chances @ self.patterns[:, 1:].sum(axis=1)))

    @cached_property
    def settings_of_empty(self) -> NDArray[np.float64]:
        """Probability of each setting given that nothing clicks, shape (s,)."""
        empty = self.chances * self.patterns[:, 0]
        return empty / empty.sum() if empty.any() else self.chances

    def draw(self, slots: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The slots of a block in which something clicks.

        Returns:
            Slots, ascending; their cells, each the setting times 2^d plus the set of outlets; of shape
            (clicks,) both.
        """
        where = _successes(self.clicked, slots, rng)
        return where, self._cells(len(where), rng)

    def draw_settings(self, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Settings of slots in which no light clicked."""
        return rng.choice(len(self.chances), size=number, p=self.settings_of_empty)

    def _cells(self, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw from the joint law by inversion, most of it by one look into a guide.

        References:
            Chen and Asau, AIIE Trans. 6, 163 (1974).
        """
        cells, bounds, guide = self._guide
        place = rng.random(number)
        cell = guide[(place * len(guide)).astype(np.int64)]
        undecided = np.flatnonzero(cell < 0)
        cell[undecided] = cells[np.searchsorted(bounds, place[undecided], side="right")]
        return cell

    @cached_property
    def _guide(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """Cells that occur, where on the unit interval all but the last end, and the cell of each part of it.

        Parts in which one cell ends and another begins have -1.
        """
        joint = self.chances[:, None] * self.patterns
        joint[:, 0] = 0.0
        cells = np.flatnonzero(joint)
        bounds = np.cumsum(joint.ravel()[cells])
        bounds = bounds[:-1] / bounds[-1:]
        edges = np.arange(_GUIDE + 1) / _GUIDE
        first = np.searchsorted(bounds, edges[:-1], side="right")
        last = np.searchsorted(bounds, edges[1:], side="left")
        return cells, bounds, np.where(first == last, np.append(cells, -1)[first], -1)


def _successes(chance: float, trials: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Places of the successes among independent trials, ascending."""
    if chance <= 0:
        return np.empty(0, dtype=np.int64)
    if chance >= 1:
        return np.arange(trials)
    rate, last = -log1p(-chance), -1
    found: list[NDArray[np.int64]] = []
    while last < trials:
        expected = (trials - last) * chance
        waits = rng.standard_exponential(int(expected + 4 * sqrt(expected)) + 4)
        waits *= 1 / rate
        # A wait may be longer than any block; beyond it its length does not matter.
        places = np.minimum(waits, 2.0 * trials + 2, out=waits).astype(np.int64)
        places += 1
        places[0] += last
        np.cumsum(places, out=places)
        found.append(places)
        last = int(places[-1])
    joined = found[0] if len(found) == 1 else np.concatenate(found)
    return joined[: np.searchsorted(joined, trials)]
