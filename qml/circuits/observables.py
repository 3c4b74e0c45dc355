"""Products of Pauli Z as sign patterns over the computational basis."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

#: On more wires than this, expectation values are read with the signs of two halves instead of one table.
TABLE_WIRES = 8
#: What can be read of a circuit, by name, with the number of Z in each product.
ORDERS = {"z": 1, "zz": 2, "zzz": 3}
#: What else can be read of circuits that have them: observables of their own, behind the products of Z.
OWN = "observables"


@lru_cache(maxsize=64)
def z_products(wires: int, order: int) -> tuple[tuple[int, ...], ...]:
    """The sets of wires whose <Z...Z> is read: all of 1 wire, then of 2, up to `order`, each in order.

    Order 0 asks for what is fed back alone, <Z> of each wire, like order 1 without observables of one's own.

    Example:
        >>> z_products(3, 2)
        ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
    """
    return tuple(
        chosen for size in range(1, max(order, 1) + 1) for chosen in combinations(range(wires), size)
    )


def signs_of(wires: int, chosen: tuple[int, ...]) -> NDArray[np.float64]:
    """Eigenvalues of the product of Z on the chosen wires in each basis state; wire 0 leads."""
    basis = np.arange(2**wires)
    product = np.ones(2**wires)
    for wire in chosen:
        product *= 1.0 - 2.0 * ((basis >> (wires - 1 - wire)) & 1)
    return product


@lru_cache(maxsize=64)
def signs(wires: int, order: int) -> NDArray[np.float64]:
    """Eigenvalues of the products of Z in each basis state, shape (2**wires, products); wire 0 leads."""
    table = np.stack([signs_of(wires, chosen) for chosen in z_products(wires, order)], axis=1)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=64)
def split_signs(wires: int, order: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Signs of the first and of the last wires apart, and where each product of Z is in their outer table.

    A product of Z is one of the first wires times one of the last, either of which may be empty. Read so, a
    circuit costs about the square root of the columns that one table for all wires has.

    Returns:
        shape (products of the first half, 2**first), shape (2**last, products of the last half), and for each
        product of `z_products` its flat index in a table (products of the first, products of the last).
    """
    first = wires // 2
    left, right = (((), *z_products(half, min(order, half))) for half in (first, wires - first))
    places = [
        left.index(tuple(wire for wire in chosen if wire < first)) * len(right)
        + right.index(tuple(wire - first for wire in chosen if wire >= first))
        for chosen in z_products(wires, order)
    ]
    tables = [
        np.concatenate([np.ones((2**half, 1)), signs(half, min(order, half))], axis=1)
        for half in (first, wires - first)
    ]
    for table in tables:
        table.flags.writeable = False
    return tables[0].T, tables[1], np.array(places, dtype=np.int32)
