"""Registers that are exact while they are small and follow a trajectory where they grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

from qsim.quantum.registers.base import Draws, Register
from qsim.quantum.registers.dense import DenseRegister
from qsim.quantum.registers.ket import KetRegister
from qsim.registry import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.quantum.registers.channel import Channel
    from qsim.quantum.registers.gates import Gate


@register("register", "auto")
class AutoRegister(Register):
    """A dense register, which becomes a ket when it no longer fits: a trajectory is drawn from its mixture.

    It never becomes a stabilizer register by itself, because that one twirls relaxation.
    """

    name: ClassVar[str] = "auto"
    most: ClassVar[int] = KetRegister.most

    def __init__(self, draws: Draws) -> None:
        super().__init__(draws)
        self.held: DenseRegister | KetRegister = DenseRegister(draws)

    @classmethod
    def memory(cls, size: int) -> str:
        return (DenseRegister if size <= DenseRegister.most else KetRegister).memory(size)

    def append(self, rho: NDArray[np.complex128]) -> None:
        self._grow(len(rho).bit_length() - 1).append(rho)
        self._count()

    def join(self, other: Self) -> None:
        register = self._grow(other.size)
        if isinstance(register, DenseRegister) and isinstance(other.held, DenseRegister):
            register.join(other.held)
        else:
            register, joined = self._trajectory(register), self._trajectory(other.held)
            register.join(joined)
            self.held = register
        self.notes.update(other.notes)
        self._count()

    def channel(self, channel: Channel, qubits: Sequence[int]) -> None:
        self.held.channel(channel, qubits)

    def discard(self, qubit: int) -> None:
        self.held.discard(qubit)
        self._count()

    def expect(self, pauli: str, qubits: Sequence[int]) -> float:
        return self.held.expect(pauli, qubits)

    def rho(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        return self.held.rho(qubits)

    def fidelity(self, target: NDArray[np.complex128] | str, qubits: Sequence[int] | None = None) -> float:
        return self.held.fidelity(target, qubits)

    def _apply(self, gate: Gate, qubits: tuple[int, ...]) -> None:
        self.held.gate(gate, qubits)

    def _measure_z(self, qubit: int) -> int:
        outcome = self.held.measure(qubit)
        self._count()
        return outcome

    def _count(self) -> None:
        self.size = self.held.size

    def _grow(self, more: int) -> DenseRegister | KetRegister:
        self._fits(more)
        if self.size + more > DenseRegister.most:
            self.held = self._trajectory(self.held)
        return self.held

    def _trajectory(self, held: DenseRegister | KetRegister) -> KetRegister:
        if isinstance(held, KetRegister):
            return held
        self.notes[f"beyond {DenseRegister.most} qubits one trajectory was followed as a ket"] = None
        ket = KetRegister(self.draws)
        if held.size:
            ket.append(held.rho(range(held.size)))
        return ket
