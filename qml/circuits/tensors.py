"""Small matrices on some axes of a large state."""

from __future__ import annotations

from typing import Any


def act(xp: Any, matrix: Any, state: Any, axes: tuple[int, ...], count: int) -> Any:
    """Multiply some of the two-valued axes of a state by a matrix.

    Args:
        xp: NumPy or jax.numpy.
        matrix: shape (..., 2**len(axes), 2**len(axes)), whose leading axes broadcast with those of the state.
        state: shape (..., 2**count).
        axes: which of the `count` axes, in the order in which the matrix has them.
        count: of the axes.

    Returns:
        shape (..., 2**count), axes in their places.
    """
    first, length = axes[0], len(axes)
    if axes == tuple(range(first, first + length)):
        return _beside(matrix, state, 2**first)
    rest = tuple(axis for axis in range(count) if axis not in axes)
    forward = (*axes, *rest)
    turned = _beside(matrix, _moved(xp, state, forward), 1)
    return _moved(xp, turned, tuple(forward.index(axis) for axis in range(count)))


def _beside(matrix: Any, state: Any, left: int) -> Any:
    """Multiply neighbouring axes; `left` is the size of those before them."""
    size = matrix.shape[-1]
    view = state.reshape(*state.shape[:-1], left, size, -1)
    if left == 1:
        turned = matrix @ view[..., 0, :, :]
        lead = turned.shape[:-2]
    elif view.shape[-1] == 1:
        turned = view[..., 0] @ matrix.swapaxes(-1, -2)
        lead = turned.shape[:-2]
    else:
        turned = matrix[..., None, :, :] @ view
        lead = turned.shape[:-3]
    return turned.reshape(*lead, state.shape[-1])


def _moved(xp: Any, state: Any, order: tuple[int, ...]) -> Any:
    lead = state.ndim - 1
    split = state.reshape(*state.shape[:-1], *(2,) * len(order))
    moved = xp.transpose(split, (*range(lead), *(lead + axis for axis in order)))
    return moved.reshape(state.shape)
