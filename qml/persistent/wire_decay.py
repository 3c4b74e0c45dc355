"""A qubit channel that shrinks coherences and moves populations, and how it acts on many wires.

Amplitude damping, dephasing, depolarising and everything composed of them have this form: coherences are
multiplied by a number, and <Z> goes to keep <Z> + shift. So noise on a wire costs two multiplications and an
addition for each matrix element, where a sum over Kraus operators would cost matrix products.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import expm1, log
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Decay:
    """A phase-covariant channel of one qubit.

    Attributes:
        coherence: factor on <X> and <Y>.
        keep: factor on <Z>.
        shift: added to <Z>, towards |0> where positive.
    """

    coherence: float = 1.0
    keep: float = 1.0
    shift: float = 0.0

    @property
    def ideal(self) -> bool:
        """Whether nothing changes."""
        return (self.coherence, self.keep, self.shift) == (1.0, 1.0, 0.0)

    def root(self, parts: int) -> Decay:
        """The channel that, applied `parts` times, is this one."""
        if self.keep in (0.0, 1.0):
            share = 1.0 if self.keep == 0.0 else 1.0 / parts
        else:
            share = expm1(log(self.keep) / parts) / expm1(log(self.keep))
        return Decay(self.coherence ** (1 / parts), self.keep ** (1 / parts), self.shift * share)

    @property
    def transfer(self) -> NDArray[np.float64]:
        """Probabilities of (row) the bit before and (column) the bit after, shape (2, 2)."""
        up = (1 - self.keep - self.shift) / 2
        down = (1 - self.keep + self.shift) / 2
        return np.array([[1 - up, up], [down, 1 - down]])

    def masks(self, adjoint: bool = False) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Factors on a wire's matrix elements, and on those with both of its bits flipped.

        Args:
            adjoint: how observables change, instead of states.

        Returns:
            two arrays to be passed to `act`, shape (1, 1, 1, 2, 1, 1, 2, 1).
        """
        (zero, up), (down, one) = self.transfer
        stay = np.array([[zero, self.coherence], [self.coherence, one]])
        flip = np.diag([up, down] if adjoint else [down, up])
        shape = (1, 1, 1, 2, 1, 1, 2, 1)
        return stay.reshape(shape), flip.reshape(shape)

    def seen_through(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """What a table over basis states, shape (2**wires, columns), becomes before noise on each wire."""
        wires = len(table).bit_length() - 1
        for wire in range(wires):
            halves = table.reshape(2**wire, 2, -1)
            table = np.einsum("ij,ajb->aib", self.transfer, halves).reshape(table.shape)
        return table


def act(matrices: Any, masks: tuple[Any, Any]) -> Any:
    """Apply a decay to every wire.

    Args:
        matrices: shape (a, b, 2**wires, 2**wires), of NumPy or JAX.
        masks: of `Decay.masks`.
    """
    stay, flip = masks
    a, b, size, _ = matrices.shape
    for wire in range(size.bit_length() - 1):
        left, right = 2**wire, size // 2 ** (wire + 1)
        view = matrices.reshape(a, b, left, 2, right, left, 2, right)
        matrices = view * stay + view[:, :, :, ::-1, :, :, ::-1] * flip
    return matrices.reshape(a, b, size, size)
