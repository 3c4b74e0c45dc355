"""Running planned circuits of anyone's on many inputs at once, in NumPy or JAX."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.circuit_plan import Block, Code, Plan, signature
from qml.circuits.tape import NotLoweredError, matrix, operations, superoperator
from qml.circuits.tensors import act


def frozen_arrays(circuit: Code, plan: Plan, angles: NDArray[np.float64]) -> list[NDArray[np.complex128]]:
    """What does not depend on the input, worked out once.

    Args:
        circuit: the code.
        plan: of it.
        angles: shape (cells, circuits, ...).

    Returns:
        for each frozen head its amplitudes, shape (cells, 1, circuits, 2), then for each frozen block its
        matrix, shape (cells, 1, circuits, size, size).
    """
    values = np.full((1, plan.wires), 0.5)
    rows = [[_arrays(np, circuit, plan, values, one, True) for one in cell] for cell in angles]
    return [
        np.stack([np.stack([one[at] for one in cell]) for cell in rows])[:, None]
        for at in range(len(rows[0][0]))
    ]


def input_arrays(xp: Any, circuit: Code, plan: Plan, values: Any, angles: Any) -> list[Any]:
    """What depends on the input: as `frozen_arrays`, with axes (cells, batch, circuits or 1).

    Args:
        xp: NumPy or jax.numpy.
        circuit: the code.
        plan: of it.
        values: shape (cells, batch, wires).
        angles: shape (cells, circuits, ...).
    """
    if all(block.frozen for block in (*plan.heads, *plan.blocks)):
        return []
    cells, batch, wires = values.shape
    if plan.shared:
        found = _quietly(xp, circuit, plan, values.reshape(cells * batch, wires), angles[0, 0])
        return [one.reshape(cells, batch, 1, *one.shape[1:]) for one in found]

    def of_circuit(part: Any, one: Any) -> list[Any]:
        return _quietly(xp, circuit, plan, part, one)

    if xp is np:
        each = [
            [of_circuit(part, one) for one in of_cell] for part, of_cell in zip(values, angles, strict=True)
        ]
        count = len(each[0][0])
        stacked = [np.stack([np.stack([one[at] for one in row]) for row in each]) for at in range(count)]
    else:
        import jax

        stacked = jax.vmap(jax.vmap(of_circuit, in_axes=(None, 0)))(values, angles)
    return [xp.swapaxes(one, 1, 2) for one in stacked]


def states(
    xp: Any, plan: Plan, frozen: list[Any], inputs: list[Any], shape: tuple[int, int, int], dtype: Any
) -> Any:
    """Amplitudes, or flattened density matrices, of shape (cells, batch, circuits, 2**axes).

    Args:
        xp: NumPy or jax.numpy.
        plan: of the circuit.
        frozen: of `frozen_arrays`.
        inputs: of `input_arrays`.
        shape: cells, batch, circuits.
        dtype: complex, of the result.
    """
    fixed, moving = iter(frozen), iter(inputs)
    state: Any = None
    for head in plan.heads:
        amplitudes = (next(fixed) if head.frozen else next(moving)).astype(dtype)
        state = amplitudes if state is None else _outer(state, amplitudes)
    if plan.mixed:
        state = _outer(state, state.conj())
    for block in plan.blocks:
        turn = (next(fixed) if block.frozen else next(moving)).astype(dtype)
        state = act(xp, turn, state, _axes(plan, block.wires, plan.wires), plan.axes)
    return xp.broadcast_to(state, (*shape, 2**plan.axes))


def rotated(xp: Any, plan: Plan, state: Any, wire: int, turn: Any) -> Any:
    """States after one more gate on a wire."""
    if plan.mixed:
        turn = np.kron(turn, turn.conj())
    turn = xp.asarray(turn, dtype=state.dtype)
    return act(xp, turn, state, _axes(plan, (wire,), plan.wires), plan.axes)


def probabilities(xp: Any, plan: Plan, state: Any) -> Any:
    """Of the basis states, shape (cells, batch, circuits, 2**wires)."""
    if not plan.mixed:
        return state.real * state.real + state.imag * state.imag
    size = 2**plan.wires
    return xp.diagonal(state.reshape(*state.shape[:-1], size, size), axis1=-2, axis2=-1).real


def _arrays(xp: Any, circuit: Code, plan: Plan, values: Any, angles: Any, frozen: bool) -> list[Any]:
    """Amplitudes of the heads and matrices of the blocks that are frozen, or of those that are not."""
    found = operations(circuit.gates, values, angles)
    if signature(found) != plan.signature:
        raise NotLoweredError("which gates are applied must not depend on values or angles")
    heads = [_head(xp, head, found) for head in plan.heads if head.frozen == frozen]
    return heads + [_matrix(xp, plan, block, found) for block in plan.blocks if block.frozen == frozen]


def _quietly(xp: Any, circuit: Code, plan: Plan, values: Any, angles: Any) -> list[Any]:
    """What is not frozen; PennyLane asks JAX for double precision also where there is single, which warns."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Explicitly requested dtype")
        return _arrays(xp, circuit, plan, values, angles, False)


def _head(xp: Any, head: Block, found: list[Any]) -> Any:
    amplitudes = xp.asarray(np.array([1.0, 0.0]))
    for place in head.members:
        amplitudes = (matrix(xp, found[place]) @ amplitudes[..., None])[..., 0]
    return amplitudes


def _matrix(xp: Any, plan: Plan, block: Block, found: list[Any]) -> Any:
    """The product of a block's members, each on its own wires."""
    count = len(block.wires) * (2 if plan.mixed else 1)
    # The rows of this are what becomes of each basis state: the transpose of the matrix.
    images = xp.asarray(np.eye(2**count))
    for place in block.members:
        small = (superoperator if plan.mixed else matrix)(xp, found[place])
        on = tuple(block.wires.index(wire) for wire in found[place].wires.tolist())
        images = act(xp, small[..., None, :, :], images, _axes(plan, on, len(block.wires)), count)
    return images.swapaxes(-1, -2)


def _axes(plan: Plan, wires: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Axes of some of `count` wires: in a density matrix those of rows, then those of columns."""
    return wires + tuple(count + wire for wire in wires) if plan.mixed else wires


def _outer(left: Any, right: Any) -> Any:
    product = left[..., :, None] * right[..., None, :]
    return product.reshape(*product.shape[:-2], -1)
