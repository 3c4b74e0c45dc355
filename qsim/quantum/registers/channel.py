"""Noise channels of one qubit or a few: exact, as Kraus operators, and as Pauli errors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qsim.errors import StateError
from qsim.quantum.registers.gates import pauli_products, transfer_matrix
from qsim.quantum.registers.mixtures import mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.noise import MemoryNoise

_TOLERANCE = 1e-9


class Channel:
    """What noise does to some qubits.

    Args:
        transfer: Pauli transfer matrix, shape (4**k, 4**k), basis I, X, Y, Z of each qubit, the first
            slowest.

    Raises:
        StateError: the matrix does not keep the trace, or is of no whole number of qubits.
    """

    def __init__(self, transfer: NDArray[np.float64]) -> None:
        self.transfer = np.asarray(transfer, dtype=np.float64)
        size = self.transfer.shape[0]
        if self.transfer.shape != (size, size) or size < 4 or size & (size - 1) or size.bit_length() % 2 == 0:
            raise StateError(f"a Pauli transfer matrix has 4, 16, ... rows, got shape {self.transfer.shape}")
        first = np.zeros(size)
        first[0] = 1.0
        if not np.allclose(self.transfer[0], first, rtol=0, atol=_TOLERANCE):
            raise StateError(
                "a channel must keep the trace: the first row of its transfer matrix is 1, 0, 0, ..."
            )

    @classmethod
    def from_kraus(cls, operators: Sequence[NDArray[np.complex128]]) -> Channel:
        """The channel of Kraus operators, each of shape (2**k, 2**k).

        Raises:
            StateError: they do not keep the trace.
        """
        made = cls(transfer_matrix([np.asarray(each, dtype=np.complex128) for each in operators]))
        made.__dict__["kraus"] = [np.asarray(each, dtype=np.complex128) for each in operators]
        return made

    @classmethod
    def pauli(cls, probabilities: Sequence[float]) -> Channel:
        """Random Pauli errors.

        Args:
            probabilities: of the 4**k Paulis, I, X, Y, Z of each qubit, the first slowest; their sum is 1.

        Raises:
            StateError: they are negative, or do not add to 1.
        """
        weights = np.asarray(probabilities, dtype=np.float64)
        if (weights < -_TOLERANCE).any() or abs(weights.sum() - 1) > _TOLERANCE:
            raise StateError(
                f"probabilities of errors must be at least 0 and add to 1, got {list(probabilities)}"
            )
        return cls(np.diag(np.einsum("ij,j->i", _signs(len(weights)), weights)))

    @classmethod
    def depolarising(cls, error: float, qubits: int = 1) -> Channel:
        """With this probability, one of the Paulis other than the identity, all alike."""
        many = 4**qubits
        return cls.pauli([1 - error, *[error / (many - 1)] * (many - 1)])

    @classmethod
    def stored(cls, law: MemoryNoise, since: float, until: float, frame: int = 1) -> Channel:
        """Storage of one qubit in a memory.

        Args:
            law, since, until, frame: as for `MemoryNoise.transfer_matrix`; ages in s.
        """
        return cls(law.transfer_matrix(since, until, frame))

    @property
    def qubits(self) -> int:
        """How many qubits it acts on."""
        return len(self.transfer).bit_length() // 2

    @cached_property
    def kraus(self) -> list[NDArray[np.complex128]]:
        """Kraus operators, each of shape (2**k, 2**k).

        Raises:
            StateError: the map is not completely positive.
        """
        products, size = pauli_products(self.qubits), 2**self.qubits
        # The operators are the vectors of a mixture whose density matrix is the Choi matrix.
        choi = np.einsum("ij,iab,jcd->acbd", self.transfer, products, products.transpose(0, 2, 1)) / size
        vectors = mixture(np.asarray(choi.reshape(size**2, size**2)))
        operators = [vector.reshape(size, size) for vector in vectors]
        if not operators or not np.allclose(transfer_matrix(operators), self.transfer, rtol=0, atol=1e-7):
            raise StateError("the channel is not completely positive: no noise does this to a qubit")
        return operators

    @cached_property
    def pauli_weights(self) -> NDArray[np.float64]:
        """Probabilities of the Paulis after twirling, shape (4**k,).

        References:
            Emerson et al., Science 317, 1893 (2007).
        """
        return np.asarray(
            np.einsum("ij,j->i", _signs(len(self.transfer)), self.transfer.diagonal()) / len(self.transfer)
        )

    @property
    def is_pauli(self) -> bool:
        """Whether twirling leaves it as it is."""
        return bool(np.allclose(self.transfer, np.diag(self.transfer.diagonal()), rtol=0, atol=1e-12))


def _signs(size: int) -> NDArray[np.float64]:
    """1 where two Paulis commute and -1 where they do not, shape (4**k, 4**k)."""
    one = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], dtype=np.float64)
    signs: NDArray[np.float64] = np.ones((1, 1))
    while len(signs) < size:
        signs = np.asarray(np.kron(signs, one))
    return signs


def chosen(vectors: Sequence[float], draw: float) -> int:
    """Index of a weight by a uniform draw from [0, 1)."""
    left = draw * sum(vectors)
    for index, weight in enumerate(vectors):
        left -= weight
        if left < 0:
            return index
    return max(index for index, weight in enumerate(vectors) if weight > 0)
