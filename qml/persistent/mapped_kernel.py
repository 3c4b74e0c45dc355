"""The step as one real matrix: on few wires everything that is linear is multiplied out beforehand.

The next state and all that is read at all virtual nodes are linear in (state of the input wires) x (state of
the hidden wires). The matrix is found from the other end: each observable is pulled back through the step. A
step then costs the same for any unitary and any noise, and hardly more for many virtual nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.persistent.kernel import Kernel, encoded_state
from qml.persistent.wire_decay import Decay, act

#: Observables that are pulled back together: they stay in the processor's cache.
_TOGETHER = 16
#: Arrays of the size of the pulled-back observables that are alive at once while the matrix is made.
_COPIES = 4


@dataclass(frozen=True)
class MappedKernel(Kernel):
    """Keeps the hidden wires' density matrix as a real vector and multiplies it by a matrix."""

    def prepare(
        self, unitaries: NDArray[np.complex128], table: NDArray[np.float64], decay: Decay
    ) -> tuple[NDArray[Any], ...]:
        """A matrix for each cell, (cells, 1, 4**wires, 4**hidden + nodes * outputs); see `Kernel.prepare`."""
        matrices = np.stack([self._matrix(unitary, table, decay) for unitary in unitaries])
        return (matrices[:, None].astype(np.float32 if self.single else np.float64),)

    def enter(self, hidden: NDArray[np.complex128]) -> NDArray[Any]:
        """The matrices as vectors."""
        return pack(hidden).astype(np.float32 if self.single else np.float64)

    def leave(self, state: NDArray[Any]) -> NDArray[np.complex128]:
        """The vectors as matrices."""
        return unpack(state.astype(np.float64))

    def encode(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """The input wires' density matrix, as a vector."""
        state = encoded_state(values)
        projector = state[..., :, None] * state[..., None, :].conj()
        return pack(projector).astype(np.float32 if self.single else np.float64)

    def step(self, xp: Any, arrays: tuple[Any, ...], state: Any, encoded: Any) -> tuple[Any, Any]:
        """One product; see `Kernel.step`."""
        cells, rows, kept = state.shape
        joint = (encoded[..., :, None] * state[..., None, :]).reshape(cells, rows, 1, -1)
        after = (joint @ arrays[0])[:, :, 0]
        return after[..., :kept], after[..., kept:]

    def memory(self, cells: int, rows: int) -> int:
        """The matrices, the observables that they are made from, and the vectors of a step."""
        shape, number = self.shape, 4 if self.single else 8
        columns = (1 << 2 * shape.hidden) + shape.nodes * shape.outputs
        return shape.elements * (16 * _COPIES * columns + cells * number * (columns + 3 * rows))

    def _matrix(
        self, unitary: NDArray[np.complex128], table: NDArray[np.float64], decay: Decay
    ) -> NDArray[np.float64]:
        shape, fresh, kept = self.shape, 2**self.shape.inputs, 2**self.shape.hidden
        masks = decay.masks(adjoint=True)

        def pulled(observables: NDArray[np.complex128]) -> NDArray[np.complex128]:
            parts = []
            for start in range(0, len(observables), _TOGETHER):
                part = observables[start : start + _TOGETHER]
                part = act(part[None], masks)[0] if self.noisy else part
                parts.append(unitary.conj().T @ part @ unitary)
            return np.concatenate(parts)

        size = fresh * kept
        components = basis(kept) / norms(kept)[:, None, None]
        state = np.einsum("ab,oij->oaibj", np.eye(fresh), components).reshape(-1, size, size).astype(complex)
        read = (table.T[:, :, None] * np.eye(size)).astype(complex)
        reads = []
        for _ in range(shape.nodes):
            state, read = pulled(state), pulled(read)
            reads.append(read)
        observables = np.concatenate([state, *reads]).reshape(-1, fresh, kept, fresh, kept)
        of_hidden = np.einsum("oaibj,pba->poij", observables, basis(fresh))
        rows = pack(of_hidden) * norms(kept)
        return np.ascontiguousarray(np.swapaxes(rows, 1, 2)).reshape(shape.elements, -1)


def pack(matrices: NDArray[Any]) -> NDArray[Any]:
    """Hermitian matrices as real vectors, there and back without a rounding.

    Real parts stand on and above the diagonal, imaginary parts of the same elements mirrored below it.

    Args:
        matrices: shape (..., size, size); what is below the diagonal is not looked at.

    Returns:
        shape (..., size * size).
    """
    size = matrices.shape[-1]
    upper = np.triu(np.ones((size, size), bool))
    packed = np.where(upper, matrices.real, np.swapaxes(matrices.imag, -1, -2))
    return packed.reshape(*matrices.shape[:-2], size * size)


def unpack(vectors: NDArray[Any]) -> NDArray[Any]:
    """The matrices of vectors that `pack` made, shape (..., size, size)."""
    size = round(vectors.shape[-1] ** 0.5)
    packed = vectors.reshape(*vectors.shape[:-1], size, size)
    upper, lower = np.triu(packed), np.swapaxes(np.tril(packed, -1), -1, -2)
    real = upper + np.swapaxes(np.triu(packed, 1), -1, -2)
    return np.asarray(real + 1j * (lower - np.swapaxes(lower, -1, -2)))


def basis(size: int) -> NDArray[np.complex128]:
    """The matrices that the vectors' components stand for, shape (size * size, size, size)."""
    return unpack(np.eye(size * size))


def norms(size: int) -> NDArray[np.float64]:
    """Trace of the square of each matrix of the basis, shape (size * size,); they are orthogonal."""
    return np.where(np.eye(size, dtype=bool), 1.0, 2.0).reshape(-1)
