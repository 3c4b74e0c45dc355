"""The interface of registers: the joint state of several qubits, changed in place.

A register knows neither time nor place. Its qubits are counted from 0; one that is measured or discarded
leaves, and those after it move down by one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

import numpy as np

from qsim.errors import StateError
from qsim.quantum.registers.gates import GATES, Gate, named_gate
from qsim.registry import define_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.registers.channel import Channel

#: A probability nearer to 0 or 1 than this is certain, and nothing is drawn for it.
CERTAIN = 1e-12
#: How far the trace of a density matrix may be from 1 by rounding.
_STATE = 1e-6
#: What turns an axis of measurement onto z, in order.
_ONTO_Z = {"x": ("h",), "y": ("sdg", "h"), "z": ()}


class Draws(Protocol):
    """A stream of random numbers."""

    def random(self) -> float:
        """A uniform number in [0, 1)."""
        ...


class Register(ABC):
    """The joint state of qubits.

    Args:
        draws: where outcomes of measurements, and what a trajectory draws besides, come from.

    Attributes:
        size: how many qubits it holds.
        notes: what it has approximated so far, a sentence each.
    """

    #: Name in the registry.
    name: ClassVar[str]
    #: Most qubits that it holds, for the memory and the time that they take.
    most: ClassVar[int]

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.size = 0
        self.notes: dict[str, None] = {}

    @abstractmethod
    def append(self, rho: NDArray[np.complex128]) -> None:
        """Add fresh qubits after those that are here.

        Args:
            rho: their density matrix, shape (2**k, 2**k).

        Raises:
            StateError: the register cannot hold so many qubits, or no such state.
        """

    @abstractmethod
    def join(self, other: Self) -> None:
        """Take over the qubits of another register of the same class, after those that are here.

        Raises:
            StateError: the register cannot hold so many qubits.
        """

    @abstractmethod
    def channel(self, channel: Channel, qubits: Sequence[int]) -> None:
        """Let noise act on some qubits.

        Raises:
            StateError: the qubits are not here, or not as many as the channel acts on.
        """

    @abstractmethod
    def discard(self, qubit: int) -> None:
        """Trace out a qubit, which leaves."""

    @abstractmethod
    def expect(self, pauli: str, qubits: Sequence[int]) -> float:
        """Mean of a product of Pauli operators.

        Args:
            pauli: a letter of ``IXYZ`` for each of the qubits.
            qubits: their numbers.

        Raises:
            StateError: there are other letters, or not as many as qubits.
        """

    @abstractmethod
    def rho(self, qubits: Sequence[int]) -> NDArray[np.complex128]:
        """Density matrix of some qubits in this order, shape (2**k, 2**k); of the trajectory, if any."""

    @abstractmethod
    def fidelity(self, target: NDArray[np.complex128] | str, qubits: Sequence[int] | None = None) -> float:
        """Overlap of the state of some qubits with a pure state.

        Args:
            target: a ket, shape (2**k,), or a name: ``phi+``, ``phi-``, ``psi+``, ``psi-`` of two qubits,
                ``ghz``, ``w``, ``cluster`` (a line of controlled phases), ``ring``.
            qubits: in the order of the target; None for all.

        Raises:
            StateError: the target is of another number of qubits, or no name.
        """

    @abstractmethod
    def _apply(self, gate: Gate, qubits: tuple[int, ...]) -> None:
        """Apply a gate to qubits that are known to be here."""

    @abstractmethod
    def _measure_z(self, qubit: int) -> int:
        """Measure in the computational basis; the qubit leaves."""

    def gate(self, gate: Gate | str, qubits: Sequence[int]) -> None:
        """Apply a gate.

        Args:
            gate: a gate, or the name of one of `GATES`.
            qubits: in the order of the gate: a control before its target.

        Raises:
            StateError: there is no such gate, the qubits are not here or not as many as the gate acts on, or
                the register has no such gate.
        """
        found = named_gate(gate)
        self._apply(found, self._known(qubits, found.qubits, f"gate {found.name!r}"))

    def measure(self, qubit: int, basis: str | NDArray[np.complex128] = "z") -> int:
        """Measure a qubit, which leaves the register.

        Args:
            qubit: which.
            basis: ``"x"``, ``"y"``, ``"z"``, or a unitary whose rows are the bras of the outcomes 0 and 1.

        Returns:
            0 for the +1 eigenvector of the axis, or the first row; 1 for the other.

        Raises:
            StateError: there is no such qubit or basis.
        """
        self._known((qubit,), 1, "a measurement")
        if isinstance(basis, str):
            if basis not in _ONTO_Z:
                raise StateError(
                    f"a measurement is in the basis 'x', 'y', 'z' or of a unitary, got {basis!r}"
                )
            turns = [GATES[name] for name in _ONTO_Z[basis]]
        else:
            turns = [Gate("basis", basis)]
        for turn in turns:
            self._apply(turn, (qubit,))
        return self._measure_z(qubit)

    def _known(self, qubits: Sequence[int], count: int, what: str) -> tuple[int, ...]:
        given = tuple(qubits)
        if len(given) != count:
            raise StateError(
                f"{what} acts on {count} qubit{'s' * (count != 1)}, got {len(given)}: {list(given)}"
            )
        if len(set(given)) != len(given):
            raise StateError(f"{what} acts on different qubits, got {list(given)}")
        for qubit in given:
            if not 0 <= qubit < self.size:
                here = f"qubits 0 to {self.size - 1}" if self.size else "no qubit"
                raise StateError(f"{what} asks for qubit {qubit}; the register holds {here}")
        return given

    def _fits(self, more: int) -> None:
        """Refuse qubits that would take too much memory, before any is taken."""
        size = self.size + more
        if size > self.most:
            raise StateError(
                f"the {self.name} register holds at most {self.most} qubits, and {size} would take"
                f" {self.memory(size)}; `ket` holds 20 along one trajectory, `stabilizer` thousands under"
                " Clifford gates"
            )

    @classmethod
    @abstractmethod
    def memory(cls, size: int) -> str:
        """What so many qubits take, in words."""

    def _outcome(self, zero: float) -> int:
        """An outcome by the probability of a 0; nothing is drawn for what is certain."""
        if zero >= 1 - CERTAIN:
            return 0
        if zero <= CERTAIN:
            return 1
        return int(self.draws.random() >= zero)


def qubits_of(rho: NDArray[np.complex128]) -> int:
    """How many qubits a density matrix is of; its trace and symmetry are looked at besides its shape.

    Raises:
        StateError: it is of another shape or trace, or not Hermitian.
    """
    size = len(rho)
    if rho.shape != (size, size) or size < 2 or size & (size - 1):
        raise StateError(f"a density matrix has 2, 4, 8, ... rows and as many columns, got {rho.shape}")
    trace = complex(rho.trace())
    # The comparison with what is no number fails, as it should.
    if not abs(trace - 1) <= _STATE:
        raise StateError(f"a density matrix has trace 1, got {trace:.6g}")
    # |rho - rho^+|^2 = 2 (|rho|^2 - Re tr rho^2), which takes half the time.
    square = complex(np.vdot(rho, rho) - np.vdot(rho.conj().T, rho)).real
    if not square <= _STATE**2 + 1e-12:
        raise StateError("a density matrix is Hermitian, and this one is not")
    return size.bit_length() - 1


def pauli_places(pauli: str) -> list[int]:
    """Where the letters of a product of Pauli operators stand in ``IXYZ``.

    Raises:
        StateError: one is none of these.
    """
    places = ["IXYZ".find(letter) for letter in pauli]
    if -1 in places:
        raise StateError(
            f"a product of Pauli operators is written in the letters I, X, Y and Z, got {pauli!r}"
        )
    return places


def bytes_in_words(count: float) -> str:
    """A number of bytes for a message.

    Example:
        >>> bytes_in_words(8 * 4.0**12)
        '134 MB'
    """
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


define_kind("register", Register, "models/states.md")
