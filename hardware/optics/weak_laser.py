"""A laser attenuated to few photons a pulse, as in key distribution with decoy states."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Annotated

import numpy as np

from hardware.optics.optical_part import Emission, OpticalSource, Packet, SourceMode
from qsim.parameters import Param
from qsim.quantum.light import CoherentLight
from qsim.registry import register

#: Accepted descriptions of how a qubit is written into light.
ENCODINGS = ("polarisation", "time-bin", "single-rail", "dual-rail")


@register("optic", "weak-laser")
@dataclass(frozen=True)
class WeakLaser(OpticalSource):
    """Coherent pulses of horizontal polarisation, one in each slot.

    References:
        Decoy intensities: Lo, Ma, Chen, Phys. Rev. Lett. 94, 230504 (2005). Why phases must be random: Lo and
        Preskill, Quantum Inf. Comput. 7, 431 (2007).
    """

    mean_photons: Annotated[float, Param("mean number of photons of a pulse", ge=0, le=1e6)] = 0.1
    phase: Annotated[float, Param("phase of the pulse, where it is not random", unit="rad")] = 0.0
    random_phase: Annotated[bool, Param("the phase of each pulse is drawn anew")] = True
    wavelength: Annotated[float, Param("of the light in vacuum", unit="m", gt=0)] = 1550e-9
    bandwidth: Annotated[
        float,
        Param("standard deviation of the spectrum; 0 where nothing is said of it", unit="Hz", ge=0, le=1e15),
    ] = 0.0
    detuning: Annotated[float, Param("of the spectrum from the wavelength", unit="Hz", ge=-1e15, le=1e15)] = (
        0.0
    )
    offset: Annotated[float, Param("by which pulses leave late", unit="s", ge=-1, le=1)] = 0.0
    encoding: Annotated[
        str,
        Param(
            "how a qubit is written into its light, for detectors that say what they read", choices=ENCODINGS
        ),
    ] = "polarisation"

    def emission(self) -> Emission:
        amplitude = sqrt(self.mean_photons) * np.exp(1j * self.phase)
        return Emission((SourceMode("out"),), CoherentLight(np.array([amplitude])), self.random_phase)

    def packet(self) -> Packet:
        return Packet(self.wavelength, self.bandwidth, self.detuning, self.offset)
