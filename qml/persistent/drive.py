"""Driving a kernel through time, in NumPy or JAX.

Series are cut into segments, rows and cells into passes. In JAX a segment is padded and told how many of its
steps count: one compiled program serves all lengths, no step is computed in vain, and the bits of a step do
not depend on where a series was cut.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.engines import jax_support
from qml.engines.base import Advance
from qml.engines.memory_budget import available, require
from qml.persistent.kernel import Kernel

#: Steps in one segment.
SEGMENT = 1024
#: Rows in one pass, and numbers (of joint density matrices or read in a segment) above which fewer enter it.
_ROWS, _ELEMENTS = 256, 2**21
#: Bytes of a kernel's arrays in one pass, above which fewer cells enter it: the arrays are read at every
#: step, and those that stay in the processor's cache are read several times faster.
_CACHE = 2**22

#: What the input wires encode, of some cells, rows and steps: shape (cells, rows, steps, inputs).
Values = Callable[[slice, slice, slice], NDArray[np.float64]]
#: Turns what was read, (cells, rows, steps, nodes * outputs), of some cells and rows into features.
Read = Callable[[slice, slice, NDArray[Any]], NDArray[np.float64]]


@dataclass(frozen=True)
class Drive:
    """A kernel, and what it runs on.

    Attributes:
        kernel: of one step.
        arrays: of the kernel, all cells.
        device: of JAX, ``cpu`` or ``gpu``; None for NumPy.
        every: whether every step is read, or the last alone.
    """

    kernel: Kernel
    arrays: tuple[NDArray[Any], ...]
    device: str | None
    every: bool

    def run(
        self, values: Values, steps: int, hidden: NDArray[np.complex128], read: Read, advance: Advance | None
    ) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
        """Drive all cells through all rows.

        Args:
            values: of the input.
            steps: in each row.
            hidden: density matrices to begin with, shape (cells, rows, 2**hidden, 2**hidden).
            read: makes features.
            advance: told of progress, in steps of rows.

        Returns:
            features, shape (cells, rows, steps or 1, features), and the density matrices after the last step.

        Raises:
            ParameterError: more memory is needed than there is.
        """
        cells, series = hidden.shape[:2]
        together, rows = self._cells_of_a_pass(cells), self._rows_of_a_pass(cells)
        require(self.kernel.memory(together, min(rows, series)), self._free(), self.kernel.shape.wires)
        groups = slices(cells, together)
        with self._settings():
            placed = [self._placed(group, cells) for group in groups]
            done = [
                self._pass(
                    list(zip(groups, placed, strict=True)), at, rows, values, steps, hidden, read, advance
                )
                for at in slices(series, rows)
            ]
        features, after = zip(*done, strict=True)
        return np.concatenate(features, axis=1), np.concatenate(after, axis=1)

    def _pass(
        self,
        groups: list[tuple[slice, tuple[Any, ...]]],
        at: slice,
        rows: int,
        values: Values,
        steps: int,
        hidden: NDArray[np.complex128],
        read: Read,
        advance: Advance | None,
    ) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
        """Drive some rows, segment by segment, in each all groups of cells with their arrays."""
        states = [self.kernel.enter(hidden[cells, at]) for cells, _ in groups]
        kept = []
        for piece in slices(steps, SEGMENT):
            features = []
            for number, (cells, arrays) in enumerate(groups):
                encoded = np.moveaxis(self.kernel.encode(values(cells, at, piece)), 2, 0)
                states[number], seen = self._segment(arrays, states[number], encoded, rows)
                if self.every or piece.stop == steps:
                    features.append(read(cells, at, seen))
            if features:
                kept.append(np.concatenate(features))
            if advance is not None:
                advance((at.stop - at.start) * (piece.stop - piece.start))
        return np.concatenate(kept, axis=2), np.concatenate([self.kernel.leave(state) for state in states])

    def _segment(
        self, arrays: tuple[Any, ...], state: NDArray[Any], encoded: NDArray[Any], rows: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """From inputs (steps, cells, rows, length) to what is read, (cells, rows, steps or 1, numbers)."""
        if self.device is None:
            seen: list[NDArray[Any]] = []
            for now in np.ascontiguousarray(encoded):
                state, read = self.kernel.step(np, arrays, state, now)
                if self.every:
                    seen.append(read)
            return state, np.stack(seen or [read], axis=2)
        steps, _, filled, _ = encoded.shape
        fill = (0, rows - filled)
        start = np.pad(state, ((0, 0), fill, *((0, 0),) * (state.ndim - 2)))
        padded = np.pad(encoded, ((0, SEGMENT - steps), (0, 0), fill, (0, 0)))
        after, table = _program(self.kernel, self.every)(arrays, start, padded, steps)
        counted = np.asarray(table)[: steps if self.every else 1, :, :filled]
        return np.asarray(after)[:, :filled], np.moveaxis(counted, 0, 2)

    def _cells_of_a_pass(self, cells: int) -> int:
        """A divisor of all cells, so that all passes have one shape."""
        most = max(1, _CACHE * cells // sum(array.nbytes for array in self.arrays))
        return max(size for size in range(1, min(most, cells) + 1) if cells % size == 0)

    def _rows_of_a_pass(self, cells: int) -> int:
        """A power of two that depends on sizes alone; in JAX, series are driven one by one."""
        if self.every and self.device is not None:
            return 1
        shape = self.kernel.shape
        of_a_row = max(shape.elements, SEGMENT * shape.nodes * shape.outputs if self.every else 0)
        most = max(1, _ELEMENTS // (cells * of_a_row))
        return min(_ROWS, 1 << (most.bit_length() - 1))

    def _placed(self, group: slice, cells: int) -> tuple[Any, ...]:
        parts = tuple(array[group] if len(array) == cells else array for array in self.arrays)
        if self.device is None:
            return parts
        jax = jax_support.load()
        return tuple(jax.device_put(part, jax_support.device(jax, self.device)) for part in parts)

    def _settings(self) -> ExitStack:
        stack = ExitStack()
        if self.device is not None:
            jax = jax_support.load()
            stack.enter_context(jax_support.double_precision(jax, not self.kernel.single))
            stack.enter_context(jax.default_device(jax_support.device(jax, self.device)))
        return stack

    def _free(self) -> int | None:
        if self.device != "gpu":
            return available()
        return jax_support.free_memory(jax_support.device(jax_support.load(), "gpu"))


def slices(length: int, size: int) -> list[slice]:
    """Pieces of a length, all but the last of one size."""
    return [slice(start, min(start + size, length)) for start in range(0, length, size)]


@lru_cache(maxsize=64)
def _program(kernel: Kernel, every: bool) -> Any:
    """The compiled segment: (arrays, state, encoded, steps that count) -> (state, what was read)."""
    jax = jax_support.load()
    xp, shape = jax.numpy, kernel.shape

    def run(arrays: Any, state: Any, encoded: Any, count: Any) -> Any:
        size = (SEGMENT if every else 1, *encoded.shape[1:3], shape.nodes * shape.outputs)

        def advance(at: Any, carry: Any) -> Any:
            state, read = carry
            state, seen = kernel.step(xp, arrays, state, encoded[at])
            return state, jax.lax.dynamic_update_index_in_dim(read, seen, at if every else 0, 0)

        start = xp.zeros(size, dtype=xp.float32 if kernel.single else xp.float64)
        return jax.lax.fori_loop(0, count, advance, (state, start))

    return jax.jit(run)
