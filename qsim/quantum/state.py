"""The interface of pair states.

Every formalism is a class of immutable states behind this one interface, so the same protocol code runs on
all of them. A state knows neither time nor place; `EntangledPair` adds those.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeVar

from qsim.errors import StateError
from qsim.quantum.noise import MemoryNoise
from qsim.registry import define_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.quantum.directions import Bloch, Direction
    from qsim.quantum.noise import OperationNoise

#: Axis of the Bloch sphere.
Axis = Literal["x", "y", "z"]
#: Fidelities that differ by less are those of one state.
_ALIKE = 1e-9
#: Entries of density matrices that differ by less are alike.
_MIRRORED = 1e-12


class PairState(Protocol):
    """The state of two qubits that are meant to be in Φ+."""

    @classmethod
    def werner(cls, fidelity: float) -> Self:
        """The Werner state of this fidelity.

        Raises:
            StateError: the fidelity is outside [0, 1].
        """
        ...

    @classmethod
    def from_density_matrix(cls, rho: NDArray[np.complex128]) -> Self:
        """The state nearest to a density matrix that the formalism can hold, of the same fidelity.

        Args:
            rho: shape (4, 4), basis |00>, |01>, |10>, |11>.

        Raises:
            StateError: `rho` is no density matrix of two qubits.
        """
        ...

    def density_matrix(self) -> NDArray[np.complex128]:
        """The density matrix, shape (4, 4)."""
        ...

    def fidelity(self) -> float:
        """Overlap with Φ+, computed from the state."""
        ...

    def probabilities(self) -> tuple[float, float, float, float]:
        """Overlaps with Φ+, Φ−, Ψ+, Ψ−."""
        ...

    def decayed(self, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float) -> Self:
        """The state after both halves have been stored for a time.

        Args:
            first, second: noise of the memory that holds the first and the second qubit; None is ideal. A law
                that is not exponential, or a correction that is still owed, comes as the law of constant
                rates that does the same in this time (`MemoryNoise.between`).
            seconds: storage time, s.
        """
        ...

    def swapped(self, other: Self, noise: OperationNoise) -> Self:
        """The pair left by a Bell measurement that joins this pair's second to the other pair's first qubit.

        The Pauli correction that the reported bits call for is made at the far end of `other`; the state is
        averaged over the outcomes of the measurement.
        """
        ...

    def twirled(self) -> Self:
        """The Werner state of the same fidelity: the average over random bilateral rotations."""
        ...

    def quarter_turned(self, axis: Axis) -> Self:
        """After a quarter turn about an axis at the first node and its complex conjugate at the second.

        Φ+ stays. Two other Bell states change places: Φ− and Ψ− by a turn about x, Φ− and Ψ+ about y, Ψ+ and
        Ψ− about z.

        Raises:
            StateError: the formalism knows no axes.
        """
        ...

    def purified(self, sacrificed: Self, first: OperationNoise, second: OperationNoise) -> tuple[float, Self]:
        """Bilateral CNOT onto another pair, which is measured; this pair is kept where the bits agree.

        The core of every two-to-one recurrence; a recipe says what is done to both pairs before and to the
        kept one after (see `qsim.quantum.recipes`).

        Args:
            sacrificed: the pair that is measured.
            first, second: noise of the gate and the measurement at the node of the first and of the second
                qubits.

        Returns:
            Probability that the bits agree, and the kept pair's state then; probability 0 and this state
            where that is impossible.
        """
        ...

    def measured(self, end: int, along: Direction, draw: float) -> tuple[int, Bloch]:
        """Measure one of the two qubits along a direction of the Bloch sphere.

        Args:
            end: 0 for the first qubit, 1 for the second.
            along: the direction.
            draw: uniform in [0, 1): it decides the bit, 0 where it is smaller than the probability of 0.

        Returns:
            The bit, and the Bloch vector of the other qubit then.

        Raises:
            StateError: the formalism knows no directions.
        """
        ...


define_kind("formalism", PairState, "how-to/formalism.md")

S = TypeVar("S", bound=PairState)


class Recipe(Protocol):
    """What a purification does to two pairs: a map of its own, made of the operations of a `PairState`.

    A recipe that asks a formalism for more than it can do raises `StateError`; a scenario that pairs the two
    is refused before it runs.
    """

    def __call__(
        self, kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise
    ) -> tuple[float, S]:
        """Probability of success, and the kept pair's state given success; 0 and `kept` where there is none.

        Args:
            kept, sacrificed: the two pairs.
            first, second: noise of the operations at the node of the first and of the second qubits.
        """
        ...


@cache
def keeps_relaxation(formalism: type[PairState]) -> bool:
    """Whether a formalism follows energy relaxation in its direction, or twirls it to Pauli noise."""
    down = MemoryNoise.thermal(1.0, None)
    try:
        alike = formalism.werner(1.0).decayed(down, down, 1.0).fidelity()
        against = formalism.werner(1.0).decayed(down, down.relaxing_to_one(), 1.0).fidelity()
    except (StateError, NotImplementedError):
        return False
    return abs(alike - against) > _ALIKE


def mirrored(state: S) -> S:
    """The state with its halves exchanged; itself, to the last bit, where it is alike from both ends.

    A formalism all of whose states are says so by a class attribute `symmetric`.
    """
    if getattr(state, "symmetric", False):
        return state
    rho = state.density_matrix()
    turned = rho.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)
    return state if abs(turned - rho).max() < _MIRRORED else type(state).from_density_matrix(turned)


def teleportation_fidelity(fidelity: float) -> float:
    """Mean fidelity of teleporting an unknown pure qubit over a pair: (2 F + 1)/3.

    References:
        Horodecki, Horodecki, Horodecki, Phys. Rev. A 60, 1888 (1999).

    Example:
        >>> round(teleportation_fidelity(0.95), 6)
        0.966667
    """
    return (2 * fidelity + 1) / 3
