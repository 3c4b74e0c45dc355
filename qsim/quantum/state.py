"""The interface of pair states.

Every formalism is a class of immutable states behind this one interface, so the same protocol code runs on
all of them. A state knows neither time nor place; `EntangledPair` adds those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.quantum.noise import MemoryNoise, OperationNoise

#: The purification recipes that a formalism understands.
Recipe = Literal["bbpssw", "dejmps"]


class PairState(Protocol):
    """The state of two qubits that are meant to be in Φ+."""

    @classmethod
    def werner(cls, fidelity: float) -> Self:
        """The Werner state of this fidelity.

        Raises:
            StateError: the fidelity is outside [0, 1].
        """
        ...

    @classmethod
    def from_density_matrix(cls, rho: NDArray[np.complex128]) -> Self:
        """The state nearest to a density matrix that the formalism can hold, of the same fidelity.

        Args:
            rho: shape (4, 4), basis |00>, |01>, |10>, |11>.

        Raises:
            StateError: `rho` is no density matrix of two qubits.
        """
        ...

    def density_matrix(self) -> NDArray[np.complex128]:
        """The density matrix, shape (4, 4)."""
        ...

    def fidelity(self) -> float:
        """Overlap with Φ+, computed from the state."""
        ...

    def probabilities(self) -> tuple[float, float, float, float]:
        """Overlaps with Φ+, Φ−, Ψ+, Ψ−."""
        ...

    def decayed(self, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float) -> Self:
        """The state after both halves have been stored for a time.

        Args:
            first, second: noise of the memory that holds the first and the second qubit; None is ideal.
            seconds: storage time, s.
        """
        ...

    def swapped(self, other: Self, noise: OperationNoise) -> Self:
        """The pair left by a Bell measurement that joins this pair's second to the other pair's first qubit.

        The Pauli correction that the measured bits call for is included; the state is averaged over the
        outcomes of the measurement.
        """
        ...

    def purified(self, sacrificed: Self, recipe: Recipe, noise: OperationNoise) -> tuple[float, Self]:
        """One round of two-to-one purification that keeps this pair.

        Args:
            sacrificed: the pair that is measured.
            recipe: which protocol.
            noise: of the gate and the measurement at each of the two nodes.

        Returns:
            Probability of success, and the kept pair's state given success; probability 0 and this state
            where success is impossible.
        """
        ...


def teleportation_fidelity(fidelity: float) -> float:
    """Mean fidelity of teleporting an unknown pure qubit over a pair: (2 F + 1)/3.

    References:
        Horodecki, Horodecki, Horodecki, Phys. Rev. A 60, 1888 (1999).

    Example:
        >>> round(teleportation_fidelity(0.95), 6)
        0.966667
    """
    return (2 * fidelity + 1) / 3
