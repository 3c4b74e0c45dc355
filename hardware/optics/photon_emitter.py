"""A source of single photons: a quantum dot, an atom, a defect in a crystal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import Emission, OpticalSource, Packet, SourceMode
from hardware.optics.weak_laser import ENCODINGS
from qsim.analytic.sources import at_most_two
from qsim.parameters import Param
from qsim.quantum.light import FockLight
from qsim.registry import register


@register("optic", "photon-emitter")
@dataclass(frozen=True)
class PhotonEmitter(OpticalSource):
    """One photon in each slot, or none, or rarely two; horizontal.

    Raises:
        ParameterError: a g2 that no source of at most two photons has.
    """

    brightness: Annotated[float, Param("probability that a slot has any photon", ge=0, le=1)] = 1.0
    g2: Annotated[
        float, Param("autocorrelation at zero delay, 2 p₂/(p₁ + 2 p₂)² for p₂ of two photons", ge=0)
    ] = 0.0
    indistinguishability: Annotated[
        float,
        Param(
            "share of its light that is alike that of other emitters; the product of both is the visibility "
            "of their interference",
            ge=0,
            le=1,
        ),
    ] = 1.0
    wavelength: Annotated[float, Param("of the light in vacuum", unit="m", gt=0)] = 1550e-9
    bandwidth: Annotated[
        float, Param("standard deviation of the spectrum; 0 where nothing is said of it", unit="Hz", ge=0)
    ] = 0.0
    detuning: Annotated[float, Param("of the spectrum from the wavelength", unit="Hz", ge=-1e15, le=1e15)] = (
        0.0
    )
    offset: Annotated[float, Param("by which photons leave late", unit="s", ge=-1, le=1)] = 0.0
    encoding: Annotated[
        str, Param("how a qubit is written into it, for detectors that say what they read", choices=ENCODINGS)
    ] = "single-rail"

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.emission()

    def emission(self) -> Emission:
        shares = at_most_two(self.brightness, self.g2)
        return Emission((SourceMode("out"),), FockLight.of_numbers(shares if shares[2] else shares[:2]))

    def packet(self) -> Packet:
        own = 1 - self.indistinguishability
        return Packet(self.wavelength, self.bandwidth, self.detuning, self.offset, own)
