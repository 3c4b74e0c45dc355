"""Laws of dephasing that are not exponential; registered under the kind "decay".

A bath that changes slowly against the storage time, such as the nuclear spins around a colour centre, makes
the coherence of a stored qubit fall as a Gaussian; spectral diffusion and echo sequences give stretched
exponentials. The factor depends on how long the qubit has been stored, not only on how much longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.parameters import Declared, Param
from qsim.quantum.noise import DecayLaw
from qsim.registry import define_kind, register
from qsim.units import PS_PER_S

#: The kernel's clock tick, s.
_TICK = 1 / PS_PER_S


@register("decay", "gaussian")
@dataclass(frozen=True)
class GaussianDecay(Declared):
    """The coherence falls as e^(-(t/T2*)^2): a field that stays as it is while one qubit is stored.

    References:
        Hanson et al., Rev. Mod. Phys. 79, 1217 (2007), section V: T2* of a Gaussian distribution of fields of
        standard deviation s (rad/s) is sqrt(2)/s.
    """

    t2_star: Annotated[float, Param("time at which the coherence has fallen to 1/e", unit="s", ge=_TICK)]

    def damping(self, age: float) -> float:
        """(age/T2*)^2."""
        scaled = age / self.t2_star
        return scaled * scaled


@register("decay", "stretched")
@dataclass(frozen=True)
class StretchedDecay(Declared):
    """The coherence falls as e^(-(t/T)^n).

    References:
        de Lange et al., Science 330, 60 (2010): n near 3 for a spin echo in a slow bath; n = 1 is exponential
        and n = 2 Gaussian.
    """

    time: Annotated[float, Param("time at which the coherence has fallen to 1/e", unit="s", ge=_TICK)]
    exponent: Annotated[float, Param("the exponent n", gt=0, le=4)]

    def damping(self, age: float) -> float:
        """(age/T)^n."""
        scaled: float = (age / self.time) ** self.exponent
        return scaled


define_kind("decay", DecayLaw, "how-to/device.md")
