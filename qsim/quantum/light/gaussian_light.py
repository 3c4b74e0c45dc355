"""Gaussian states: means and covariances of quadratures, exact under linear optics and for squeezed light.

Quadratures are ``x = a + a†`` and ``p = -i (a - a†)``, all x before all p, so that the vacuum has the unit
matrix for its covariance.
"""

from __future__ import annotations

from math import cosh, sinh, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.quantum.light.field import Light, Weights
from qsim.quantum.light.fock_light import FockLight, occupations, tensor_index

if TYPE_CHECKING:
    from numpy.typing import NDArray


class GaussianLight(Light):
    """Light of parametric sources, and whatever laser light goes with it.

    Args:
        mean: of the quadratures, shape (block..., 2n).
        covariance: shape (2n, 2n), alike for the whole block.

    References:
        Weedbrook et al., Rev. Mod. Phys. 84, 621 (2012).
    """

    rank = 1

    def __init__(self, mean: NDArray[np.float64], covariance: NDArray[np.float64]) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)
        self.covariance = np.asarray(covariance, dtype=np.float64)

    @classmethod
    def squeezed_pairs(cls, means: list[float], phases: list[float] | None = None) -> GaussianLight:
        """Two-mode squeezed vacua: modes 2k and 2k+1 hold pairs of photons of a mean number each.

        Args:
            means: mean number of pairs of each.
            phases: of the pair amplitude of each, rad; 0 left out.
        """
        size = 2 * len(means)
        moment = np.zeros((size, size), dtype=np.complex128)
        photons = np.zeros((size, size))
        for place, mean in enumerate(means):
            turn = np.exp(1j * phases[place]) if phases else 1.0
            one, other = 2 * place, 2 * place + 1
            moment[one, other] = moment[other, one] = sqrt(mean * (mean + 1)) * turn
            photons[one, one] = photons[other, other] = mean
        return cls(np.zeros(2 * size), _covariance(photons.astype(np.complex128), moment))

    @classmethod
    def squeezed(cls, decibels: float) -> GaussianLight:
        """One mode whose quadrature x is squeezed below the vacuum by so many dB."""
        ratio = 10 ** (-decibels / 10)
        return cls(np.zeros(2), np.diag([ratio, 1 / ratio]))

    @classmethod
    def two_mode_squeezed(cls, r: float) -> GaussianLight:
        """Two modes squeezed by a parameter r: variance of ``x - x'`` and of ``p + p'`` of 2 e^(-2r)."""
        c, s = cosh(2 * r), sinh(2 * r)
        x, p = np.array([[c, s], [s, c]]), np.array([[c, -s], [-s, c]])
        return cls(np.zeros(4), np.block([[x, np.zeros((2, 2))], [np.zeros((2, 2)), p]]))

    @property
    def modes(self) -> int:
        return len(self.covariance) // 2

    def through(self, matrix: NDArray[np.complex128]) -> GaussianLight:
        m = np.asarray(matrix)
        turn = np.block([[m.real, -m.imag], [m.imag, m.real]])
        # What is lost is replaced by vacuum.
        vacuum = np.eye(len(turn)) - turn @ turn.T
        return GaussianLight(self.mean @ turn.T, turn @ self.covariance @ turn.T + vacuum)

    def silence(self, weights: Weights) -> NDArray[Any]:
        form = _form(np.asarray(weights))
        excess = self.covariance - np.eye(2 * self.modes)
        inside = np.eye(2 * self.modes) + form @ excess / 2
        kernel = np.linalg.solve(inside, form) / 4
        away = np.einsum("...i,kij,...j->...k", self.mean, kernel.reshape(-1, *kernel.shape[-2:]), self.mean)
        vacuum = 1 / np.sqrt(np.linalg.det(inside))
        return np.asarray(np.exp(-away.reshape(self.mean.shape[:-1] + vacuum.shape)) * vacuum)

    def beside(self, other: Light) -> GaussianLight:
        assert isinstance(other, GaussianLight)
        n, m = self.modes, other.modes
        order = [*range(n), *range(2 * n, 2 * n + m), *range(n, 2 * n), *range(2 * n + m, 2 * (n + m))]
        joint = np.zeros((2 * (n + m), 2 * (n + m)))
        joint[: 2 * n, : 2 * n], joint[2 * n :, 2 * n :] = self.covariance, other.covariance
        block = np.broadcast_shapes(self.mean.shape[:-1], other.mean.shape[:-1])
        means = [np.broadcast_to(each.mean, (*block, each.mean.shape[-1])) for each in (self, other)]
        return GaussianLight(np.concatenate(means, axis=-1)[..., order], joint[np.ix_(order, order)])

    def turned(self, phase: NDArray[np.float64]) -> GaussianLight:
        """As `Light.turned`; only one phase where there are correlations, which are one for the block."""
        phase = np.asarray(phase)
        if phase.ndim == 0 or phase.size == 1:
            turned = self.through(np.exp(1j * float(phase.ravel()[0])) * np.eye(self.modes))
            return GaussianLight(
                np.broadcast_to(turned.mean, (*phase.shape, turned.mean.size)), turned.covariance
            )
        n = self.modes
        alpha = (self.mean[..., :n] + 1j * self.mean[..., n:]) * np.exp(1j * phase)[..., None]
        return GaussianLight(np.concatenate([alpha.real, alpha.imag], axis=-1), self.covariance)

    def promoted(self, rank: int, cutoff: int) -> Light:
        return self if rank == self.rank else self._truncated(cutoff)

    def symplectic_eigenvalues(self) -> NDArray[np.float64]:
        """Symplectic eigenvalues of the covariance, at least 1, shape (n,)."""
        n = self.modes
        form = np.block([[np.zeros((n, n)), np.eye(n)], [-np.eye(n), np.zeros((n, n))]])
        return np.sort(np.abs(np.linalg.eigvals(1j * form @ self.covariance)))[::2]

    def _truncated(self, cutoff: int) -> FockLight:
        """Elements of the density matrix, by the recurrence of Miatto and Quesada, Quantum 4, 366 (2020)."""
        n = self.modes
        assert self.mean.ndim == 1
        mixing = np.block([[np.eye(n), 1j * np.eye(n)], [np.eye(n), -1j * np.eye(n)]]) / 2
        q = mixing @ self.covariance @ mixing.conj().T + np.eye(2 * n) / 2
        swap = np.roll(np.eye(2 * n), n, axis=0)
        inverse = np.linalg.inv(q)
        a = (swap @ (np.eye(2 * n) - inverse)).astype(np.complex128)
        alpha = mixing @ self.mean
        b = (swap @ inverse @ alpha).astype(np.complex128)
        vacuum = np.exp(-(alpha.conj() @ inverse @ alpha) / 2) / np.sqrt(np.linalg.det(q))
        known: dict[tuple[int, ...], complex] = {(0,) * (2 * n): vacuum}
        # Numbers of the bra side come first in `a`, those of the ket side after them.
        kets = occupations(n, cutoff)
        for bra in kets:
            for ket in kets:
                _fill((*bra, *ket), a, b, known)
        sectors: dict[tuple[int, int], Any] = {}
        for bra in kets:
            for ket in kets:
                k, m = sum(ket), sum(bra)
                block = sectors.setdefault((k, m), np.zeros((n**k, n**m), dtype=np.complex128))
                rows, columns = tensor_index(ket), tensor_index(bra)
                block[np.ix_(rows, columns)] = known[(*bra, *ket)] / sqrt(len(rows) * len(columns))
        return FockLight(n, sectors, cutoff)


