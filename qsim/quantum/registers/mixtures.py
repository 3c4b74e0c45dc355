"""Density matrices as mixtures of pure states, without a library whose last bits hang on the processor."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOTHING = 1e-14


def mixture(matrix: NDArray[np.complex128]) -> list[NDArray[np.complex128]]:
    """Unnormalised vectors v with ``matrix = sum v v†``, by Cholesky's method with pivots.

    The squared norm of a vector is the probability of its state.

    Args:
        matrix: Hermitian and positive, shape (n, n).
    """
    left, vectors = np.array(matrix, dtype=np.complex128), []
    for _ in range(len(left)):
        pivot = int(np.argmax(left.diagonal().real))
        weight = float(left[pivot, pivot].real)
        if weight <= _NOTHING:
            break
        vector = left[:, pivot] / sqrt(weight)
        vectors.append(vector)
        left -= vector[:, None] * vector.conj()[None, :]
    return vectors


def drawn(vectors: list[NDArray[np.complex128]], draw: float) -> NDArray[np.complex128]:
    """One state of a mixture, normalised, by a uniform draw from [0, 1)."""
    weights = [float(np.sum(np.abs(vector) ** 2)) for vector in vectors]
    left = draw * sum(weights)
    found = 0
    while found < len(weights) - 1 and left >= weights[found]:
        left -= weights[found]
        found += 1
    return np.asarray(vectors[found] / sqrt(weights[found]))
