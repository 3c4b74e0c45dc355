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

    def draw(
        self, slots: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """The slots of a block in which something clicks.

        Returns:
            Slots, ascending; their settings; their sets of outlets; each of shape (clicks,).
        """
        where = _successes(self.clicked, slots, rng)
        cell = self._cells(len(where), rng)
        return where, self._setting[cell], self._pattern[cell]

    def draw_settings(self, number: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Settings of slots in which no light clicked."""
        return rng.choice(len(self.chances), size=number, p=self.settings_of_empty).astype(np.int32)

    def _cells(self, number: int, rng: np.random.Generator) -> NDArray[np.int32]:
        """Draw entries of the joint law by Walker's method, ACM Trans. Math. Softw. 3, 253 (1977)."""
        share, other = self._alias
        place = rng.random(number) * len(share)
        cell = place.astype(np.int32)
        place -= cell
        moved = np.flatnonzero(place >= share[cell])
        cell[moved] = other[cell[moved]]
        return cell

    @cached_property
    def _joint(self) -> NDArray[np.float64]:
        return self.chances[:, None] * self.patterns[:, 1:]

    @cached_property
    def _kept(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        settings, patterns = np.nonzero(self._joint)
        return settings, patterns

    @cached_property
    def _setting(self) -> NDArray[np.int32]:
        return self._kept[0].astype(np.int32)

    @cached_property
    def _pattern(self) -> NDArray[np.int32]:
        return self._kept[1].astype(np.int32) + 1

    @cached_property
    def _alias(self) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        weights = self._joint[self._kept]
        share = weights / weights.sum() * len(weights)
        other = np.arange(len(share), dtype=np.int32)
        small = [cell for cell, part in enumerate(share) if part < 1]
        large = [cell for cell, part in enumerate(share) if part >= 1]
        while small and large:
            less, more = small.pop(), large[-1]
            other[less] = more
            share[more] -= 1 - share[less]
            if share[more] < 1:
                small.append(large.pop())
        share[small + large] = 1.0
        return share, other


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
        # A wait may be longer than any block; beyond it its length does not matter.
        gaps = np.minimum(waits / rate, 2.0 * trials + 2).astype(np.int64) + 1
        places = last + np.cumsum(gaps)
        found.append(places)
        last = int(places[-1])
    joined = np.concatenate(found)
    return joined[: np.searchsorted(joined, trials)]
