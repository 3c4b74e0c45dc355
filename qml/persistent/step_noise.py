"""What one step of a persistent reservoir costs its qubits."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, isfinite, log, sqrt
from typing import Annotated

from qml.persistent.wire_decay import Decay
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param
from qsim.quantum.noise import MemoryNoise

#: What rounding may add to the logarithm of a coherence that is as long as it can be.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class StepNoise(Declared):
    """Noise on every wire in every step: damping, then dephasing, then depolarising.

    Conventions: `dephasing` is the probability of a phase flip (coherences times ``1 - 2 dephasing``), at
    most 1/2, where no coherence is left. `depolarising` is the probability that the qubit is replaced by the
    maximally mixed state (Bloch components times ``1 - depolarising``), so that 1 depolarises completely;
    some authors, and PennyLane, instead give the probability of a Pauli error, which is 3/4 of it.

    Example:
        >>> StepNoise(amplitude_damping=0.03).decay.shift
        0.03

    References:
        Nielsen and Chuang, Quantum Computation and Quantum Information, section 8.3.
    """

    amplitude_damping: Annotated[float, Param("probability that |1> decays to |0>", ge=0, le=1)] = 0.0
    dephasing: Annotated[float, Param("probability of a phase flip", ge=0, le=0.5)] = 0.0
    depolarising: Annotated[float, Param("probability of becoming maximally mixed", ge=0, le=1)] = 0.0

    @classmethod
    def from_times(cls, t1: float | None, t2: float | None, step: float) -> StepNoise:
        """Noise of qubits with the given coherence times.

        Args:
            t1: relaxation time to |0>, s; None for none.
            t2: total coherence time, s, at most twice `t1`; None where relaxation alone limits it.
            step: duration of one step, s.

        Raises:
            ParameterError: a time that is not positive, `t2` above twice `t1`, or a step that is negative.
        """
        for name, time in (("t1", t1), ("t2", t2)):
            if time is not None and not 0 < time <= inf:
                raise ParameterError(f"{name} must be a positive number of seconds or None, not {time!r}")
        return cls.from_memory(MemoryNoise.thermal(t1, t2), step)

    @classmethod
    def from_memory(cls, noise: MemoryNoise, step: float) -> StepNoise:
        """What a memory of the network half does to a qubit in the time of one step.

        Args:
            noise: decay of the memory.
            step: duration of one step, s.

        Raises:
            ParameterError: a law that is not made of damping, dephasing and depolarising (X and Y shrink at
                different rates, or coherences outlive populations), or a step that is negative.
        """
        if not (isfinite(step) and step >= 0):
            raise ParameterError(f"step must be a number of seconds of at least 0, not {step!r}")
        if noise.relaxation < 0 or noise.dephasing_laws:
            raise ParameterError(
                "only energy relaxation to |0> and exponential decay have a place in a step, not a memory "
                "that relaxes to |1> or dephases by a law of its own"
            )
        # Of the decay of <Z>, the share that drives it to |0>; the rest depolarises.
        share = noise.relaxation / noise.rate_z if noise.rate_z > 0 else 1.0
        lost = -expm1(-noise.rate_z * step)
        depolarising = (1 - share) * lost
        # 1 - depolarising, by whichever sum does not cancel.
        kept = 1 - depolarising if depolarising < 0.5 else exp(-noise.rate_z * step) + share * lost
        if kept == 0:
            return cls(depolarising=1.0)
        # ln(1 - 2 dephasing), from coherence = (1 - depolarising) sqrt(1 - damping) (1 - 2 dephasing).
        phase = (noise.rate_z / 2 - noise.rate_x) * step - log(kept) / 2
        if noise.rate_x != noise.rate_y or phase > _ROUNDING * max(1.0, noise.rate_x * step):
            raise ParameterError(
                "only damping, dephasing and depolarising have a place in a step, not a memory whose Bloch"
                f" components shrink at rates {noise.rate_x:g}, {noise.rate_y:g}, {noise.rate_z:g} per second"
            )
        return cls(share * lost / kept, -expm1(min(phase, 0.0)) / 2, depolarising)

    @property
    def decay(self) -> Decay:
        """The three channels, one after another, as one."""
        kept, left = 1 - self.depolarising, 1 - self.amplitude_damping
        return Decay(
            coherence=kept * sqrt(left) * (1 - 2 * self.dephasing),
            keep=kept * left,
            shift=kept * self.amplitude_damping,
        )
