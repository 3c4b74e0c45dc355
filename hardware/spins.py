"""The two spins of an attempt along one trajectory, at photon detail.

Where `hardware.clicks` follows all outcomes at once, this follows one: each loss and each detection is drawn,
and the state is the one that is left. Averages over trajectories give back the exact maps.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from hardware.clicks import Emitters

if TYPE_CHECKING:
    import random


class SpinPair:
    """Joint state of two emitters: four populations and the coherence between db and bd.

    Args:
        start: the spins as prepared.
        visibility, bunching: how their light interferes, see `hardware.clicks.Optics`.
    """

    __slots__ = ("_bunching", "_coherence", "_overlap", "_populations")

    def __init__(self, start: Emitters, visibility: float, bunching: bool) -> None:
        # dd, db, bd, bb: the first letter is the first spin's
        self._populations = (start.dd, start.db, start.bd, start.bb)
        self._coherence = start.coherence
        self._overlap = sqrt(visibility)
        self._bunching = bunching

    def flip(self) -> None:
        """A pi pulse on both spins."""
        dd, db, bd, bb = self._populations
        self._populations = (bb, bd, db, dd)

    def survives(self, first: bool, probability: float, rng: random.Random) -> bool:
        """Draw whether the light of one spin reaches the station.

        Lost light tells the environment that the spin was bright; light that is not lost makes the bright
        state less likely in proportion.

        Args:
            first: which spin.
            probability: that a photon survives.
            rng: where the draw comes from.
        """
        dd, db, bd, bb = self._populations
        bright = bb + (bd if first else db)
        if rng.random() < bright * (1 - probability):
            self._collapse((0.0, 0.0, bd, bb) if first else (0.0, db, 0.0, bb), 0.0)
            return False
        kept = (
            (dd, db, bd * probability, bb * probability)
            if first
            else (dd, db * probability, bd, bb * probability)
        )
        self._collapse(kept, self._coherence * sqrt(probability))
        return True

    def detect(self, first: bool, second: bool, rng: random.Random) -> tuple[int, int]:
        """Send the light that arrived through the beam splitter.

        Args:
            first, second: whether the light of each spin arrived.
            rng: where the draws come from.

        Returns:
            How many photons reach each of the two detectors.
        """
        if not (first or second):
            return 0, 0
        dd, db, bd, bb = self._populations
        none = (dd, 0.0 if second else db, 0.0 if first else bd, 0.0)
        two = bb if first and second else 0.0
        draw = rng.random() - sum(none)
        if draw < 0:
            self._collapse(none, 0.0)
            return 0, 0
        if draw < two:
            self._collapse((0.0, 0.0, 0.0, bb), 0.0)
            return self._two_outputs(rng)
        output = rng.random() < 0.5
        coherence = self._coherence * self._overlap if first and second else 0.0
        one = (0.0, db if second else 0.0, bd if first else 0.0, 0.0 if first and second else bb)
        self._collapse(one, coherence if output else -coherence)
        return (1, 0) if output else (0, 1)

    def heralded(self, sign: int) -> Emitters:
        """The state as announced, its phase corrected by `sign`."""
        return Emitters(*self._populations, sign * self._coherence)

    def _two_outputs(self, rng: random.Random) -> tuple[int, int]:
        together = (1 + self._overlap**2) / 2 if self._bunching else 0.5
        if rng.random() < together:
            return (2, 0) if rng.random() < 0.5 else (0, 2)
        return 1, 1

    def _collapse(self, populations: tuple[float, float, float, float], coherence: float) -> None:
        dd, db, bd, bb = populations
        weight = dd + db + bd + bb
        self._populations = (dd / weight, db / weight, bd / weight, bb / weight)
        self._coherence = coherence / weight
