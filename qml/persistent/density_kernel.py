"""The step as it is written down: products of density matrices with unitaries, for any number of wires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.persistent.kernel import Kernel, encoded_state
from qml.persistent.wire_decay import Decay, act

#: Matrices of the size of the joint density matrix that are alive at once.
_COPIES = 5


@dataclass(frozen=True)
class DensityKernel(Kernel):
    """Keeps the hidden wires' density matrix.

    Input wires come in pure, so the first application is an isometry of the hidden wires and costs a
    fraction of the unitary. Noise on what is read is part of the table; noise on input wires that are
    discarded next is not computed.
    """

    def prepare(
        self, unitaries: NDArray[np.complex128], table: NDArray[np.float64], decay: Decay
    ) -> tuple[NDArray[Any], ...]:
        """Unitaries, isometries for each input state, the noisy table, masks; see `Kernel.prepare`."""
        cells, size, _ = unitaries.shape
        split = unitaries.reshape(cells, size, 2**self.shape.inputs, 2**self.shape.hidden)
        isometries = np.swapaxes(split, -1, -2).reshape(cells, 1, -1, 2**self.shape.inputs)
        number, real = (np.complex64, np.float32) if self.single else (np.complex128, np.float64)
        return (
            unitaries[:, None].astype(number),
            isometries.astype(number),
            decay.seen_through(table)[None, None].astype(real),
            *(mask.astype(real) for mask in decay.masks()),
        )

    def enter(self, hidden: NDArray[np.complex128]) -> NDArray[Any]:
        """The matrices themselves."""
        return hidden.astype(np.complex64 if self.single else np.complex128)

    def leave(self, state: NDArray[Any]) -> NDArray[np.complex128]:
        """The matrices themselves."""
        return state.astype(np.complex128)

    def encode(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """Amplitudes of the input wires."""
        return encoded_state(values).astype(np.complex64 if self.single else np.complex128)

    def step(self, xp: Any, arrays: tuple[Any, ...], state: Any, encoded: Any) -> tuple[Any, Any]:
        """Join, turn, read, decay, forget the input wires; see `Kernel.step`."""
        unitary, isometry, table, *masks = arrays
        cells, rows, kept, _ = state.shape
        joined = (isometry @ encoded[..., None]).reshape(cells, rows, -1, kept)
        joint = joined @ state @ joined.conj().swapaxes(-1, -2)
        read = []
        for node in range(self.shape.nodes):
            if node:
                joint = unitary @ self._decayed(joint, masks) @ unitary.conj().swapaxes(-1, -2)
            shares = xp.diagonal(joint, axis1=-2, axis2=-1).real
            read.append((shares[..., None, :] @ table)[..., 0, :])
        fresh = 2**self.shape.inputs
        blocks = joint.reshape(cells, rows, fresh, kept, fresh, kept)
        state = sum((blocks[:, :, bits, :, bits] for bits in range(1, fresh)), start=blocks[:, :, 0, :, 0])
        return self._decayed(state, masks), xp.concatenate(read, axis=-1)

    def memory(self, cells: int, rows: int) -> int:
        """Unitaries and isometries of each cell, and the joint density matrices of a step."""
        matrix = self.shape.elements * (8 if self.single else 16)
        return cells * (2 + _COPIES * rows) * matrix

    def _decayed(self, matrices: Any, masks: list[Any]) -> Any:
        return act(matrices, (masks[0], masks[1])) if self.noisy else matrices
