"""What is read of the wires: products of Z, as expectation values or as means over shots."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from qml.circuits.observables import ORDERS, signs, z_products
from qml.maps.base import Noise
from qsim.errors import ParameterError, nearest


def products(readout: tuple[str, ...], wires: int) -> tuple[tuple[int, ...], ...]:
    """The wires of each product of Z that is read, in order.

    Args:
        readout: some of ``z``, ``zz``, ``zzz``: products of one, two, three Pauli Z.
        wires: number of wires.

    Raises:
        ParameterError: nothing is read, an unknown name, or products of more Z than there are wires.
    """
    known = [name for name, order in ORDERS.items() if order <= wires]
    if not isinstance(readout, tuple) or not readout:
        raise ParameterError(f"readout must be a tuple of one or more of {', '.join(known)}, not {readout!r}")
    chosen: tuple[tuple[int, ...], ...] = ()
    for name in readout:
        if name not in known:
            raise ParameterError(f"{wires} wires have nothing to read called '{name}'{nearest(name, known)}")
        chosen += z_products(wires, ORDERS[name])[-comb(wires, ORDERS[name]) :]
    return chosen


def table(readout: tuple[str, ...], wires: int) -> NDArray[np.float64]:
    """Eigenvalues of what is read in each basis state, shape (2**wires, features).

    Raises:
        ParameterError: see `products`.
    """
    single = signs(wires, 1)
    return np.stack([single[:, list(chosen)].prod(axis=1) for chosen in products(readout, wires)], axis=1)


def sampled(
    shares: NDArray[np.float64], eigenvalues: NDArray[np.float64], shots: int, noise: Noise
) -> NDArray[np.float64]:
    """Means over shots in the computational basis; all observables of a virtual node share its shots.

    Args:
        shares: probabilities, shape (cells, rows, steps, nodes * 2**wires), up to rounding.
        eigenvalues: of `table`.
        shots: at each virtual node of each step.
        noise: of these cells and rows; they move on by the steps.

    Returns:
        shape (cells, rows, steps, nodes * features).
    """
    cells, rows, steps, _ = shares.shape
    split = _distributions(shares, len(eigenvalues))
    counts = np.empty(split.shape)
    for cell, of_rows in enumerate(noise):
        for row, generator in enumerate(of_rows):
            counts[cell, row] = generator.multinomial(shots, split[cell, row])
    # Sums of whole numbers: exact in whatever order they are added up.
    return (counts @ eigenvalues / shots).reshape(cells, rows, steps, -1)


def pointed(
    shares: NDArray[np.float64], readout: tuple[str, ...], wires: int, spread: float, shots: int, noise: Noise
) -> NDArray[np.float64]:
    """Means over shots of products of pointers' readings, each of them Z plus a Gaussian number.

    Args:
        shares, shots, noise: see `sampled`.
        readout, wires: see `products`.
        spread: standard deviation of a pointer.

    Returns:
        shape (cells, rows, steps, nodes * features).
    """
    cells, rows, steps, _ = shares.shape
    split, single, read = _distributions(shares, 2**wires), signs(wires, 1), products(readout, wires)
    means = np.empty((*split.shape[:-1], len(read)))
    for cell, of_rows in enumerate(noise):
        for row, generator in enumerate(of_rows):
            for place in np.ndindex(split.shape[2:4]):
                # Shot by shot: products of readings have no distribution that is simple to draw from.
                values = np.repeat(single, generator.multinomial(shots, split[cell, row][place]), axis=0)
                values += spread * generator.standard_normal(values.shape)
                for number, chosen in enumerate(read):
                    means[cell, row][*place, number] = values[:, list(chosen)].prod(axis=1).mean()
    return means.reshape(cells, rows, steps, -1)


def _distributions(shares: NDArray[np.float64], outcomes: int) -> NDArray[np.float64]:
    """Probabilities without rounding below zero, (cells, rows, steps, nodes, outcomes)."""
    split = shares.reshape(*shares.shape[:3], -1, outcomes).clip(min=0.0)
    split /= split.sum(axis=-1, keepdims=True)
    return split
