"""Running a lowered circuit on many inputs at once, in NumPy or JAX."""

from __future__ import annotations

from typing import Any

import numpy as np

from qml.circuits.blocks import CircuitShape, encoding_angles
from qml.circuits.lowering import Permutation, Upload, outline
from qml.circuits.observables import TABLE_WIRES, signs, split_signs

#: Amplitudes that stay in the cache of one core from one gate to the next: 1 MiB, as read and as written.
_CACHED = 2**15


def expectations(
    xp: Any, shape: CircuitShape, fused: bool, arrays: list[Any], values: Any, order: int, rows: int
) -> Any:
    """Expectation values of products of Z after the circuits.

    Args:
        xp: NumPy or jax.numpy.
        shape: of the circuits.
        fused: how `arrays` were lowered.
        arrays: of `qml.circuits.lowering.lower`, leading axis cells; complex.
        values: shape (cells, batch, wires), encoded by all circuits of a cell alike.
        order: largest number of Z in a product.
        rows: how many rows of the batch enter one matrix product; divides the batch. A fixed number keeps a
            row's result the same bits whatever else is in the batch, as long as it keeps its place.

    Returns:
        shape (cells, batch, circuits, products), products in the order of
        `qml.circuits.observables.z_products`.
    """

    def read(part: Any, rows: int) -> Any:
        return z_expectations(xp, probabilities_of(xp, shape, fused, arrays, part, rows), order, rows)

    batch = values.shape[1]
    step = batch if fused or xp is not np else _rows_in_cache(shape.wires, arrays, rows)
    if step >= batch:
        return read(values, rows)
    pieces = [read(values[:, at : at + step], min(step, rows)) for at in range(0, batch, step)]
    return np.concatenate(pieces, axis=1)


def _rows_in_cache(wires: int, arrays: list[Any], rows: int) -> int:
    """Rows whose states the processor keeps at hand; a multiple of `rows`, or a divisor where few fit."""
    cells, circuits = (int(count) for count in arrays[0].shape[:2])
    fit = _CACHED // (cells * circuits << wires)
    if wires <= TABLE_WIRES or fit >= rows:
        return max(1, fit // rows) * rows
    return max(one for one in range(1, rows + 1) if rows % one == 0 and one <= max(1, fit))


def z_expectations(xp: Any, probabilities: Any, order: int, rows: int) -> Any:
    """Expectation values of products of Z from probabilities (cells, batch, circuits, 2**wires)."""
    cells, batch, circuits, size = probabilities.shape
    wires = size.bit_length() - 1
    if wires > TABLE_WIRES:
        left, right, places = split_signs(wires, order)
        halves = probabilities.reshape(cells, batch, circuits, left.shape[1], right.shape[0])
        dtype = probabilities.dtype
        outer = (xp.asarray(left, dtype=dtype) @ halves) @ xp.asarray(right, dtype=dtype)
        return outer.reshape(cells, batch, circuits, -1)[..., places]
    table = xp.asarray(signs(wires, order), dtype=probabilities.dtype)
    tiled = probabilities.reshape(cells, batch // rows, rows * circuits, size)
    return (tiled @ table).reshape(cells, batch, circuits, table.shape[1])


def probabilities_of(
    xp: Any, shape: CircuitShape, fused: bool, arrays: list[Any], values: Any, rows: int
) -> Any:
    """Probabilities of the basis states, shape (cells, batch, circuits, 2**wires); see `expectations`."""
    angles = xp.concatenate(encoding_angles(xp, values), axis=-1)
    cells, batch, _ = values.shape
    size = 2**shape.wires
    steps = outline(shape)
    first = steps[0]
    assert isinstance(first, Upload)
    state = product_state(xp.stack(_columns(xp, first, angles, _ground(xp, angles, shape.wires)), axis=-1))
    if fused:
        tiled = state.reshape(cells, batch // rows, rows, size)
        state = (tiled @ arrays[0][:, None]).reshape(cells, batch, -1, size)
    else:
        state = state[:, :, None, :]
        rest = iter(arrays)
        for step in steps[1:]:
            if isinstance(step, Upload):
                state = _upload(xp, step, angles, state, shape.wires)
            elif isinstance(step, Permutation):
                state = xp.take(state, step.source, axis=-1, mode="clip")
            else:
                state = _rotate(rest, state, shape.wires)
    return state.real * state.real + state.imag * state.imag


def _ground(xp: Any, angles: Any, wires: int) -> tuple[Any, Any]:
    shape = (*angles.shape[:-1], wires)
    dtype = xp.result_type(angles.dtype, xp.complex64)
    return xp.ones(shape, dtype=dtype), xp.zeros(shape, dtype=dtype)


def _columns(xp: Any, upload: Upload, angles: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
    """Apply columns of single-qubit gates to the amplitudes (of 0, of 1), last axis over wires."""
    zero, one = state
    for name, slots in upload.columns:
        if name == "Hadamard":
            root = 0.5**0.5
            zero, one = (zero + one) * root, (zero - one) * root
            continue
        half = angles[..., np.array(slots, dtype=np.int32)] / 2
        cosine, sine = xp.cos(half), xp.sin(half)
        if name == "RY":
            zero, one = cosine * zero - sine * one, sine * zero + cosine * one
        else:
            phase = cosine + 1j * sine
            zero, one = phase.conj() * zero, phase * one
    return zero, one


def product_state(qubits: Any) -> Any:
    """Amplitudes (..., 2**wires) of wires in states of their own, (..., wires, 2); wire 0 leads."""
    state = qubits[..., 0, :]
    for wire in range(1, qubits.shape[-2]):
        state = (state[..., :, None] * qubits[..., wire, None, :]).reshape(*state.shape[:-1], -1)
    return state


def _upload(xp: Any, upload: Upload, angles: Any, state: Any, wires: int) -> Any:
    """Apply columns of single-qubit gates to every wire of states (cells, batch, circuits, size)."""
    ground = _ground(xp, angles, wires)
    from_zero = _columns(xp, upload, angles, ground)
    from_one = _columns(xp, upload, angles, (ground[1], ground[0]))
    shape = state.shape
    for wire in range(wires):
        view = state.reshape(*shape[:3], 2**wire, 2, -1)
        zero, one = view[..., 0, :], view[..., 1, :]
        a, b = (amplitude[..., wire, None, None, None] for amplitude in from_zero)
        c, d = (amplitude[..., wire, None, None, None] for amplitude in from_one)
        state = xp.stack([a * zero + c * one, b * zero + d * one], axis=-2).reshape(shape)
    return state


def _rotate(blocks: Any, state: Any, wires: int) -> Any:
    """Apply one layer's blocks, taken from the iterator, each to its own wires."""
    size, left = 2**wires, 1
    while left < size:
        block = next(blocks)[:, None]
        inner = block.shape[-1]
        view = state.reshape(*state.shape[:3], left, inner, -1)
        if left == 1:
            turned = block @ view[..., 0, :, :]
        elif left * inner == size:
            turned = view[..., 0] @ block.swapaxes(-1, -2)
        else:
            turned = block[..., None, :, :] @ view
        state = turned.reshape(*turned.shape[:3], size)
        left *= inner
    return state
