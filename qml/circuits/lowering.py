"""From a recorded circuit and frozen weights to a few arrays: what PennyLane cannot know is done once.

The encoding acts on a product state, so it stays a product of single-qubit states in closed form. Every CNOT
is a permutation of the basis, and a run of them is one permutation. The rotations of a layer are a product of
small dense blocks; on few wires everything after the encoding is one dense matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.blocks import CircuitShape
from qml.circuits.recording import Gate, record

#: Largest number of wires in one dense block: 16 x 16 is where a matrix product beats four small ones.
BLOCK_WIRES = 4
#: Largest number of wires for which the whole frozen circuit is one matrix (benchmarks/reservoirs.py).
FUSED_WIRES = 5


@dataclass(frozen=True)
class Upload:
    """Columns of single-qubit gates, one on every wire: (gate, the angle of each wire; none for Hadamard)."""

    columns: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, eq=False)
class Permutation:
    """A reordering of amplitudes: new[i] = old[source[i]]."""

    source: NDArray[np.int32]


@dataclass(frozen=True)
class Rotations:
    """Frozen rotations: for each wire the flat indices of its Euler angles."""

    weights: tuple[tuple[int, int, int], ...]


Step = Upload | Permutation | Rotations


@lru_cache(maxsize=256)
def outline(shape: CircuitShape) -> tuple[Step, ...]:
    """The recording, gathered into layers; the first step is the encoding of a product state.

    Raises:
        ValueError: a gate that is neither a column of single-qubit gates nor a CNOT.
    """
    steps: list[Step] = []
    gates = list(record(shape))
    while gates:
        first = gates[0]
        if first.name == "CNOT":
            source = np.arange(2**shape.wires)
            while gates and gates[0].name == "CNOT":
                source = source[_cnot(shape.wires, *gates.pop(0).wires)]
            # JAX keeps the type of an index from its first trace: int64 would fail in single precision.
            steps.append(Permutation(source.astype(np.int32)))
        elif first.name == "Rot":
            steps.append(Rotations(tuple(_euler(gate) for gate in _column(gates, shape.wires))))
        elif first.name in ("Hadamard", "RY", "RZ"):
            columns = []
            while gates and gates[0].name in ("Hadamard", "RY", "RZ"):
                column = _column(gates, shape.wires)
                columns.append((column[0].name, tuple(slot for gate in column for slot in gate.inputs)))
            steps.append(Upload(tuple(columns)))
        else:
            raise ValueError(f"the compiled engine has no rule for {first.name}; use the engine 'qnode'")
    return tuple(steps)


def lower(xp: Any, shape: CircuitShape, weights: Any, fused: bool) -> list[Any]:
    """The arrays that go with the outline's frozen steps.

    Args:
        xp: NumPy, or jax.numpy to trace and differentiate the lowering itself.
        shape: of the circuits.
        weights: shape (cells, circuits, layers, wires, 3).
        fused: one matrix for the whole frozen part.

    Returns:
        complex arrays: fused, a single one of shape (cells, 2**wires, circuits * 2**wires), the transposed
        matrices side by side, which rows of states are multiplied with; otherwise for each layer of rotations
        its blocks, each of shape (cells, circuits, size, size).
    """
    cells, circuits = weights.shape[:2]
    flat = weights.reshape(cells, circuits, -1)
    layers = [_blocks(xp, flat, step, shape.wires) for step in outline(shape) if isinstance(step, Rotations)]
    if not fused:
        return [block for layer in layers for block in layer]
    size = 2**shape.wires
    matrix: Any = np.broadcast_to(np.eye(size, dtype=complex), (cells, circuits, size, size))
    rest = iter(layers)
    for step in outline(shape)[1:]:
        reorder = step.source if isinstance(step, Permutation) else None
        matrix = reduce(_kron, next(rest)) @ matrix if reorder is None else matrix[:, :, reorder, :]
    return [matrix.transpose(0, 3, 1, 2).reshape(cells, size, circuits * size)]


def rot(xp: Any, angles: Any) -> Any:
    """RZ(omega) RY(theta) RZ(phi) for angles (..., 3) = (phi, theta, omega): shape (..., 2, 2)."""
    phi, theta, omega = (angles[..., which] for which in range(3))
    cosine, sine = xp.cos(theta / 2), xp.sin(theta / 2)
    total, difference = xp.exp(-0.5j * (phi + omega)), xp.exp(0.5j * (phi - omega))
    rows = (total * cosine, -difference * sine), (difference.conj() * sine, total.conj() * cosine)
    return xp.stack([xp.stack(row, axis=-1) for row in rows], axis=-2)


def _blocks(xp: Any, flat: Any, step: Rotations, wires: int) -> list[Any]:
    """Rotations of neighbouring wires as dense matrices, at most `BLOCK_WIRES` wires each."""
    gates = rot(xp, flat[..., np.array(step.weights, dtype=np.int32)])
    groups = np.array_split(np.arange(wires), -(-wires // BLOCK_WIRES))
    return [reduce(_kron, [gates[:, :, wire] for wire in group]) for group in groups]


def _column(gates: list[Gate], wires: int) -> list[Gate]:
    """Take one gate of the same name for each wire from the head of the list, in the order of the wires."""
    column = gates[:wires]
    if [gate.wires for gate in column] != [(wire,) for wire in range(wires)] or len(
        {gate.name for gate in column}
    ) != 1:
        raise ValueError(f"the compiled engine needs {gates[0].name} on every wire in turn")
    del gates[:wires]
    return column


def _euler(gate: Gate) -> tuple[int, int, int]:
    phi, theta, omega = gate.weights
    return phi, theta, omega


def _cnot(wires: int, control: int, target: int) -> NDArray[np.int64]:
    basis = np.arange(2**wires)
    flipped: NDArray[np.int64] = basis ^ (((basis >> (wires - 1 - control)) & 1) << (wires - 1 - target))
    return flipped


def _kron(left: Any, right: Any) -> Any:
    size = left.shape[-1] * right.shape[-1]
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    return product.reshape(*product.shape[:-4], size, size)
