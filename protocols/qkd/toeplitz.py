"""Hashing by random Toeplitz matrices: privacy amplification, and the tag that verifies a correction.

The matrices are a universal family, 2^-m for m bits of output, and a matrix is named by its diagonals alone.
The product is a convolution, made by fast Fourier transform.

References:
    Krawczyk, CRYPTO '94, LNCS 839, 129 (1994); Hayashi, Tsurumaru, IEEE Trans. Inf. Theory 62, 2213 (2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qsim.errors import StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["diagonals", "toeplitz"]


def diagonals(bits: int, length: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The diagonals of a random matrix that hashes so many bits to a length."""
    return rng.integers(0, 2, max(0, bits + length - 1), dtype=np.uint8)


def toeplitz(bits: NDArray[np.uint8], matrix: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The hash of bits under a matrix whose entry (i, j) is its diagonal i - j + n - 1.

    Args:
        bits: n of them, 0 or 1 each, at least one.
        matrix: its n + m - 1 diagonals.

    Returns:
        m bits.

    Raises:
        StateError: there are fewer diagonals than the matrix has.

    Example:
        >>> import numpy as np
        >>> toeplitz(np.array([1, 0, 1], np.uint8), np.array([1, 1, 0, 1], np.uint8))
        array([1, 0], dtype=uint8)
    """
    count = len(bits)
    if count == 0 or len(matrix) < count - 1:
        raise StateError(
            f"a Toeplitz matrix for {count} bits has at least {count} diagonals, got {len(matrix)}"
        )
    # What wraps around falls on outputs that are not looked at.
    size = 1 << (len(matrix) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(matrix, size) * np.fft.rfft(bits, size), size)
    return (np.rint(product[count - 1 : len(matrix)]).astype(np.int64) & 1).astype(np.uint8)
