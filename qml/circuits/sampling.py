"""Measurements of all wires, drawn from exact probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Shots that JAX draws at a time.
_CHUNK = 256


def sampled(xp: Any, shares: Any, shots: int, noise: Any) -> Any:
    """Relative frequencies of the basis states.

    Args:
        xp: NumPy or jax.numpy.
        shares: probabilities, shape (cells, batch, circuits, 2**wires).
        shots: measurements of each circuit.
        noise: for NumPy a generator for each cell and row, for JAX keys (cells, batch, 2).

    Returns:
        as `shares`; rows without a generator are left as they are.
    """
    shares = shares / shares.sum(axis=-1, keepdims=True)
    if xp is not np:
        return _drawn(xp, shares, shots, noise)
    for cell, of_rows in enumerate(noise):
        for row, generator in enumerate(of_rows):
            shares[cell, row] = generator.multinomial(shots, shares[cell, row]) / shots
    return shares


def _drawn(xp: Any, shares: Any, shots: int, keys: Any) -> Any:
    """Each shot by itself, from the sum of all probabilities before it; `_CHUNK` shots at a time."""
    import jax

    def of_row(key: Any, row: Any) -> Any:
        circuits, size = row.shape
        below = xp.cumsum(row, axis=-1)
        find: Any = jax.vmap(lambda sums, points: xp.searchsorted(sums, points, side="right"))

        def more(chunk: Any, counts: Any) -> Any:
            points = jax.random.uniform(jax.random.fold_in(key, chunk), (circuits, _CHUNK), row.dtype)
            outcomes = xp.minimum(find(below, points * below[:, -1:]), size - 1)
            counted = chunk * _CHUNK + xp.arange(_CHUNK) < shots
            return counts.at[xp.arange(circuits)[:, None], outcomes].add(counted.astype(row.dtype))

        return jax.lax.fori_loop(0, -(-shots // _CHUNK), more, xp.zeros_like(row)) / shots

    return jax.vmap(jax.vmap(of_row))(keys, shares)
