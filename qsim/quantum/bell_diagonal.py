"""Bell-diagonal states: the default formalism of router networks, all closed forms.

Energy relaxation (T1) leaves the Bell-diagonal family; here it is twirled to the Pauli channel with the same
shrinking factors. The density-matrix formalism keeps it exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from qsim.errors import StateError
from qsim.quantum import bell
from qsim.registry import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qsim.quantum.directions import Bloch, Direction
    from qsim.quantum.noise import MemoryNoise, OperationNoise
    from qsim.quantum.state import Axis

_TOLERANCE = 1e-9


@register("formalism", "bell-diagonal")
class BellDiagonalState:
    """A mixture of the four Bell states, held as three aligned correlators (see `qsim.quantum.bell`).

    Args:
        x, y, z: aligned correlators, each in [-1, 1]; not checked, use `from_probabilities` for outside
            input.

    Example:
        >>> pair = BellDiagonalState.werner(0.95)
        >>> from qsim.quantum.noise import PERFECT
        >>> round(pair.swapped(pair, PERFECT).fidelity(), 10)
        0.9033333333
    """

    __slots__ = ("x", "y", "z")

    #: Alike from both ends.
    symmetric: ClassVar[bool] = True

    def __init__(self, x: float, y: float, z: float) -> None:
        self.x = x
        self.y = y
        self.z = z

    @classmethod
    def werner(cls, fidelity: float) -> Self:
        if not 0 <= fidelity <= 1:
            raise StateError(f"a fidelity must be in [0, 1], got {fidelity!r}")
        w = (4 * fidelity - 1) / 3
        return cls(w, w, w)

    @classmethod
    def from_probabilities(cls, phi_plus: float, phi_minus: float, psi_plus: float, psi_minus: float) -> Self:
        """From the probabilities of the four Bell states.

        Raises:
            StateError: a probability is negative, or they do not sum to 1.
        """
        given = (phi_plus, phi_minus, psi_plus, psi_minus)
        if not min(given) >= -_TOLERANCE or not abs(sum(given) - 1) <= _TOLERANCE:
            raise StateError(f"Bell-state probabilities must be non-negative and sum to 1, got {given}")
        return cls(*bell.correlators(*given))

    @classmethod
    def from_density_matrix(cls, rho: NDArray[np.complex128]) -> Self:
        from qsim.quantum.density import DensityMatrixState

        return cls.from_probabilities(*DensityMatrixState.from_density_matrix(rho).probabilities())

    def density_matrix(self) -> NDArray[np.complex128]:
        import numpy as np

        x, y, z = self.x, self.y, self.z
        rho = np.zeros((4, 4), dtype=np.complex128)
        rho[0, 0] = rho[3, 3] = (1.0 + z) / 4
        rho[1, 1] = rho[2, 2] = (1.0 - z) / 4
        rho[0, 3] = rho[3, 0] = (x + y) / 4
        rho[1, 2] = rho[2, 1] = (x - y) / 4
        return rho

    def fidelity(self) -> float:
        return bell.as_probability((1 + self.x + self.y + self.z) / 4)

    def probabilities(self) -> tuple[float, float, float, float]:
        return bell.probabilities(self.x, self.y, self.z)

    def decayed(self, first: MemoryNoise | None, second: MemoryNoise | None, seconds: float) -> Self:
        if first is None:
            first, second = second, None
        if first is None:
            return self
        law = first if second is None else first.plus(second)
        fx, fy, fz = law.factors(0.0, seconds)
        return type(self)(self.x * fx, self.y * fy, self.z * fz)

    def swapped(self, other: Self, noise: OperationNoise) -> Self:
        fx, fy, fz = noise.swap_factors
        return type(self)(self.x * other.x * fx, self.y * other.y * fy, self.z * other.z * fz)

    def twirled(self) -> Self:
        """The Werner state of the same fidelity."""
        w = (self.x + self.y + self.z) / 3
        return type(self)(w, w, w)

    def quarter_turned(self, axis: Axis) -> Self:
        x, y, z = self.x, self.y, self.z
        return type(self)(*{"x": (x, z, y), "y": (z, y, x), "z": (y, x, z)}[axis])

    def purified(self, sacrificed: Self, first: OperationNoise, second: OperationNoise) -> tuple[float, Self]:
        """Bilateral CNOT and comparison, in closed form.

        References:
            Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996), without the rotation; noisy operations as in
            Briegel et al., Phys. Rev. Lett. 81, 5932 (1998).
        """
        kept, lost = self, sacrificed
        # In aligned correlators the CNOTs and the selection on equal bits are four products; `both` is what
        # survives of the second pair's ZZ after two noisy gates and two noisy measurements. Readout that
        # misreads 0 and 1 unequally makes the reported bits agree more often, whatever the state.
        gates = first.reliability * second.reliability
        both = gates * (first.readout * second.readout)
        anyhow = 1 + first.readout_bias * second.readout_bias
        weight = anyhow + both * kept.z * lost.z
        if weight < 2 * bell.IMPOSSIBLE:
            return 0.0, self
        gates *= anyhow
        return weight / 2, type(self)(
            (gates * kept.x * lost.x + both * kept.y * lost.y) / weight,
            (gates * kept.y * lost.x + both * kept.x * lost.y) / weight,
            (gates * kept.z + both * lost.z) / weight,
        )

    def measured(self, end: int, along: Direction, draw: float) -> tuple[int, Bloch]:
        """The bit is fair; the other qubit points where the correlators say, whichever is measured."""
        x, y, z = self.x * along[0], -self.y * along[1], self.z * along[2]
        return (0, (x, y, z)) if draw < 0.5 else (1, (-x, -y, -z))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BellDiagonalState) and (self.x, self.y, self.z) == (
            other.x,
            other.y,
            other.z,
        )

    def __hash__(self) -> int:
        return hash((self.x, self.y, self.z))

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name} {p:.6g}" for name, p in zip(bell.BELL_STATES, self.probabilities(), strict=True)
        )
        return f"<BellDiagonalState {shown}>"
