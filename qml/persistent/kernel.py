"""One step of a persistent reservoir: what a way to compute it must provide."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qml.circuits.blocks import encoding_angles
from qml.circuits.execution import product_state
from qml.persistent.wire_decay import Decay


@dataclass(frozen=True)
class StepShape:
    """Sizes that a step depends on.

    Attributes:
        inputs: wires that are prepared anew at each step; they lead.
        hidden: wires that keep their state.
        nodes: virtual nodes, how often the unitary is applied and read in a step.
        outputs: numbers read at each virtual node.
    """

    inputs: int
    hidden: int
    nodes: int
    outputs: int

    @property
    def wires(self) -> int:
        """All of them."""
        return self.inputs + self.hidden

    @property
    def elements(self) -> int:
        """Of the joint density matrix."""
        return 1 << 2 * self.wires


@dataclass(frozen=True)
class Kernel(ABC):
    """A way to compute a step; hashable, for a compiled program depends on it.

    Attributes:
        shape: sizes.
        noisy: whether there is any noise.
        single: single precision.
    """

    shape: StepShape
    noisy: bool
    single: bool

    @abstractmethod
    def prepare(
        self, unitaries: NDArray[np.complex128], table: NDArray[np.float64], decay: Decay
    ) -> tuple[NDArray[Any], ...]:
        """Everything that does not change from step to step.

        Args:
            unitaries: of one virtual node, shape (cells, 2**wires, 2**wires).
            table: what is read in each basis state, shape (2**wires, outputs).
            decay: of each wire at each virtual node.

        Returns:
            arrays whose leading axis has length `cells` or 1.
        """

    @abstractmethod
    def enter(self, hidden: NDArray[np.complex128]) -> NDArray[Any]:
        """The state as the kernel keeps it, from density matrices (cells, rows, 2**hidden, 2**hidden)."""

    @abstractmethod
    def leave(self, state: NDArray[Any]) -> NDArray[np.complex128]:
        """Density matrices again; a state that leaves and enters is the same to the bit."""

    @abstractmethod
    def encode(self, values: NDArray[np.float64]) -> NDArray[Any]:
        """What a step takes in, from the values of the input wires, (..., inputs): shape (..., length)."""

    @abstractmethod
    def step(self, xp: Any, arrays: tuple[Any, ...], state: Any, encoded: Any) -> tuple[Any, Any]:
        """The next state and what is read, shape (cells, rows, nodes * outputs).

        A row's bits depend neither on the other rows nor on how many there are.

        Args:
            xp: NumPy or jax.numpy.
            arrays: of `prepare`.
            state: of `enter`.
            encoded: of `encode`, shape (cells, rows, length).
        """

    @abstractmethod
    def memory(self, cells: int, rows: int) -> int:
        """Bytes for the arrays of `prepare` and one step."""


def encoded_state(values: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Amplitudes after H, RY(arctan x), RZ(arctan x^2) on each wire: (..., inputs) to (..., 2**inputs)."""
    turn, phase = encoding_angles(np, values)
    cosine, sine = np.cos(turn / 2), np.sin(turn / 2)
    spin = np.cos(phase / 2) + 1j * np.sin(phase / 2)
    root = 0.5**0.5
    qubits = np.stack([(cosine - sine) * root * spin.conj(), (cosine + sine) * root * spin], axis=-1)
    return np.asarray(product_state(qubits))
