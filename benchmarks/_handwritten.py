"""A QLSTM pass written by hand in arrays, for one cell only: what the general engines are compared with.

Nothing but the drawn angles comes from the package. Each circuit is one dense matrix behind an encoding in
closed form; the circuits of a stage are stacked into one product.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray


def pass_over_windows(angles: NDArray[np.float64], windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """<Z> of the sixth circuit after the last step.

    Args:
        angles: shape (6, layers, wires, 3).
        windows: shape (windows, steps).
    """
    gates, outputs = stacked(angles[:4]), stacked(angles[4:])
    wires, count = angles.shape[2], len(windows)
    z = np.array([[1 - 2 * (state >> (wires - 1 - wire) & 1) for wire in range(wires)]
                  for state in range(2**wires)], dtype=float)  # fmt: skip

    def read(matrix: NDArray[np.complex128], values: NDArray[np.float64]) -> NDArray[np.float64]:
        state = (encoded(values) @ matrix).reshape(count, -1, 2**wires)
        return (state.real**2 + state.imag**2) @ z

    hidden, cell = np.zeros((count, wires - 1)), np.zeros((count, wires))
    for step in windows.T:
        read_gates = read(gates, np.column_stack([step, hidden]))
        forget, write, keep = 1 / (1 + np.exp(-read_gates[:, [0, 1, 3]].swapaxes(0, 1)))
        cell = forget * cell + write * np.tanh(read_gates[:, 2])
        both = read(outputs, keep * np.tanh(cell))
        hidden, seen = both[:, 0, :-1], both[:, 1]
    return seen


def encoded(values: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The product state of H, RY(arctan x), RZ(arctan x^2) on each wire, shape (windows, 2**wires)."""
    half, phase = np.arctan(values) / 2, np.exp(0.5j * np.arctan(values**2))
    zero = (np.cos(half) - np.sin(half)) * phase.conj() / np.sqrt(2)
    one = (np.cos(half) + np.sin(half)) * phase / np.sqrt(2)
    state = np.ones((len(values), 1))
    for wire in range(values.shape[1]):
        pair = np.stack([zero[:, wire], one[:, wire]], axis=1)
        state = (state[:, :, None] * pair[:, None, :]).reshape(len(values), -1)
    return state


def stacked(angles: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The circuits side by side, shape (2**wires, circuits * 2**wires), for rows of states from the left."""
    return np.concatenate([frozen(one).T for one in angles], axis=1)


def frozen(angles: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Rings of CNOT and rotations of all layers as one matrix."""
    wires = angles.shape[1]
    basis = np.arange(2**wires)
    ring = np.eye(2**wires)
    for stride in (1, 2):
        for control in range(wires if stride % wires else 0):
            target = (control + stride) % wires
            flipped = basis ^ ((basis >> (wires - 1 - control) & 1) << (wires - 1 - target))
            ring = np.eye(2**wires)[flipped] @ ring
    return reduce(
        lambda matrix, layer: reduce(np.kron, map(rotation, layer)) @ ring @ matrix, angles, np.eye(2**wires)
    )


def rotation(euler: NDArray[np.float64]) -> NDArray[np.complex128]:
    """RZ(omega) RY(theta) RZ(phi)."""
    phi, theta, omega = euler
    turn = np.array([[np.cos(theta / 2), -np.sin(theta / 2)], [np.sin(theta / 2), np.cos(theta / 2)]])
    return np.diag(np.exp([-0.5j * omega, 0.5j * omega])) @ turn @ np.diag(np.exp([-0.5j * phi, 0.5j * phi]))
