"""What the emitter of a memory sends to a heralding station.

References:
    Humphreys et al., Nature 558, 268 (2018), supplement: double excitation, initialisation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Emission:
    """What the emitter of a memory sends when its spin is bright, and in what state it leaves the spin.

    Attributes:
        lifetime: mean time from the excitation to the photon, s; None for a photon without a shape.
        coherence_time: of the optical transition, s; None for the longest possible, twice the lifetime.
        double: probability that an excitation emits two photons.
        second_collected: probability that the second photon of two is collected, over that of the first.
        bright: population of the bright state before the excitation; None for the link model's.
        depolarised: probability that a herald leaves this half of the pair completely depolarised.
    """

    lifetime: float | None = None
    coherence_time: float | None = None
    double: float = 0.0
    second_collected: float = 0.0
    bright: float | None = None
    depolarised: float = 0.0

    @property
    def dephasing(self) -> float:
        """Rate of pure dephasing of the optical transition, 1/s: 1/T2 - 1/(2 lifetime)."""
        if self.lifetime is None or self.coherence_time is None:
            return 0.0
        return max(1 / self.coherence_time - 1 / (2 * self.lifetime), 0.0)


#: Single photons without a shape, from spins that are perfectly prepared.
PLAIN = Emission()
