"""What is read of a persistent reservoir's wires: exact expectation values, or estimates from shots."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from qml.circuits.observables import ORDERS, signs
from qml.maps.base import Noise
from qsim.errors import ParameterError, nearest


def table(readout: tuple[str, ...], wires: int) -> NDArray[np.float64]:
    """Eigenvalues of what is read in each basis state, shape (2**wires, features).

    Args:
        readout: some of ``z``, ``zz``, ``zzz``: products of one, two, three Pauli Z.
        wires: number of wires.

    Raises:
        ParameterError: nothing is read, an unknown name, or products of more Z than there are wires.
    """
    known = [name for name, order in ORDERS.items() if order <= wires]
    if not isinstance(readout, tuple) or not readout:
        raise ParameterError(f"readout must be a tuple of one or more of {', '.join(known)}, not {readout!r}")
    parts = []
    for name in readout:
        if name not in known:
            raise ParameterError(f"{wires} wires have nothing to read called '{name}'{nearest(name, known)}")
        order = ORDERS[name]
        parts.append(signs(wires, order)[:, -comb(wires, order) :])
    return np.concatenate(parts, axis=1)


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
    split = shares.reshape(cells, rows, steps, -1, len(eigenvalues)).clip(min=0.0)
    split /= split.sum(axis=-1, keepdims=True)
    counts = np.empty(split.shape)
    for cell, of_rows in enumerate(noise):
        for row, generator in enumerate(of_rows):
            counts[cell, row] = generator.multinomial(shots, split[cell, row])
    # Sums of whole numbers: exact in whatever order they are added up.
    return (counts @ eigenvalues / shots).reshape(cells, rows, steps, -1)
