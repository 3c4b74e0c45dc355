"""Driving a kernel whose next input depends on what was read: step by step, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.engines.base import Advance
from qml.engines.memory_budget import available, require
from qml.persistent.drive import SEGMENT, Read, Values, slices
from qml.persistent.kernel import Kernel

#: Rows that are driven together.
_ROWS = 64


@dataclass(frozen=True)
class FeedbackDrive:
    """A kernel, and what its last input wires encode.

    Attributes:
        kernel: of one step.
        arrays: of the kernel, all cells.
        feedback: what each fed wire encodes of what the cell read one step ago, shape (cells, fed wires,
            features of a cell).
        every: whether every step is kept, or the last alone.
    """

    kernel: Kernel
    arrays: tuple[NDArray[Any], ...]
    feedback: NDArray[np.float64]
    every: bool

    def run(
        self,
        values: Values,
        steps: int,
        hidden: NDArray[np.complex128],
        fed: NDArray[np.float64],
        read: Read,
        advance: Advance | None,
    ) -> tuple[NDArray[np.float64], NDArray[np.complex128], NDArray[np.float64]]:
        """Drive all cells through all rows.

        Args:
            values, steps, hidden, read, advance: see `qml.persistent.drive.Drive.run`; the values are of the
                wires that are not fed.
            fed: what was read before, shape (cells, rows, features of a cell).

        Returns:
            features, shape (cells, rows, steps or 1, features), the density matrices after the last step, and
            what was read there.

        Raises:
            ParameterError: more memory is needed than there is.
        """
        cells, series = hidden.shape[:2]
        require(self.kernel.memory(cells, min(_ROWS, series)), available(), self.kernel.shape.wires)
        done = [
            self._pass(at, values, steps, hidden[:, at], fed[:, at], read, advance)
            for at in slices(series, _ROWS)
        ]
        features, after, last = (np.concatenate(parts, axis=1) for parts in zip(*done, strict=True))
        return features, after, last

    def _pass(
        self,
        rows: slice,
        values: Values,
        steps: int,
        hidden: NDArray[np.complex128],
        fed: NDArray[np.float64],
        read: Read,
        advance: Advance | None,
    ) -> tuple[NDArray[np.float64], NDArray[np.complex128], NDArray[np.float64]]:
        cells = slice(0, len(hidden))
        state, kept = self.kernel.enter(hidden), []
        for piece in slices(steps, SEGMENT):
            given = values(cells, rows, piece)
            for step in range(piece.stop - piece.start):
                # Sums, not a matrix product: a row's bits do not depend on the other rows.
                back = (self.feedback[:, None] * fed[:, :, None]).sum(axis=-1)
                encoded = self.kernel.encode(np.concatenate([given[:, :, step], back], axis=-1))
                state, seen = self.kernel.step(np, self.arrays, state, encoded)
                fed = read(cells, rows, seen[:, :, None])[:, :, 0]
                if self.every:
                    kept.append(fed)
            if advance is not None:
                advance((rows.stop - rows.start) * (piece.stop - piece.start))
        return np.stack(kept or [fed], axis=2), self.kernel.leave(state), fed
