"""Products of Pauli Z as sign patterns over the computational basis."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: On more wires than this, expectation values are read from a Walsh transform instead of a table of signs.
TABLE_WIRES = 10
#: What can be read of a circuit, by name, with the number of Z in each product.
ORDERS = {"z": 1, "zz": 2, "zzz": 3}


@lru_cache(maxsize=64)
def z_products(wires: int, order: int) -> tuple[tuple[int, ...], ...]:
    """The sets of wires whose <Z...Z> is read: all of 1 wire, then of 2, up to `order`, each in order.

    Example:
        >>> z_products(3, 2)
        ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
    """
    return tuple(chosen for size in range(1, order + 1) for chosen in combinations(range(wires), size))


@lru_cache(maxsize=64)
def signs(wires: int, order: int) -> NDArray[np.float64]:
    """Eigenvalues of the products of Z in each basis state, shape (2**wires, products); wire 0 leads."""
    basis = np.arange(2**wires)
    single = 1.0 - 2.0 * ((basis[:, None] >> np.arange(wires - 1, -1, -1)) & 1)
    table = np.stack([single[:, list(chosen)].prod(axis=1) for chosen in z_products(wires, order)], axis=1)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=64)
def product_masks(wires: int, order: int) -> NDArray[np.int32]:
    """For each product of Z, the number whose binary digits name its wires; wire 0 leads."""
    masks = [sum(1 << (wires - 1 - wire) for wire in chosen) for chosen in z_products(wires, order)]
    return np.array(masks, dtype=np.int32)


def walsh(xp: Any, probabilities: Any, wires: int) -> Any:
    """Expectation values of all products of Z, last axis by mask: the Walsh-Hadamard transform."""
    shape = probabilities.shape
    for wire in range(wires):
        pairs = probabilities.reshape(*shape[:-1], 2**wire, 2, -1)
        zero, one = pairs[..., 0, :], pairs[..., 1, :]
        probabilities = xp.stack([zero + one, zero - one], axis=-2).reshape(shape)
    return probabilities
