"""Unitary gates by name, and what they do to Pauli operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qsim.errors import StateError
from qsim.quantum.density import PAULIS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOLERANCE = 1e-9
#: What rounding leaves of an entry of a Pauli transfer matrix that is a whole number.
_ROUNDING = 1e-14
_HALF = 1 / sqrt(2)


class Steps(NamedTuple):
    """A Pauli transfer matrix that takes each Pauli from one other.

    Attributes:
        sources: where each comes from, the place of every qubit's Pauli; None where none moves.
        factors: what it is multiplied by, shape (4**k, 1).
    """

    sources: tuple[NDArray[np.intp], ...] | None
    factors: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gate:
    """A unitary on one qubit or a few.

    Attributes:
        name: how it is called in messages.
        matrix: shape (2**k, 2**k) for k qubits; the first qubit is the most significant bit of an index.

    Raises:
        StateError: the matrix is not unitary, or not of a whole number of qubits.
    """

    name: str
    matrix: NDArray[np.complex128] = field(repr=False)

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, dtype=np.complex128)
        size = matrix.shape[0] if matrix.ndim == 2 else 0
        if matrix.shape != (size, size) or size < 2 or size & (size - 1):
            raise StateError(
                f"gate {self.name!r} must be a square matrix of 2, 4, 8, ... rows, got shape {matrix.shape}"
            )
        product = np.einsum("ij,kj->ik", matrix, matrix.conj())
        if not np.allclose(product, np.eye(size), rtol=0, atol=_TOLERANCE):
            raise StateError(f"gate {self.name!r} is not unitary: U U† differs from 1")
        object.__setattr__(self, "matrix", matrix)

    @property
    def qubits(self) -> int:
        """How many qubits it acts on."""
        return len(self.matrix).bit_length() - 1

    @cached_property
    def transfer(self) -> NDArray[np.float64]:
        """Its Pauli transfer matrix, shape (4**k, 4**k)."""
        found = transfer_matrix((self.matrix,))
        # A Clifford gate takes Paulis to Paulis: exactly, though 1 / sqrt(2) squared is not 1 / 2.
        whole = np.rint(found)
        return np.where(np.abs(found - whole) < _ROUNDING, whole, found)

    @cached_property
    def steps(self) -> Steps | None:
        """Its transfer matrix as `steps_of` tells it."""
        return steps_of(self.transfer)


def pauli_products(qubits: int) -> NDArray[np.complex128]:
    """All products of Pauli operators of some qubits, shape (4**k, 2**k, 2**k), the first qubit slowest."""
    products = np.ones((1, 1, 1), dtype=np.complex128)
    for _ in range(qubits):
        rows = products.shape[1] * 2
        products = np.einsum("iab,jcd->ijacbd", products, PAULIS).reshape(-1, rows, rows)
    return products


def transfer_matrix(kraus: Sequence[NDArray[np.complex128]]) -> NDArray[np.float64]:
    """The Pauli transfer matrix of Kraus operators: ``Tr(P_i sum_m K_m P_j K_m†) / 2**k``."""
    size = kraus[0].shape[0]
    products = pauli_products(size.bit_length() - 1)
    after = sum(np.einsum("ab,jbc,dc->jad", each, products, each.conj()) for each in kraus)
    return np.asarray(np.einsum("iab,jba->ij", products, after).real / size)


def steps_of(transfer: NDArray[np.float64]) -> Steps | None:
    """A Pauli transfer matrix that takes each Pauli from one other, as Clifford gates and Pauli noise do.

    Args:
        transfer: shape (4**k, 4**k).

    Returns:
        None where a row has several entries.
    """
    there = transfer != 0
    if there.sum(axis=1).max() > 1:
        return None
    found, rows = there.argmax(axis=1), np.arange(len(transfer))
    # A row without any takes 0 from wherever that is.
    factors = transfer[rows, found, None]
    if not there[rows, rows].all():
        return Steps(np.unravel_index(found, (4,) * (len(transfer).bit_length() // 2)), factors)
    return Steps(None, factors)


def _controlled(matrix: NDArray[np.complex128]) -> NDArray[np.complex128]:
    whole = np.eye(2 * len(matrix), dtype=np.complex128)
    whole[len(matrix) :, len(matrix) :] = matrix
    return whole


def rotation(axis: str, angle: float) -> Gate:
    """Turn of one qubit by an angle (rad) about the axis ``"x"``, ``"y"`` or ``"z"`` of the Bloch sphere.

    Raises:
        StateError: there is no such axis.
    """
    if axis not in ("x", "y", "z"):
        raise StateError(f"a qubit turns about the axis 'x', 'y' or 'z', got {axis!r}")
    pauli = PAULIS["xyz".index(axis) + 1]
    return Gate(f"r{axis}({angle:.6g})", cos(angle / 2) * PAULIS[0] - 1j * sin(angle / 2) * pauli)


def _table() -> dict[str, Gate]:
    one, x, y, z = PAULIS
    s = np.diag([1, 1j])
    matrices = {
        "i": one,
        "x": x,
        "y": y,
        "z": z,
        "h": (x + z) * _HALF,
        "s": s,
        "sdg": s.conj(),
        "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
        "sxdg": np.array([[1 - 1j, 1 + 1j], [1 + 1j, 1 - 1j]]) / 2,
        "t": np.diag([1, np.exp(0.25j * pi)]),
        "tdg": np.diag([1, np.exp(-0.25j * pi)]),
        "cx": _controlled(x),
        "cy": _controlled(y),
        "cz": _controlled(z),
        "swap": np.eye(4, dtype=np.complex128)[[0, 2, 1, 3]],
        "ccx": _controlled(_controlled(x)),
    }
    return {name: Gate(name, matrix) for name, matrix in matrices.items()}


#: The gates that have a name; ``"sdg"`` undoes ``"s"``.
GATES: Final[dict[str, Gate]] = _table()


def named_gate(gate: Gate | str) -> Gate:
    """A gate itself, or the one of this name.

    Raises:
        StateError: no gate has the name.
    """
    if isinstance(gate, Gate):
        return gate
    if not isinstance(gate, str) or gate not in GATES:
        raise StateError(
            f"there is no gate {gate!r}; there are {', '.join(GATES)}, `rotation(axis, angle)` and "
            "`Gate(name, matrix)`"
        )
    return GATES[gate]
