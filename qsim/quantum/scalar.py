"""Scalar fidelity: bookkeeping that reproduces published results, not a quantum state.

The SeQUeNCe simulator of 2020 carried one number a pair and composed it by the rules below; the metropolitan
network's published figures rest on them. The number obeys no quantum mechanics (a swap multiplies fidelities
and a constant), never decays, and says nothing of the state of the pair. Use it to reproduce those figures;
use the Bell-diagonal formalism for everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from qsim.errors import StateError
from qsim.registry import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.quantum.directions import Bloch, Direction
    from qsim.quantum.noise import MemoryNoise, OperationNoise
    from qsim.quantum.state import Axis


@register("formalism", "scalar-fidelity")
class ScalarFidelity:
    """One number a pair.

    Args:
        value: the number, in [0, 1].

    References:
        Wu et al., SeQUeNCe, arXiv 2009.12000: the composition rules of its July 2020 source.
    """

    __slots__ = ("value",)

    #: Alike from both ends.
    symmetric: ClassVar[bool] = True

    def __init__(self, value: float) -> None:
        self.value = value

    @classmethod
    def werner(cls, fidelity: float) -> Self:
        if not 0 <= fidelity <= 1:
            raise StateError(f"a fidelity must be in [0, 1], got {fidelity!r}")
        return cls(fidelity)

    @classmethod
    def from_density_matrix(cls, rho: NDArray[np.complex128]) -> Self:
        from qsim.quantum.density import DensityMatrixState

        return cls(DensityMatrixState.from_density_matrix(rho).fidelity())

    def density_matrix(self) -> NDArray[np.complex128]:
        """A Werner state of this number: a reading, since the number implies no state."""
        from qsim.quantum.density import DensityMatrixState

        return DensityMatrixState.werner(self.value).density_matrix()

    def fidelity(self) -> float:
        return self.value

    def probabilities(self) -> tuple[float, float, float, float]:
        rest = (1 - self.value) / 3
        return self.value, rest, rest, rest

    def decayed(self, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float) -> Self:
        """Unchanged.

        Raises:
            StateError: a memory has a noise law, which one number cannot follow.
        """
        if first is not None or second is not None:
            raise StateError(
                "scalar-fidelity has no decay; use bell-diagonal for memories with T1, T2 or error rates"
            )
        return self

    def swapped(self, other: Self, noise: OperationNoise) -> Self:
        """The product of both numbers and the degradation."""
        return type(self)(self.value * other.value * noise.degradation)

    def twirled(self) -> Self:
        """Unchanged: the number is read as that of a Werner state."""
        return self

    def quarter_turned(self, axis: Axis) -> Self:
        """Refused.

        Raises:
            StateError: always; one number has no axes.
        """
        raise StateError(
            "scalar-fidelity has no axes to turn about and knows BBPSSW alone; use bell-diagonal"
        )

    def purified(self, sacrificed: Self, first: OperationNoise, second: OperationNoise) -> tuple[float, Self]:
        """BBPSSW on two Werner states of these fidelities, with perfect operations.

        References:
            Dür and Briegel, Rep. Prog. Phys. 70, 1381 (2007), equation 18.
        """
        kept, lost = self.value, sacrificed.value
        wrong_kept, wrong_lost = (1 - kept) / 3, (1 - lost) / 3
        agree = kept * lost + kept * wrong_lost + wrong_kept * lost + 5 * wrong_kept * wrong_lost
        return agree, type(self)((kept * lost + wrong_kept * wrong_lost) / agree)

    def measured(self, end: int, along: Direction, draw: float) -> tuple[int, Bloch]:
        """Refused.

        Raises:
            StateError: always; one number has no directions.
        """
        raise StateError("scalar-fidelity has no directions to measure a half along; use bell-diagonal")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScalarFidelity) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"<ScalarFidelity {self.value:.6g}>"
