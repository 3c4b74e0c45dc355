"""Hermitian matrices as real vectors, there and back without a rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(matrices: NDArray[Any]) -> NDArray[Any]:
    """Real parts on and above the diagonal, imaginary parts of the same elements mirrored below it.

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
