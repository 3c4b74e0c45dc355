"""Driving kets instead of density matrices: the same channel, unravelled into random trajectories.

Memory and time grow with 2**wires for a ket where a density matrix takes 4**wires. Discarded wires are
measured and their outcome forgotten; noise is a random choice among its Kraus operators. Means over
trajectories are unbiased estimates of what a density matrix gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qml.engines.base import Advance
from qml.engines.memory_budget import available, require
from qml.maps.base import Noise
from qml.persistent.drive import SEGMENT, Values, slices
from qml.persistent.kernel import StepShape, encoded_state
from qml.persistent.wire_decay import Decay

#: Arrays of the size of all joint kets that are alive at once.
_COPIES = 5


@dataclass(frozen=True, eq=False)
class TrajectoryDrive:
    """What a step is made of, and what is read of it.

    Attributes:
        shape: sizes.
        unitaries: of one virtual node, (cells, 2**wires, 2**wires).
        table: what is read in each basis state, (2**wires, outputs).
        decay: of each wire at each virtual node.
        feedback: see `qml.persistent.feedback_drive.FeedbackDrive`; None without.
        every: whether every step is kept, or the last alone.
    """

    shape: StepShape
    unitaries: NDArray[np.complex128]
    table: NDArray[np.float64]
    decay: Decay
    feedback: NDArray[np.float64] | None
    every: bool

    def run(
        self,
        values: Values,
        steps: int,
        kets: NDArray[np.complex128],
        fed: NDArray[np.float64] | None,
        noise: Noise,
        advance: Advance | None,
    ) -> tuple[NDArray[np.float64], NDArray[np.complex128], NDArray[np.float64] | None]:
        """Drive all cells through all rows, one after the other.

        Args:
            values: of the wires that are not fed.
            steps: in each row.
            kets: of the hidden wires to begin with, (cells, rows, trajectories, 2**hidden).
            fed: what was read before, (cells, rows, features of a cell); None without feedback.
            noise: a generator for each cell and row; they move on.
            advance: told of progress, in steps of rows.

        Returns:
            features (cells, rows, steps or 1, features), the kets after the last step, and what was read
            there where it is fed back.

        Raises:
            ParameterError: more memory is needed than there is.
        """
        cells, rows, many, _ = kets.shape
        wires = self.shape.wires
        require(16 * (self.shape.elements * 2 + _COPIES * many * 2**wires), available(), wires)
        size = self.shape.nodes * self.shape.outputs
        features = np.empty((cells, rows, steps if self.every else 1, size))
        after, last = kets.copy(), None if fed is None else fed.copy()
        for cell in range(cells):
            for row in range(rows):
                for piece in slices(steps, SEGMENT):
                    given = values(slice(cell, cell + 1), slice(row, row + 1), piece)[0, 0]
                    for step, now in enumerate(given, start=piece.start):
                        if self.feedback is not None and last is not None:
                            now = np.concatenate([now, self.feedback[cell] @ last[cell, row]])
                        after[cell, row], read = self._step(cell, after[cell, row], now, noise[cell][row])
                        features[cell, row, step if self.every else 0] = read
                        if last is not None:
                            last[cell, row] = read
                    if advance is not None and cell == cells - 1:
                        advance(piece.stop - piece.start)
        return features, after, last

    def _step(
        self, cell: int, kets: NDArray[np.complex128], now: NDArray[np.float64], source: np.random.Generator
    ) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
        """Join, turn, decay, read, and forget the input wires by measuring them."""
        fresh, kept, many = 2**self.shape.inputs, 2**self.shape.hidden, len(kets)
        unitary = self.unitaries[cell]
        split = unitary.reshape(len(unitary), fresh, kept)
        joint = kets @ np.einsum("sfk,f->ks", split, encoded_state(now))
        read = []
        for node in range(self.shape.nodes):
            if node:
                joint = joint @ unitary.T
            joint = joint if self.decay.ideal else jumped(joint, self.decay, source)
            read.append((np.abs(joint) ** 2).mean(axis=0) @ self.table)
        blocks = joint.reshape(many, fresh, kept)
        shares = (np.abs(blocks) ** 2).sum(axis=2).cumsum(axis=1)
        outcomes = (source.random(many)[:, None] * shares[:, -1:] >= shares[:, :-1]).sum(axis=1)
        return _normalised(blocks[np.arange(many), outcomes]), np.concatenate(read)


def jumped(kets: NDArray[np.complex128], decay: Decay, source: np.random.Generator) -> NDArray[np.complex128]:
    """One Kraus operator of the decay for each wire of each ket, chosen with its probability.

    Two of the operators are diagonal, the others lower and raise; the diagonal ones come from the matrix of
    Gram ``[[stay 0, coherence], [coherence, stay 1]]``, which is positive for every channel.

    Args:
        kets: (kets, 2**wires), of norm 1.
        decay: of each wire.
        source: of the choices.
    """
    (zero, up), (down, one) = decay.transfer.tolist()
    strengths, directions = np.linalg.eigh([[zero, decay.coherence], [decay.coherence, one]])
    diagonal = directions * np.sqrt(strengths.clip(min=0.0))
    many, size = len(kets), kets.shape[1]
    for wire in range(size.bit_length() - 1):
        view = kets.reshape(many, 2**wire, 2, -1)
        excited = (np.abs(view[:, :, 1]) ** 2).sum(axis=(1, 2))
        ground = 1 - excited
        kinds = [*(a**2 * ground + b**2 * excited for a, b in diagonal.T), down * excited, up * ground]
        weights = np.cumsum(np.stack(kinds, axis=1), axis=1)
        chosen = (source.random(many)[:, None] * weights[:, -1:] >= weights[:, :-1]).sum(axis=1)
        moved = view[:, :, ::-1]
        # Factors on what stays and on what comes from the flipped bit, by the choice and the bit.
        stay = np.zeros((4, 2))
        stay[:2] = diagonal.T
        come = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        turned = view * stay[chosen][:, None, :, None] + moved * come[chosen][:, None, :, None]
        kets = _normalised(turned.reshape(many, size))
    return kets


def _normalised(kets: NDArray[np.complex128]) -> NDArray[np.complex128]:
    return np.asarray(kets / np.linalg.norm(kets, axis=1, keepdims=True))
