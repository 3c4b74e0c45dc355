"""What one click at a heralding station does to two emitters: the exact map of a detection round.

Two spins, each bright (b: has emitted a photon) or dark (d), send their light to a 50:50 beam splitter with a
threshold detector at each output. A round is passed when exactly one detector clicks. Only five numbers of
the joint state matter to every protocol here: the populations of dd, db, bd, bb and the coherence between db
and bd; all other coherences join states of different photon number and die in the detection.

The same physics runs event by event at photon detail (`hardware.station`); tests hold the two to each other
and both to the closed forms in the literature.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.heads import Heads

#: Smaller probabilities have lost their digits to underflow; what has them never happens.
_NEVER = 1e-290


@dataclass(frozen=True, slots=True)
class Emitters:
    """Joint state of the two spins of an attempt, not normalised: its trace is a probability.

    Attributes:
        dd, db, bd, bb: populations; the first letter is the first spin's.
        coherence: real coherence between db and bd.
    """

    dd: float
    db: float
    bd: float
    bb: float
    coherence: float

    @classmethod
    def prepared(cls, bright: float) -> Emitters:
        """Both spins in sqrt(1 - bright) |d> + sqrt(bright) |b>."""
        dark = 1 - bright
        return cls(dark * dark, dark * bright, bright * dark, bright * bright, dark * bright)

    @property
    def trace(self) -> float:
        """Total probability."""
        return self.dd + self.db + self.bd + self.bb

    def flipped(self) -> Emitters:
        """After a pi pulse on both spins."""
        return Emitters(self.bb, self.bd, self.db, self.dd, self.coherence)

    def plus(self, other: Emitters, sign: int) -> Emitters:
        """Mixture with another branch whose phase has been corrected by `sign`."""
        return Emitters(
            self.dd + other.dd,
            self.db + other.db,
            self.bd + other.bd,
            self.bb + other.bb,
            self.coherence + sign * other.coherence,
        )

    def density_matrix(self) -> NDArray[np.complex128]:
        """Density matrix of trace 1, shape (4, 4), after the bit flip on the second that turns Ψ+ into Φ+.

        A branch that never happens has no state; the maximally mixed one stands for it.
        """
        if self.trace < _NEVER:
            return np.eye(4, dtype=np.complex128) / 4
        rho = np.diag([self.db, self.dd, self.bb, self.bd]).astype(np.complex128)
        rho[0, 3] = rho[3, 0] = self.coherence
        return rho / self.trace


#: What nothing has led to yet.
NOTHING = Emitters(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Optics:
    """The optical side of a round.

    Attributes:
        eta_first, eta_second: probability that a photon of each arm reaches the beam splitter.
        visibility: two-photon interference visibility, the squared overlap of the two photons' wave packets.
        bunching: whether two photons that meet interfere; without it they choose their outputs
            independently, as SeQUeNCe has them do.
        heads: the detectors at the two outputs.
    """

    eta_first: float
    eta_second: float
    visibility: float
    bunching: bool
    heads: Heads

    def one_click(self, state: Emitters, heads: Heads | None = None) -> tuple[Emitters, Emitters]:
        """The branches in which exactly one detector clicks, the first and the second.

        The trace of a branch is its probability. Single photons keep the coherence of db and bd in so far as
        their wave packets overlap (amplitude sqrt(visibility)) and the click comes from the photon.

        Args:
            state: the spins.
            heads: the detectors in this window, where more is known of them.
        """
        heads = heads or self.heads
        return self._branch(state, heads, 0), self._branch(state, heads, 1)

    def _branch(self, state: Emitters, heads: Heads, output: int) -> Emitters:
        first, second = self.eta_first, self.eta_second
        none = heads.alone(output, 0, 0)
        here, there = heads.alone(output, 1, 0), heads.alone(output, 0, 1)
        one = (here + there) / 2
        together = (1 + self.visibility) / 2 if self.bunching else 0.5
        two = together * (heads.alone(output, 2, 0) + heads.alone(output, 0, 2)) / 2
        two += (1 - together) * heads.alone(output, 1, 1)
        lost_both = (1 - first) * (1 - second)
        lost_one = first * (1 - second) + second * (1 - first)
        kept = state.coherence * sqrt(first) * sqrt(second * self.visibility) * (here - there) / 2
        return Emitters(
            state.dd * none,
            state.db * ((1 - second) * none + second * one),
            state.bd * ((1 - first) * none + first * one),
            state.bb * (lost_both * none + lost_one * one + first * second * two),
            kept,
        )
