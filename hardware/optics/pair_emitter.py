"""A source of exactly one entangled pair at a time, such as the cascade of a quantum dot."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Annotated, ClassVar

from hardware.optics.optical_part import Emission, OpticalSource, Packet, SourceMode
from hardware.optics.weak_laser import ENCODINGS
from qsim.parameters import Param
from qsim.quantum.light import FockLight
from qsim.registry import register

#: Numbers of photons in (first H, first V, second H, second V) of the two parts of each state, and the sign.
_BELL = {
    "phi+": ((1, 0, 1, 0), (0, 1, 0, 1), 1),
    "phi-": ((1, 0, 1, 0), (0, 1, 0, 1), -1),
    "psi+": ((1, 0, 0, 1), (0, 1, 1, 0), 1),
    "psi-": ((1, 0, 0, 1), (0, 1, 1, 0), -1),
}


@register("optic", "pair-emitter")
@dataclass(frozen=True)
class PairEmitter(OpticalSource):
    """A Bell state of two photons in polarisation, or nothing.

    References:
        Benson et al., Phys. Rev. Lett. 84, 2513 (2000).
    """

    outputs: ClassVar[tuple[str, ...]] = ("first", "second")

    brightness: Annotated[float, Param("probability that a slot has a pair", ge=0, le=1)] = 1.0
    state: Annotated[str, Param("the Bell state", choices=tuple(_BELL))] = "phi+"
    wavelength: Annotated[float, Param("of either photon in vacuum", unit="m", gt=0)] = 1550e-9
    encoding: Annotated[
        str, Param("how a qubit is written into it, for detectors that say what they read", choices=ENCODINGS)
    ] = "polarisation"

    def emission(self) -> Emission:
        one, other, sign = _BELL[self.state]
        pair = FockLight.ket(4, {one: sqrt(0.5), other: sign * sqrt(0.5)}).sectors[2, 2]
        nothing = FockLight.ket(4, {(0, 0, 0, 0): 1}).sectors[0, 0]
        light = FockLight(4, {(0, 0): (1 - self.brightness) * nothing, (2, 2): self.brightness * pair})
        modes = tuple(SourceMode(port, polarisation) for port in self.outputs for polarisation in (0, 1))
        return Emission(modes, light)

    def packet(self) -> Packet:
        return Packet(self.wavelength)
