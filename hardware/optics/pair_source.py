"""Spontaneous parametric down-conversion: pairs of photons, sometimes several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from hardware.optics.optical_part import Emission, OpticalSource, Packet, SourceMode
from hardware.optics.weak_laser import ENCODINGS
from qsim.parameters import Param
from qsim.quantum.light import GaussianLight
from qsim.registry import register
from qsim.units import to_ps


@register("optic", "pair-source")
@dataclass(frozen=True)
class PairSource(OpticalSource):
    """Squeezed light in pairs of modes, signal and idler.

    Not entangled, both photons are horizontal. Entangled in polarisation, pairs of either polarisation are
    equally likely and coherent, ``(|HH> + e^(iφ)|VV>)/√2`` to first order; in time bins likewise, with early
    and late in place of H and V.

    References:
        Photon statistics: Mandel and Wolf, Optical Coherence and Quantum Optics, Cambridge (1995), ch. 22.
        Entangled pairs: Kwiat et al., Phys. Rev. Lett. 75, 4337 (1995); Brendel et al., Phys. Rev. Lett. 82,
        2594 (1999).
    """

    outputs: ClassVar[tuple[str, ...]] = ("signal", "idler")

    mean_pairs: Annotated[float, Param("mean number of pairs of a slot", ge=0, le=100)] = 0.05
    entangled: Annotated[
        str, Param("in what the two photons are entangled", choices=("none", "polarisation", "time-bin"))
    ] = "none"
    phase: Annotated[float, Param("φ between the two parts of an entangled pair", unit="rad")] = 0.0
    bin_separation: Annotated[float, Param("time from the early to the late bin", unit="s", gt=0)] = 1e-9
    schmidt_modes: Annotated[
        int,
        Param(
            "spectral modes that share the pairs; 1 for thermal numbers, many for Poissonian ones",
            ge=1,
            le=40,
        ),
    ] = 1
    wavelength: Annotated[float, Param("of either photon in vacuum", unit="m", gt=0)] = 1550e-9
    bandwidth: Annotated[
        float, Param("standard deviation of the spectrum; 0 where nothing is said of it", unit="Hz", ge=0)
    ] = 0.0
    encoding: Annotated[
        str, Param("how a qubit is written into it, for detectors that say what they read", choices=ENCODINGS)
    ] = "polarisation"

    def emission(self) -> Emission:
        kinds = [(0, 0)]
        if self.entangled == "polarisation":
            kinds.append((1, 0))
        elif self.entangled == "time-bin":
            kinds.append((0, to_ps(self.bin_separation)))
        modes: list[SourceMode] = []
        for family in range(self.schmidt_modes):
            for polarisation, time in kinds:
                modes += [SourceMode(port, polarisation, time, family) for port in self.outputs]
        pairs = len(modes) // 2
        phases = [self.phase * (place % len(kinds)) for place in range(pairs)]
        light = GaussianLight.squeezed_pairs([self.mean_pairs / pairs] * pairs, phases)
        return Emission(tuple(modes), light)

    def packet(self) -> Packet:
        return Packet(self.wavelength, self.bandwidth)
