"""Truncated photon-number states, held as what k photons in n modes are: symmetric tensors of rank k.

A mode matrix then acts on each index by itself, loss is a partial trace over some of the indices, and a
detector that sees nothing acts on each index alike. Nothing else is needed of Fock space.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from itertools import combinations, permutations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from qsim.errors import ParameterError
from qsim.quantum.light.field import Light, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    #: Blocks of the density matrix between k and l photons, each of shape (block..., n^k, n^l).
    Sectors = Mapping[tuple[int, int], NDArray[np.complex128]]

#: Greatest dimension of the space of all photons of a state.
_MOST = 3000


class FockLight(Light):
    """Light of single-photon sources, and any other as far as few photons say it all.

    Args:
        modes: n.
        sectors: blocks of the density matrix between k and l photons; those left out are zero.
        most: photons beyond which the state was cut off, and is cut off with other light; None for a whole
            one.

    Raises:
        ParameterError: too many photons in too many modes.
    """

    rank = 2

    def __init__(self, modes: int, sectors: Sectors, most: int | None = None) -> None:
        self._modes = modes
        self.cutoff = most
        self.sectors = dict(sectors)
        _refuse_many(modes, self.photons)

    @classmethod
    def of_numbers(cls, shares: tuple[float, ...]) -> FockLight:
        """One mode with a number of photons, without coherence between numbers."""
        return cls(1, {(k, k): np.full((1, 1), share + 0j) for k, share in enumerate(shares)})

    @classmethod
    def ket(cls, modes: int, amplitudes: Mapping[tuple[int, ...], complex]) -> FockLight:
        """A superposition of numbers of photons in the modes.

        Args:
            modes: n.
            amplitudes: by the number of photons in each mode; normalised by the caller.
        """
        parts: dict[int, NDArray[np.complex128]] = {}
        for numbers, amplitude in amplitudes.items():
            vector = parts.setdefault(sum(numbers), np.zeros(modes ** sum(numbers), dtype=np.complex128))
            index = tensor_index(numbers)
            vector[index] += amplitude / np.sqrt(len(index))
        return cls(
            modes, {(k, m): np.outer(one, two.conj()) for k, one in parts.items() for m, two in parts.items()}
        )

    @property
    def modes(self) -> int:
        return self._modes

    @property
    def photons(self) -> int:
        """Greatest number of photons of the state."""
        return max(k for k, _ in self.sectors)

    @property
    def trace(self) -> float:
        """Weight of what the truncation has kept, or of what a detector has left."""
        return float(sum(np.trace(block).real for (k, m), block in self.sectors.items() if k == m))

    def through(self, matrix: NDArray[np.complex128]) -> FockLight:
        matrix = np.asarray(matrix, dtype=np.complex128)
        lost = np.eye(self.modes) - matrix.conj().T @ matrix
        return self._transformed(matrix, lost)

    def silent(self, weights: NDArray[np.complex128]) -> FockLight:
        """What is left, not normalised, where detectors of efficiencies W saw nothing, W diagonal."""
        return self._transformed(np.diag(np.sqrt(1 - np.diag(weights).real)).astype(np.complex128), None)

    def only(self, kept: list[int]) -> FockLight:
        """The state of some of the modes."""
        return self.through(np.eye(self.modes, dtype=np.complex128)[kept])

    def silence(self, weights: Weights) -> NDArray[Any]:
        weights = np.asarray(weights)
        still = np.eye(self.modes) - weights.reshape(-1, *weights.shape[-2:])
        total: Any = 0.0
        for (k, m), block in self.sectors.items():
            if k == m:
                total = total + np.einsum("...ab,mba->...m", block, _power(still, k))
        return np.asarray(total.reshape(total.shape[:-1] + weights.shape[:-2]))

    def beside(self, other: Light) -> FockLight:
        assert isinstance(other, FockLight)
        mine, theirs = self.modes, other.modes
        cutoffs = [each.cutoff for each in (self, other) if each.cutoff is not None]
        most = min(cutoffs, default=None)
        if most is None:
            _refuse_many(mine + theirs, self.photons + other.photons)
        joint: dict[tuple[int, int], Any] = {}
        for (k, m), one in self.sectors.items():
            for (p, q), two in other.sectors.items():
                if most is not None and max(k + p, m + q) > most:
                    continue
                both = np.einsum("...ab,...cd->...acbd", one, two)
                both = both.reshape((*both.shape[:-4], mine**k * theirs**p, mine**m * theirs**q))
                term = _shuffle(mine, theirs, k, p) @ both @ _shuffle(mine, theirs, m, q).T
                joint[k + p, m + q] = joint.get((k + p, m + q), 0) + term
        return FockLight(mine + theirs, joint, most)

    def turned(self, phase: NDArray[np.float64]) -> FockLight:
        turn = np.exp(1j * np.asarray(phase))[..., None, None]
        blocks = {(k, m): turn ** (k - m) * block for (k, m), block in self.sectors.items()}
        return FockLight(self.modes, blocks, self.cutoff)

    def promoted(self, rank: int, cutoff: int) -> FockLight:
        return self

    def _transformed(self, matrix: NDArray[np.complex128], lost: NDArray[np.complex128] | None) -> FockLight:
        """Act with a matrix on every photon, after `lost` has taken away any number of them."""
        sectors: dict[tuple[int, int], Any] = {}
        nothing_lost = lost is None or bool(np.abs(lost).max() < 1e-15)
        for (k, m), block in self.sectors.items():
            rest = block
            for gone in range(min(k, m) + 1):
                if gone:
                    if nothing_lost:
                        break
                    rest = self._traced(rest, k - gone, m - gone, lost)
                weight = np.sqrt(comb(k, gone) * comb(m, gone))
                left, right = _power(matrix[None], k - gone)[0], _power(matrix[None], m - gone)[0]
                term = weight * (left @ rest @ right.conj().T)
                sectors[k - gone, m - gone] = sectors.get((k - gone, m - gone), 0) + term
        return FockLight(len(matrix), sectors, self.cutoff)

    def _traced(self, block: Any, rows: int, columns: int, lost: Any) -> Any:
        """Trace over the last photon of rows and columns, weighted by what is lost."""
        n = self.modes
        parts = block.reshape((*block.shape[:-2], n**rows, n, n**columns, n))
        return np.einsum("...aibj,ji->...ab", parts, lost)


def _refuse_many(modes: int, photons: int) -> None:
    if modes**photons > _MOST:
        raise ParameterError(
            f"{photons} photons in {modes} modes are beyond a truncated state; take fewer sources with "
            "single photons, or weaker ones"
        )


def occupations(modes: int, most: int) -> list[tuple[int, ...]]:
    """Numbers of photons in some modes, up to a total, by total."""
    if modes == 0:
        return [()]
    found = [(here, *rest) for here in range(most + 1) for rest in occupations(modes - 1, most - here)]
    return sorted(found, key=lambda numbers: (sum(numbers), numbers))


@lru_cache(maxsize=4096)
def tensor_index(numbers: tuple[int, ...]) -> list[int]:
    """Entries of the flat tensor of k photons that hold given numbers of photons in the modes."""
    photons = [mode for mode, number in enumerate(numbers) for _ in range(number)]
    places = {
        reduce(lambda total, mode: total * len(numbers) + mode, one, 0) for one in permutations(photons)
    }
    return sorted(places)


def _power(matrices: NDArray[Any], times: int) -> NDArray[Any]:
    """Kronecker powers of a stack of matrices, shape (m, r^times, c^times)."""
    total = np.ones((len(matrices), 1, 1), dtype=matrices.dtype)
    for _ in range(times):
        product = np.einsum("mab,mcd->macbd", total, matrices)
        shape = total.shape[1] * matrices.shape[1], total.shape[2] * matrices.shape[2]
        total = product.reshape(len(matrices), *shape)
    return total


@lru_cache(maxsize=512)
def _shuffle(mine: int, theirs: int, k: int, p: int) -> NDArray[np.float64]:
    """From k photons of one light and p of another to the symmetric state of all, shape (n^(k+p), ...)."""
    modes, weight = mine + theirs, 1 / np.sqrt(comb(k + p, k))
    ours = np.array(list(np.ndindex(*(mine,) * k)), dtype=np.int64).reshape(mine**k, k)
    others = np.array(list(np.ndindex(*(theirs,) * p)), dtype=np.int64).reshape(theirs**p, p) + mine
    table = np.zeros((modes ** (k + p), mine**k * theirs**p))
    for places in combinations(range(k + p), k):
        rest = [place for place in range(k + p) if place not in places]
        factors = modes ** np.arange(k + p - 1, -1, -1)
        rows = (ours @ factors[list(places)])[:, None] + (others @ factors[rest])[None, :]
        table[rows.ravel(), np.arange(table.shape[1])] += weight
    return table
