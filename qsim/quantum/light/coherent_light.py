"""Coherent states: one complex amplitude for each mode, exact under linear optics."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.quantum.light.field import Light, Weights
from qsim.quantum.light.fock_light import FockLight
from qsim.quantum.light.gaussian_light import GaussianLight

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CoherentLight(Light):
    """Light of lasers.

    Args:
        amplitudes: α of each mode, shape (block..., n); |α|² is the mean photon number.

    References:
        Glauber, Phys. Rev. 131, 2766 (1963).
    """

    rank = 0

    def __init__(self, amplitudes: NDArray[np.complex128]) -> None:
        self.amplitudes = np.asarray(amplitudes, dtype=np.complex128)

    @property
    def modes(self) -> int:
        return int(self.amplitudes.shape[-1])

    def through(self, matrix: NDArray[np.complex128]) -> CoherentLight:
        return CoherentLight(self.amplitudes @ np.asarray(matrix).T)

    def silence(self, weights: Weights) -> NDArray[Any]:
        return np.asarray(np.exp(-self._seen(weights)))

    def beside(self, other: Light) -> CoherentLight:
        assert isinstance(other, CoherentLight)
        block = np.broadcast_shapes(self.amplitudes.shape[:-1], other.amplitudes.shape[:-1])
        parts = [np.broadcast_to(each.amplitudes, (*block, each.modes)) for each in (self, other)]
        return CoherentLight(np.concatenate(parts, axis=-1))

    def turned(self, phase: NDArray[np.float64]) -> CoherentLight:
        return CoherentLight(self.amplitudes * np.exp(1j * np.asarray(phase))[..., None])

    def promoted(self, rank: int, cutoff: int) -> Light:
        if rank == self.rank:
            return self
        if rank == GaussianLight.rank:
            mean = 2 * np.concatenate([self.amplitudes.real, self.amplitudes.imag], axis=-1)
            return GaussianLight(mean, np.eye(2 * self.modes))
        return self._truncated(cutoff)

    def _truncated(self, cutoff: int) -> FockLight:
        alpha = self.amplitudes
        vector = np.exp(-(np.abs(alpha) ** 2).sum(axis=-1, keepdims=True) / 2).astype(np.complex128)
        kets = [vector]
        for number in range(1, cutoff + 1):
            product = kets[-1][..., :, None] * alpha[..., None, :] / sqrt(number)
            kets.append(product.reshape(*alpha.shape[:-1], self.modes**number))
        blocks = {
            (k, m): one[..., :, None] * two[..., None, :].conj()
            for k, one in enumerate(kets)
            for m, two in enumerate(kets)
        }
        return FockLight(self.modes, blocks, cutoff)

    def patterns(self, weights: NDArray[np.complex128], dark: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `Light.patterns`; detectors of coherent light are independent, and small numbers keep digits."""
        silent = np.exp(-self._seen(weights).real) * (1 - dark)
        clicks = dark - np.expm1(-self._seen(weights).real) * (1 - dark)
        table = np.ones((*silent.shape[:-1], 1))
        for detector in range(len(dark)):
            still, click = silent[..., detector, None], clicks[..., detector, None]
            table = np.concatenate([table * still, table * click], axis=-1)
        return table

    def _seen(self, weights: Weights) -> NDArray[Any]:
        """Mean photons seen, α† W α: shape of the block, then of W."""
        alpha, shape = self.amplitudes, np.shape(weights)
        flat = np.reshape(weights, (-1, *shape[-2:]))
        photons: NDArray[Any] = np.einsum("...i,kij,...j->...k", alpha.conj(), flat, alpha)
        return photons.reshape(alpha.shape[:-1] + shape[:-2])
