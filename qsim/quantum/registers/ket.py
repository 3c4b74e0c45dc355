"""Registers that hold one trajectory as a ket: every gate, noise by drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from qsim.quantum.registers.base import Draws, Register, bytes_in_words, pauli_places, qubits_of
from qsim.quantum.registers.channel import chosen
from qsim.quantum.registers.gates import pauli_products
from qsim.quantum.registers.mixtures import drawn, mixture
from qsim.quantum.registers.targets import target_ket
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.registers.channel import Channel
    from qsim.quantum.registers.gates import Gate


@register("register", "ket")
class KetRegister(Register):
    """A pure state that follows one trajectory: mixed states and channels are drawn, means over runs exact.

    References:
        Dalibard, Castin and Mølmer, Phys. Rev. Lett. 68, 580 (1992).
    """

    name: ClassVar[str] = "ket"
    most: ClassVar[int] = 20

    def __init__(self, draws: Draws) -> None:
        super().__init__(draws)
        self.ket: NDArray[np.complex128] = np.ones((), dtype=np.complex128)

    @classmethod
    def memory(cls, size: int) -> str:
        return bytes_in_words(16 * 2.0**size)

    def append(self, rho: NDArray[np.complex128]) -> None:
        qubits = qubits_of(rho)
        self._fits(qubits)
        states = mixture(rho)
        fresh = drawn(states, self.draws.random() if len(states) > 1 else 0.0)
        self.ket = np.multiply.outer(self.ket, fresh.reshape((2,) * qubits))
        self.size += qubits

    def join(self, other: Self) -> None:
        self._fits(other.size)
        self.ket = np.multiply.outer(self.ket, other.ket)
        self.size += other.size
        self.notes.update(other.notes)

    def channel(self, channel: Channel, qubits: Sequence[int]) -> None:
        given = self._known(qubits, channel.qubits, "the channel")
        if channel.is_pauli:
            weights = channel.pauli_weights.tolist()
            if max(weights) < 1.0:
                operators = pauli_products(channel.qubits)
                self.ket = self._by(operators[chosen(weights, self.draws.random())], given)
            return
        moved = [self._by(operator, given) for operator in channel.kraus]
        weights = [_norm(ket) for ket in moved]
        found = chosen(weights, self.draws.random())
        self.ket = moved[found] / sqrt(weights[found])

    def discard(self, qubit: int) -> None:
        self._known((qubit,), 1, "discarding")
        # What is not looked at may as well be measured: the others' means over trajectories are the same.
        self._measure_z(qubit)

    def expect(self, pauli: str, qubits: Sequence[int]) -> float:
        given = self._known(qubits, len(pauli), f"the product {pauli!r}")
        turned = self.ket
        for qubit, letter in zip(given, pauli_places(pauli), strict=True):
            turned = _through(turned, pauli_products(1)[letter], (qubit,))
        return float(np.sum(self.ket.conj() * turned).real)

    def rho(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        front = self._front(qubits)
        return np.asarray(np.einsum("ar,br->ab", front, front.conj()))

    def fidelity(self, target: NDArray[np.complex128] | str, qubits: Sequence[int] | None = None) -> float:
        given = range(self.size) if qubits is None else qubits
        overlap = np.einsum("a,ar->r", target_ket(target, len(given)).conj(), self._front(given))
        return min(1.0, _norm(overlap))

    def _front(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        given = self._known(qubits, len(qubits), "a state")
        return np.moveaxis(self.ket, given, range(len(given))).reshape(2 ** len(given), -1)

    def _apply(self, gate: Gate, qubits: tuple[int, ...]) -> None:
        self.ket = self._by(gate.matrix, qubits)

    def _by(self, operator: NDArray[np.complex128], qubits: tuple[int, ...]) -> NDArray[np.complex128]:
        return _through(self.ket, operator, qubits)

    def _measure_z(self, qubit: int) -> int:
        zero, one = (np.asarray(self.ket.take(index, axis=qubit)) for index in (0, 1))
        outcome = self._outcome(_norm(zero))
        left = one if outcome else zero
        self.ket = left / sqrt(_norm(left))
        self.size -= 1
        return outcome


def _norm(ket: NDArray[np.complex128]) -> float:
    return float(np.sum(ket.real**2 + ket.imag**2))


def _through(
    ket: NDArray[np.complex128], operator: NDArray[np.complex128], qubits: tuple[int, ...]
) -> NDArray[np.complex128]:
    front = np.moveaxis(ket, qubits, range(len(qubits)))
    moved = np.einsum("ij,jr->ir", operator, front.reshape(len(operator), -1))
    return np.moveaxis(moved.reshape(front.shape), range(len(qubits)), qubits)
