"""Density matrices of pairs: exact for every noise law, held as real Pauli correlations.

A two-qubit density matrix is ``rho = 1/4 sum_ij R[i, j] P_i ⊗ P_j`` with real R over the Paulis I, X, Y, Z.
In R storage noise scales rows and columns, a swap is one element-wise product and a purification two
look-ups, so the exact formalism costs little more than the Bell-diagonal one. None of it goes through a
library of linear algebra, whose last bits hang on the processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np

from qsim.errors import StateError
from qsim.quantum.bell import IMPOSSIBLE, as_probability
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.noise import MemoryNoise, OperationNoise
    from qsim.quantum.state import Axis

#: Pauli matrices I, X, Y, Z, shape (4, 2, 2).
PAULIS: Final[NDArray[np.complex128]] = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=np.complex128
)
#: ``P_i ⊗ P_j``, shape (4, 4, 4, 4): indices i, j, row, column.
_PRODUCTS: Final = np.einsum("iab,jcd->ijacbd", PAULIS, PAULIS).reshape(4, 4, 4, 4)
#: Correlations of Φ+: its transpose relation turns Y into -Y across a Bell measurement.
_PHI_PLUS: Final = np.array([1.0, 1.0, -1.0, 1.0])
_TOLERANCE = 1e-9

# Heisenberg picture of one node's CNOT (kept qubit controls, sacrificed is target), for an observable P_i on
# the kept qubit and either I or Z on the sacrificed one: where it came from, with its sign.
_TARGET_I: Final = np.array([0, 1, 1, 0])
_KEPT_Z: Final = np.array([3, 2, 1, 0])
_TARGET_Z: Final = np.array([3, 2, 2, 3])
_SIGN_Z: Final = np.array([1.0, -1.0, 1.0, 1.0])
_GRID_I: Final = np.ix_(_TARGET_I, _TARGET_I)
_GRID_KEPT_Z: Final = np.ix_(_KEPT_Z, _KEPT_Z)
_GRID_Z: Final = np.ix_(_TARGET_Z, _TARGET_Z)
_SIGNS_Z: Final = np.outer(_SIGN_Z, _SIGN_Z)

# Quarter turns of one qubit, in the Pauli basis; the other qubit of a pair turns the opposite way.
_QUARTER_TURNS: Final[dict[Axis, NDArray[np.float64]]] = {
    "x": np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, -1], [0, 0, 1, 0]], dtype=np.float64),
    "y": np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, -1, 0, 0]], dtype=np.float64),
    "z": np.array([[1, 0, 0, 0], [0, 0, -1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=np.float64),
}
#: How the turn of the second qubit must go for Φ+ to stay: the same about Y, the opposite about X and Z.
_SECOND_SENSE: Final[dict[Axis, int]] = {"x": -1, "y": 1, "z": -1}


@register("formalism", "density-matrix")
class DensityMatrixState:
    """Any state of two qubits.

    Args:
        correlations: R of the module docstring, shape (4, 4), R[0, 0] = 1; not checked, use
            `from_density_matrix` for outside input.
    """

    __slots__ = ("correlations",)

    def __init__(self, correlations: NDArray[np.float64]) -> None:
        self.correlations = correlations

    @classmethod
    def werner(cls, fidelity: float) -> Self:
        if not 0 <= fidelity <= 1:
            raise StateError(f"a fidelity must be in [0, 1], got {fidelity!r}")
        w = (4 * fidelity - 1) / 3
        return cls(np.diag([1.0, w, -w, w]))

    @classmethod
    def from_density_matrix(cls, rho: NDArray[np.complex128]) -> Self:
        matrix = np.asarray(rho, dtype=np.complex128)
        if matrix.shape != (4, 4):
            raise StateError(f"a density matrix of two qubits has shape (4, 4), got {matrix.shape}")
        if not np.isfinite(matrix).all():
            raise StateError("a density matrix must have finite entries")
        if not np.allclose(matrix, matrix.conj().T, rtol=0, atol=_TOLERANCE):
            raise StateError("a density matrix must be Hermitian")
        if abs(np.trace(matrix) - 1) > _TOLERANCE:
            raise StateError(f"a density matrix must have trace 1, got {np.trace(matrix).real:.12g}")
        if np.linalg.eigvalsh(matrix)[0] < -_TOLERANCE:
            raise StateError("a density matrix must have no negative eigenvalue")
        return cls(np.einsum("ijab,ba->ij", _PRODUCTS, matrix).real)

    def density_matrix(self) -> NDArray[np.complex128]:
        rho: NDArray[np.complex128] = np.einsum("ij,ijab->ab", self.correlations, _PRODUCTS) / 4
        return rho

    def fidelity(self) -> float:
        return as_probability(self.probabilities()[0])

    def probabilities(self) -> tuple[float, float, float, float]:
        _, x, y, z = self.correlations.diagonal().tolist()
        return (1 + x - y + z) / 4, (1 - x + y + z) / 4, (1 + x + y - z) / 4, (1 - x - y - z) / 4

    def decayed(self, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float) -> Self:
        result = self.correlations
        if first is not None:
            result = _stored(first, result, seconds)
        if second is not None:
            result = _stored(second, result.T, seconds).T
        return type(self)(result)

    def swapped(self, other: Self, noise: OperationNoise) -> Self:
        """Swap, with the correction applied at the far end of `other`.

        Averaging over the four outcomes after their corrections leaves the diagonal of `other` alone: the
        second pair acts on the first as a Pauli channel.

        References:
            Bowen and Bose, Phys. Rev. Lett. 87, 267901 (2001).
        """
        here, there = self.correlations, other.correlations
        factors = np.array([1.0, *noise.swap_factors])
        joined = here * (there.diagonal() * _PHI_PLUS * factors)
        bias = noise.readout_bias
        if bias:
            # What a bit says beside its outcome falls on the second pair's far qubit alone: the first pair's
            # near half is then not asked, or asked in one of the two bits.
            one = bias * noise.reliability * noise.readout
            alone = np.outer(here[:, 0], there[0])
            joined[:, [1, 3]] += bias * alone[:, [1, 3]]
            joined[:, 2] += bias**2 * alone[:, 2] + one * (
                here[:, 1] * there[1, 2] + here[:, 3] * there[3, 2]
            )
        return type(self)(joined)

    def twirled(self) -> Self:
        """The Werner state of the same fidelity."""
        w = (4 * self.fidelity() - 1) / 3
        return type(self)(np.diag([1.0, w, -w, w]))

    def quarter_turned(self, axis: Axis) -> Self:
        turn = _QUARTER_TURNS[axis]
        back = turn.T if _SECOND_SENSE[axis] < 0 else turn
        return type(self)(turn @ self.correlations @ back.T)

    def purified(self, sacrificed: Self, first: OperationNoise, second: OperationNoise) -> tuple[float, Self]:
        """As `BellDiagonalState.purified`, for states of any form."""
        return self._selected(sacrificed, first, second, ones=False)

    def purified_on_ones(
        self, sacrificed: Self, first: OperationNoise, second: OperationNoise
    ) -> tuple[float, Self]:
        """Bilateral CNOT onto another pair; this one is kept where both measured bits are 1."""
        return self._selected(sacrificed, first, second, ones=True)

    def _selected(
        self, sacrificed: Self, first: OperationNoise, second: OperationNoise, *, ones: bool
    ) -> tuple[float, Self]:
        kept, lost = self.correlations, sacrificed.correlations
        gates = tuple(
            np.array([1.0, noise.reliability, noise.reliability, noise.reliability])
            for noise in (first, second)
        )
        bits = first.reliability * first.readout, second.reliability * second.readout
        bias = first.readout_bias, second.readout_bias
        # The signs that the nodes report: of neither bit, of both, of one of them beside the kept pair.
        neither = np.outer(*gates) * kept * lost[_GRID_I]
        both = bits[0] * bits[1] * _SIGNS_Z * kept[_GRID_KEPT_Z] * lost[_GRID_Z]
        share = 1 + bias[0] * bias[1], bias[1], bias[0]
        if ones:
            share = (1 - bias[0]) * (1 - bias[1]), bias[1] - 1, bias[0] - 1
        selected = share[0] * neither
        selected += both
        if share[1]:
            one = kept[_KEPT_Z, :] * lost[np.ix_(_TARGET_Z, _TARGET_I)] * np.outer(_SIGN_Z, gates[1])
            selected += share[1] * bits[0] * one
        if share[2]:
            one = kept[:, _KEPT_Z] * lost[np.ix_(_TARGET_I, _TARGET_Z)] * np.outer(gates[0], _SIGN_Z)
            selected += share[2] * bits[1] * one
        unnormalised = selected / (4 if ones else 2)
        probability = float(unnormalised[0, 0])
        if probability < IMPOSSIBLE:
            return 0.0, self
        return probability, type(self)(unnormalised / probability)

    def __repr__(self) -> str:
        return f"<DensityMatrixState fidelity {self.fidelity():.6g}>"


def _stored(law: MemoryNoise, correlations: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """Correlations after the qubit of their rows has been stored."""
    moved = law.transfer_matrix(0.0, seconds)
    result = moved.diagonal()[:, None] * correlations
    result[3] += moved[3, 0] * correlations[0]
    return result
