"""Quantum frequency converters: light of a memory becomes light that fibre carries further, or back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register


class ConverterModel(Protocol):
    """What a link asks of a converter between a memory and the fibre; registered under the kind "converter".

    Attributes:
        to: wavelength of the light in the fibre, m.
        efficiency: probability that a photon is converted and leaves the device.
        noise: rate of noise photons in its output, Hz.
    """

    @property
    def to(self) -> float: ...

    @property
    def efficiency(self) -> float: ...

    @property
    def noise(self) -> float: ...


define_kind("converter", ConverterModel, "how-to/device.md")


@register("converter", "frequency-converter")
@dataclass(frozen=True)
class FrequencyConverter(Declared):
    """Difference-frequency conversion of single photons, with its filters.

    References:
        Kumar, Opt. Lett. 15, 1476 (1990); with an emitter: Dréau et al., Phys. Rev. Applied 9, 064031 (2018).
    """

    to: Annotated[float, Param("wavelength of the light in the fibre", unit="m", gt=0)] = 1550e-9
    efficiency: Annotated[
        float,
        Param("probability that a photon is converted and leaves the device, filters included", ge=0, le=1),
    ] = 1.0
    noise: Annotated[
        float,
        Param(
            "rate of noise photons of the pump in the output, behind the filters", unit="Hz", ge=0, le=1e12
        ),
    ] = 0.0
