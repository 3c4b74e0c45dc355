"""Registers that hold the whole density matrix: exact for every gate and every channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from qsim.quantum.bell import as_probability
from qsim.quantum.density import PAULIS
from qsim.quantum.registers.base import Draws, Register, bytes_in_words, pauli_places, qubits_of
from qsim.quantum.registers.gates import Steps, pauli_products, steps_of
from qsim.quantum.registers.targets import target_ket
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.registers.channel import Channel
    from qsim.quantum.registers.gates import Gate

# |a><b| of one qubit in Pauli components, Tr(P |a><b|), and back; of two qubits at once too.
_TO_PAULI = np.ascontiguousarray(PAULIS.transpose(0, 2, 1))
_TO_PAULIS = np.ascontiguousarray(pauli_products(2).transpose(0, 2, 1))
_FROM_PAULI = PAULIS / 2


@register("register", "dense")
class DenseRegister(Register):
    """The state as a real Pauli tensor: mean values of all products of Paulis, shape (4,) * size.

    One qubit more takes four times the memory and the time. Only outcomes of measurements are drawn.
    """

    name: ClassVar[str] = "dense"
    most: ClassVar[int] = 8

    def __init__(self, draws: Draws) -> None:
        super().__init__(draws)
        self.means: NDArray[np.float64] = np.array(1.0)

    @classmethod
    def memory(cls, size: int) -> str:
        return bytes_in_words(8 * 4.0**size)

    def append(self, rho: NDArray[np.complex128]) -> None:
        qubits = qubits_of(rho)
        self._fits(qubits)
        self.means = np.multiply.outer(self.means, pauli_means(rho))
        self.size += qubits

    def join(self, other: Self) -> None:
        self._fits(other.size)
        self.means = np.multiply.outer(self.means, other.means)
        self.size += other.size
        self.notes.update(other.notes)

    def channel(self, channel: Channel, qubits: Sequence[int]) -> None:
        given = self._known(qubits, channel.qubits, "the channel")
        self._through(channel.transfer, steps_of(channel.transfer), given)

    def discard(self, qubit: int) -> None:
        self._known((qubit,), 1, "discarding")
        self.means = np.asarray(self.means.take(0, axis=qubit))
        self.size -= 1

    def expect(self, pauli: str, qubits: Sequence[int]) -> float:
        given = self._known(qubits, len(pauli), f"the product {pauli!r}")
        place = [0] * self.size
        for qubit, letter in zip(given, pauli_places(pauli), strict=True):
            place[qubit] = letter
        return float(self.means[tuple(place)])

    def rho(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        part: NDArray[np.complex128] = self._part(qubits).astype(np.complex128)
        count = part.ndim
        for _ in range(count):
            # The first Pauli axis goes, its row and column come last: after all, they stand in order.
            part = np.einsum("i...,iab->...ab", part, _FROM_PAULI)
        order = [2 * k for k in range(count)] + [2 * k + 1 for k in range(count)]
        return part.transpose(order).reshape(2**count, 2**count)

    def fidelity(self, target: NDArray[np.complex128] | str, qubits: Sequence[int] | None = None) -> float:
        part = self._part(range(self.size) if qubits is None else qubits)
        ket = target_ket(target, part.ndim)
        wanted = pauli_means(ket[:, None] * ket.conj()[None, :])
        return as_probability(float(np.sum(part * wanted)) / float(2**part.ndim))

    def _part(self, qubits: Sequence[int]) -> NDArray[np.float64]:
        given = self._known(qubits, len(qubits), "a state")
        place = tuple(slice(None) if qubit in given else 0 for qubit in range(self.size))
        there = sorted(given)
        return self.means[place].transpose([there.index(qubit) for qubit in given])

    def _apply(self, gate: Gate, qubits: tuple[int, ...]) -> None:
        self._through(gate.transfer, gate.steps, qubits)

    def _through(self, transfer: NDArray[np.float64], steps: Steps | None, qubits: tuple[int, ...]) -> None:
        # By hand, since `np.moveaxis` takes longer than the arithmetic of a few qubits.
        order = [*qubits, *(place for place in range(self.size) if place not in qubits)]
        front = self.means.transpose(order)
        if steps is None:
            moved = np.einsum("ij,jr->ir", transfer, front.reshape(len(transfer), -1))
        elif steps.sources is None:
            factors = steps.factors.reshape((4,) * len(qubits) + (1,) * (self.size - len(qubits)))
            moved = np.multiply(front, factors, order="C")
        else:
            moved = front[steps.sources].reshape(len(transfer), -1)
            moved *= steps.factors
        back = sorted(range(self.size), key=order.__getitem__)
        self.means = moved.reshape(front.shape).transpose(back)

    def _measure_z(self, qubit: int) -> int:
        front = self.means.transpose([qubit, *range(qubit), *range(qubit + 1, self.size)])
        anyhow, sign = front[0], front[3]
        origin = (0,) * anyhow.ndim
        outcome = self._outcome(float(anyhow[origin] + sign[origin]) / 2)
        left = (np.subtract if outcome else np.add)(anyhow, sign, order="C")
        self.means = left / left[origin]
        self.size -= 1
        return outcome


def pauli_means(rho: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Mean values of all products of Paulis in a state, shape (4,) * k.

    Args:
        rho: density matrix, shape (2**k, 2**k).
    """
    qubits = len(rho).bit_length() - 1
    if qubits == 2:
        return np.ascontiguousarray(np.einsum("iab,ab->i", _TO_PAULIS, rho).real).reshape(4, 4)
    part = np.asarray(rho, dtype=np.complex128).reshape((2,) * (2 * qubits))
    for left in range(qubits, 0, -1):
        # Row and column of the first qubit that is left go, its Pauli axis comes last.
        moved = np.moveaxis(part, (0, left), (0, 1))
        part = np.einsum("ab...,iab->...i", moved, _TO_PAULI)
    return np.ascontiguousarray(part.real)