def _fill(
    numbers: tuple[int, ...],
    a: NDArray[np.complex128],
    b: NDArray[np.complex128],
    known: dict[tuple[int, ...], complex],
) -> complex:
    if numbers in known:
        return known[numbers]
    place = next(k for k, number in enumerate(numbers) if number)
    less = _less(numbers, place)
    total = b[place] * _fill(less, a, b, known)
    for other, number in enumerate(less):
        if number:
            total += sqrt(number) * a[place, other] * _fill(_less(less, other), a, b, known)
    known[numbers] = total / sqrt(numbers[place])
    return known[numbers]


def _less(numbers: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*numbers[:place], numbers[place] - 1, *numbers[place + 1 :])


def _covariance(photons: NDArray[np.complex128], moment: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Covariance from ``<a†a>`` and ``<aa>``."""
    eye = np.eye(len(photons))
    x = eye + 2 * (photons + moment).real
    p = eye + 2 * (photons - moment).real
    cross = 2 * (photons + moment).imag
    return np.block([[x, cross], [cross.T, p]])


def _form(weights: NDArray[Any]) -> NDArray[Any]:
    """The quadratic form in quadratures of ``4 a† W a``, shape (..., 2n, 2n)."""
    upper = np.concatenate([weights, 1j * weights], axis=-1)
    lower = np.concatenate([-1j * weights, weights], axis=-1)
    whole = np.concatenate([upper, lower], axis=-2)
    form = (whole + np.swapaxes(whole, -1, -2)) / 2
    return np.asarray(form if np.any(form.imag) else form.real)
