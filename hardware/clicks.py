"""What one click at a heralding station does to two emitters: the exact map of a detection round.

Two spins, each bright (b: has emitted a photon) or dark (d), send their light to a beam splitter with a
detector at each output. A round is passed when exactly one detector clicks. Only five numbers of
the joint state matter to every protocol here: the populations of dd, db, bd, bb and the coherence between db
and bd; all other coherences join states of different photon number and die in the detection. Decay of the
spins between two rounds keeps to these five numbers too.

The same physics runs event by event at photon detail (`hardware.station`); tests hold the two to each other
and both to the closed forms in the literature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from hardware.emission import PLAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.emission import Emission
    from hardware.heads import Heads
    from hardware.interference import Interference
    from qsim.quantum.noise import MemoryNoise

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
    def prepared(cls, first: float, second: float | None = None) -> Emitters:
        """Both spins in sqrt(1 - bright) |d> + sqrt(bright) |b>.

        Args:
            first: bright population of the first spin.
            second: of the second one; None for the same.
        """
        other = first if second is None else second
        dark, dark_other = 1 - first, 1 - other
        coherence = sqrt(dark * first * (dark_other * other))
        return cls(dark * dark_other, dark * other, first * dark_other, first * other, coherence)

    @property
    def trace(self) -> float:
        """Total probability."""
        return self.dd + self.db + self.bd + self.bb

    def flipped(self) -> Emitters:
        """After a pi pulse on both spins."""
        return Emitters(self.bb, self.bd, self.db, self.dd, self.coherence)

    def stored(self, laws: tuple[MemoryNoise | None, MemoryNoise | None], seconds: float) -> Emitters:
        """After both spins have been stored for a time from their first emission on.

        Args:
            laws: by which they decay; None for a spin that keeps for ever.
            seconds: the time, s.
        """
        if laws == (None, None):
            return self
        first, second = (np.eye(4) if law is None else law.transfer_matrix(0.0, seconds) for law in laws)
        return self.decayed(first, second)

    def decayed(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> Emitters:
        """After both spins have been stored for a time.

        The part of the coherence that decay turns into one between dd and bb dies in the next detection.

        Args:
            first, second: Pauli transfer matrices of the two spins, shape (4, 4), basis I, X, Y, Z; the dark
                state is |0>.
        """
        stays, falls = _to_dark(first)
        stays_other, falls_other = _to_dark(second)
        dark = self.dd * stays + self.bd * falls, self.db * stays + self.bb * falls
        bright = self.dd * (1 - stays) + self.bd * (1 - falls), self.db * (1 - stays) + self.bb * (1 - falls)
        kept = float(first[1, 1] * second[1, 1] + first[2, 2] * second[2, 2]) / 2
        return Emitters(
            dark[0] * stays_other + dark[1] * falls_other,
            dark[0] * (1 - stays_other) + dark[1] * (1 - falls_other),
            bright[0] * stays_other + bright[1] * falls_other,
            bright[0] * (1 - stays_other) + bright[1] * (1 - falls_other),
            self.coherence * kept,
        )

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


def _to_dark(matrix: NDArray[np.float64]) -> tuple[float, float]:
    """Probabilities of being dark after a decay, of a spin that was dark and of one that was bright."""
    shrunk, shift = float(matrix[3, 3]), float(matrix[3, 0])
    return (1 + shrunk + shift) / 2, (1 - shrunk + shift) / 2


@dataclass(frozen=True, slots=True)
class Optics:
    """The optical side of a round.

    Attributes:
        eta_first, eta_second: probability that a photon of each arm reaches the beam splitter.
        interference: what happens there.
        heads: the detectors at the two outputs.
        first, second: what the two emitters send.
    """

    eta_first: float
    eta_second: float
    interference: Interference
    heads: Heads
    first: Emission = PLAIN
    second: Emission = PLAIN

    def one_click(self, state: Emitters, heads: Heads | None = None) -> tuple[Emitters, Emitters]:
        """The branches in which exactly one detector clicks, the first and the second.

        The trace of a branch is its probability. Single photons keep the coherence of db and bd in so far as
        their wave packets overlap (amplitude sqrt(visibility)), the phase is known, nothing else was emitted
        and the click comes from the photon.

        Args:
            state: the spins.
            heads: the detectors in this window, where more is known of them.
        """
        heads = heads or self.heads
        return self.branch(state, heads, 0), self.branch(state, heads, 1)

    def branch(self, state: Emitters, heads: Heads, output: int) -> Emitters:
        """One of the two branches of `one_click`, by the number of the detector that clicks."""
        first, second, light = self.eta_first, self.eta_second, self.interference
        meeting = light.meeting()
        alone = heads.report(output)
        of_first = _with_second_photon(alone, self.first, first, meeting.first)
        of_second = _with_second_photon(alone, self.second, second, meeting.second)
        of_both = _with_second_photon(of_first, self.second, second, meeting.second)
        none = alone(0, 0)
        lost_both = (1 - first) * (1 - second)
        lost_one = first * (1 - second) + second * (1 - first)
        # Equal arms see no difference, to the last bit.
        one = _one(of_both, meeting.first)
        one_seen = lost_one * one + second * (1 - first) * (_one(of_both, meeting.second) - one)
        here, there = meeting.shares
        two = meeting.bunched * (here * of_both(2, 0) + there * of_both(0, 2)) + meeting.apart * of_both(1, 1)
        two += meeting.lone[0] * of_both(1, 0) + meeting.lone[1] * of_both(0, 1)
        two += meeting.missed * of_both(0, 0)
        single = sqrt((1 - self.first.double) * (1 - self.second.double)) * light.contrast
        click = alone(1, 0) * meeting.mutual[0] - alone(0, 1) * meeting.mutual[1] + none * meeting.unseen
        kept = state.coherence * sqrt(first) * sqrt(second * light.visibility) * click * single
        return Emitters(
            state.dd * none,
            state.db * ((1 - second) * of_second(0, 0) + second * _one(of_second, meeting.second)),
            state.bd * ((1 - first) * of_first(0, 0) + first * _one(of_first, meeting.first)),
            state.bb * (lost_both * of_both(0, 0) + one_seen + first * second * two),
            kept,
        )


Alone = Callable[[int, int], float]


def _one(alone: Alone, reached: tuple[float, float]) -> float:
    """Probability of the report when one photon has reached the beam splitter."""
    here, there = reached
    return here * alone(1, 0) + there * alone(0, 1) + (1 - here - there) * alone(0, 0)


def _with_second_photon(alone: Alone, emission: Emission, eta: float, reached: tuple[float, float]) -> Alone:
    """The report's probability by photons seen, where a bright emitter may send one more, besides those."""
    share = emission.double * emission.second_collected * eta
    if not share:
        return alone
    here, there = share * reached[0], share * reached[1]

    def either(at_first: int, at_second: int) -> float:
        return (
            (1 - here - there) * alone(at_first, at_second)
            + here * alone(at_first + 1, at_second)
            + there * alone(at_first, at_second + 1)
        )

    return either
