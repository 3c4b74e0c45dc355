"""What every state of light offers, however it is held.

Linear optics takes annihilation operators to ``a' = M a`` with one mode matrix M, a contraction: what it
lacks of a unitary is loss into the vacuum. Detectors are read off one function of the state, the probability
that nothing is seen, ``<:exp(-a† W a):>``, where W is the detector's efficiency on the modes that reach it
(Kelley and Kleiner, Phys. Rev. 136, A316 (1964)).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Real for detectors that say click or nothing; complex for the generating function of photon numbers.
Weights = Any
#: Points of a circle; photons beyond this number are taken for fewer, and must be rare.
_POINTS = 32


class Light(ABC):
    """Light in n modes. Leading axes of a state, if any, are a block of pulses beside each other."""

    #: Order of promotion: a state is turned into one of higher rank only.
    rank: int

    @property
    @abstractmethod
    def modes(self) -> int:
        """Number of modes n."""

    @abstractmethod
    def through(self, matrix: NDArray[np.complex128]) -> Light:
        """The light behind linear optics.

        Args:
            matrix: M, shape (modes out, modes in), with singular values of at most 1.
        """

    @abstractmethod
    def silence(self, weights: Weights) -> NDArray[Any]:
        """``<:exp(-a† W a):>``: that detectors of efficiencies W see nothing.

        Args:
            weights: W, shape (..., n, n), Hermitian with eigenvalues in [0, 1]; or such matrices times
                complex numbers.

        Returns:
            Shape of the block followed by that of the leading axes of W.
        """

    @abstractmethod
    def beside(self, other: Light) -> Light:
        """This light and another of the same kind that is independent of it, its modes after these."""

    @abstractmethod
    def turned(self, phase: NDArray[np.float64]) -> Light:
        """The light with all modes turned by a phase, or by each of a block of phases, in rad."""

    @abstractmethod
    def promoted(self, rank: int, cutoff: int) -> Light:
        """The same light held as a state of higher rank.

        Args:
            rank: of the wanted state.
            cutoff: most photons that a truncated state keeps.
        """

    def patterns(self, weights: NDArray[np.complex128], dark: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability of each set of detectors that click.

        Args:
            weights: W of each detector, shape (d, n, n).
            dark: probability that it clicks without light, shape (d,).

        Returns:
            Shape (block..., 2^d): entry c for the set of detectors whose bits are set in c.
        """
        count = len(dark)
        asked = _bits(count)
        silent = self.silence(np.tensordot(asked, weights, axes=1)).real * np.prod(
            (1 - dark) ** asked, axis=1
        )
        # Axis by axis: a detector of which nothing is asked, less one that is silent, is one that clicks.
        table = silent.reshape(silent.shape[:-1] + (2,) * count)
        block = silent.ndim - 1
        for axis in range(block, block + count):
            free, still = np.split(table, 2, axis=axis)
            table = np.concatenate([still, free - still], axis=axis)
        return np.asarray(np.maximum(table.reshape(silent.shape), 0.0))

    def numbers(
        self, weights: NDArray[np.complex128], most: int, silent: NDArray[np.complex128] | None = None
    ) -> NDArray[np.float64]:
        """Joint probability of the numbers of photons that detectors which count them see.

        The coefficients of the generating function ``<:exp(-a† Σ(1-z)W a):>``, read off circles (Cauchy).

        Args:
            weights: W of each detector, shape (d, n, n).
            most: greatest number that is told, at most 15.
            silent: W of detectors that see nothing at the same time, shape (n, n).

        Returns:
            Shape (block..., most+1, ..., most+1), one axis a detector; numbers beyond are left out.
        """
        count = len(weights)
        circle = np.exp(2j * np.pi * np.arange(_POINTS) / _POINTS)
        grids = np.stack(np.meshgrid(*[1 - circle] * count, indexing="ij"), axis=-1)
        forms = np.tensordot(grids, weights, axes=1)
        values = self.silence(forms if silent is None else forms + silent)
        axes = tuple(range(values.ndim - count, values.ndim))
        table = np.fft.fftn(values, axes=axes).real / _POINTS**count
        return np.asarray(table[(..., *[slice(most + 1)] * count)])


def _bits(count: int) -> NDArray[np.float64]:
    """The sets of some detectors, shape (2^count, count)."""
    return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(np.float64)
