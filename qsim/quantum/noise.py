"""Noise laws: what time does to a stored qubit, and what imperfect operations do to pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import exp
from typing import TYPE_CHECKING, Protocol

from qsim.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class DecayLaw(Protocol):
    """How the coherence of a stored qubit falls when it is not an exponential; registered as kind "decay"."""

    def damping(self, age: float) -> float:
        """The coherence is e^-damping at an age in seconds, counted from the start of storage.

        0 at age 0, and never falling.
        """
        ...


@dataclass(frozen=True)
class MemoryNoise:
    """Decay of one stored qubit: rates at which its Bloch components shrink.

    ``d(x, y, z)/dt = (-rate_x x, -rate_y y, -rate_z z + relaxation)``: pure Pauli noise when `relaxation` is
    0, and a decay towards |0> (positive) or |1> (negative) otherwise. `dephasing_laws` shrink x and y
    further, by a factor that depends on the age of what is stored. Use the constructors below; `plus`
    combines laws that act together.

    Attributes:
        rate_x, rate_y, rate_z: shrinking rates of the Bloch components, 1/s.
        relaxation: 1/T1 of energy relaxation, 1/s, negative where it goes to |1>; its size is part of
            `rate_z`.
        dephasing_laws: of dephasing that is not exponential.

    References:
        Nielsen and Chuang, Quantum Computation and Quantum Information, section 8.3.
    """

    rate_x: float = 0.0
    rate_y: float = 0.0
    rate_z: float = 0.0
    relaxation: float = 0.0
    dephasing_laws: tuple[DecayLaw, ...] = ()

    @classmethod
    def depolarising(cls, time: float) -> MemoryNoise:
        """Depolarising: a Werner parameter falls as e^(-t/time) for each stored half."""
        return cls(1 / time, 1 / time, 1 / time)

    @classmethod
    def dephasing(cls, time: float) -> MemoryNoise:
        """Dephasing: a phase flip with probability (1 - e^(-t/time))/2."""
        return cls(1 / time, 1 / time, 0.0)

    @classmethod
    def thermal(cls, t1: float | None, t2: float | None) -> MemoryNoise:
        """Energy relaxation to |0> in `t1`, coherences falling as e^(-t/t2).

        Args:
            t1: relaxation time, s; None for none.
            t2: total coherence time, s, at most twice `t1`; None leaves the coherence limited by relaxation
                alone (t2 = 2 t1).

        Raises:
            ParameterError: `t2` exceeds 2 `t1`.
        """
        if t1 is not None and t2 is not None and t2 > 2 * t1 * (1 + 1e-12):
            raise ParameterError(f"t2 must be at most 2 t1 = {2 * t1:g} s, got {t2:g} s")
        relaxation = 0.0 if t1 is None else 1 / t1
        coherence = 1 / t2 if t2 is not None else relaxation / 2
        return cls(coherence, coherence, relaxation, relaxation)

    @classmethod
    def pauli(cls, x: float, y: float, z: float) -> MemoryNoise:
        """X, Y and Z errors as Poisson processes with these rates, 1/s."""
        return cls(2 * (y + z), 2 * (x + z), 2 * (x + y))

    def plus(self, other: MemoryNoise) -> MemoryNoise:
        """Both laws acting at once: rates add."""
        return MemoryNoise(
            self.rate_x + other.rate_x,
            self.rate_y + other.rate_y,
            self.rate_z + other.rate_z,
            self.relaxation + other.relaxation,
            self.dephasing_laws + other.dephasing_laws,
        )

    @property
    def ideal(self) -> bool:
        """Whether nothing ever changes."""
        return self.rate_x == self.rate_y == self.rate_z == 0.0 and not self.dephasing_laws

    def between(self, since: float, until: float, frame: int = 1) -> MemoryNoise:
        """The law of constant rates that does over an interval what this one does then.

        Args:
            since, until: ages of what is stored, from the start of storage, s; `until` is the greater.
            frame: mean sign by which a Pauli correction still owed to the qubit turns its Z: relaxation acts
                on the qubit as it is, and the state is kept as corrected. 1 where none is owed or it commutes
                with Z, -1 for a bit flip, 0 where it is as often one as the other.
        """
        if not self.dephasing_laws and (frame == 1 or self.relaxation == 0.0):
            return self
        rate = 0.0
        if until > since:
            rate = sum(law.damping(until) - law.damping(since) for law in self.dephasing_laws)
            rate /= until - since
        return MemoryNoise(self.rate_x + rate, self.rate_y + rate, self.rate_z, frame * self.relaxation)

    def relaxing_to_one(self) -> MemoryNoise:
        """The same law with energy relaxation to |1> instead of |0>."""
        return replace(self, relaxation=-self.relaxation)

    def factors(self, since: float, until: float) -> tuple[float, float, float]:
        """Factors of the three Bloch components from one age to another, relaxation twirled to Pauli noise.

        Args:
            since, until: ages of what is stored, from the start of storage, s.
        """
        law, seconds = self.between(since, until), until - since
        return exp(-law.rate_x * seconds), exp(-law.rate_y * seconds), exp(-law.rate_z * seconds)

    def transfer_matrix(self, since: float, until: float, frame: int = 1) -> NDArray[np.float64]:
        """Exact Pauli transfer matrix from one age to another, shape (4, 4), basis I, X, Y, Z.

        Args:
            since, until, frame: as for `between`.
        """
        import numpy as np

        x, y, z = self.factors(since, until)
        matrix = np.diag([1.0, x, y, z])
        if self.relaxation != 0.0:
            matrix[3, 0] = frame * self.relaxation / self.rate_z * (1 - z)
        return matrix


@dataclass(frozen=True)
class OperationNoise:
    """Imperfections of a local operation on two memories of one node: a two-qubit gate and measurements.

    A measurement that should give the sign s (+1 for a 0) reports ``readout_bias + readout s`` on average.

    Attributes:
        gate_error: probability that the two-qubit gate is followed by one of the 15 non-identity Paulis,
            uniformly; at 15/16 the gate depolarises completely.
        readout_error: probability that a measurement reports the wrong bit; two numbers where that of a 0
            and of a 1 differ.
        degradation: factor on the fidelity of a swapped pair; used by the scalar-fidelity formalism alone.
    """

    gate_error: float = 0.0
    readout_error: float | tuple[float, float] = 0.0
    degradation: float = 1.0

    def __post_init__(self) -> None:
        for name, high in (("gate_error", 15 / 16), ("readout_error", 0.5), ("degradation", 1.0)):
            value = getattr(self, name)
            for part in value if isinstance(value, tuple) else (value,):
                if not 0 <= part <= high:
                    raise ParameterError(f"`OperationNoise.{name}` must be in [0, {high:g}], got {value!r}")

    @classmethod
    def from_reliabilities(cls, gate: float = 1.0, measurement: float = 1.0) -> OperationNoise:
        """From the reliabilities of Briegel and Dür.

        The gate works with probability `gate` and depolarises otherwise; a measurement is right with
        probability `measurement`.

        References:
            Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998).
        """
        return cls(gate_error=15 / 16 * (1 - gate), readout_error=1 - measurement)

    @cached_property
    def reliability(self) -> float:
        """Weight of the perfect gate when its error is written as full depolarisation."""
        return 1 - 16 / 15 * self.gate_error

    @cached_property
    def readout(self) -> float:
        """What one measured bit keeps of a correlation: 1 less the errors of a 0 and of a 1."""
        of_0, of_1 = self.readout_errors
        return 1 - (of_0 + of_1)

    @cached_property
    def readout_bias(self) -> float:
        """Mean sign reported of a bit that is as often 0 as 1; 0 when both are misread alike."""
        of_0, of_1 = self.readout_errors
        return of_1 - of_0

    @cached_property
    def swap_factors(self) -> tuple[float, float, float]:
        """Factors on the aligned correlators (x, y, z) of a swapped pair, whose measured bits are fair."""
        one = self.reliability * self.readout
        return one, one * self.readout, one

    @property
    def readout_errors(self) -> tuple[float, float]:
        """Probabilities that a 0 and that a 1 is misread."""
        given = self.readout_error
        return given if isinstance(given, tuple) else (given, given)


#: Operations without imperfection.
PERFECT = OperationNoise()
