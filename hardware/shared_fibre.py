"""Fibre that carries classical light beside the photons, and the noise which that adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from hardware.attenuation import usual_attenuation
from hardware.fibre import SingleModeFibre
from qsim.analytic import raman
from qsim.parameters import Param
from qsim.registry import register


class NoisyFibre(Protocol):
    """A fibre that adds photons of its own."""

    def noise_rate(self, length: float, wavelength: float) -> float:
        """Rate of noise photons where the quantum light leaves a length in metres, Hz."""
        ...


@register("fibre", "shared")
@dataclass(frozen=True)
class SharedFibre(SingleModeFibre):
    """Single-mode fibre with classical channels, whose Raman scattering falls into the quantum channel.

    The detection filter's width and the coefficient are those at the wavelength of the quantum light.

    References:
        Eraerds, Walenta, Legré, Gisin, Zbinden, New J. Phys. 12, 063027 (2010).
    """

    co_power: Annotated[
        float, Param("launch power of the channels that run along with the photons", unit="W", ge=0)
    ] = 0.0
    counter_power: Annotated[
        float, Param("launch power of the channels that run against the photons", unit="W", ge=0)
    ] = 0.0
    classical_wavelength: Annotated[float, Param("wavelength of the classical channels", unit="m", gt=0)] = (
        1310e-9
    )
    raman_coefficient: Annotated[
        float,
        Param(
            "share of the power that is scattered per length of fibre and bandwidth",
            unit="1/m2",
            ge=0,
            source="2e-9 /(km nm), the order of Eraerds et al. (2010) within the C band",
        ),
    ] = 2e-3
    filter_width: Annotated[
        float, Param("bandwidth of the filter before the detectors", unit="m", ge=0, source="100 GHz grid")
    ] = 0.8e-9

    def noise_rate(self, length: float, wavelength: float) -> float:
        """Rate of Raman photons where the quantum light leaves a length in metres, Hz."""
        quantum = self.attenuation_at(wavelength)
        classical = usual_attenuation(self.classical_wavelength)
        laws = length, classical, quantum, self.raman_coefficient * self.filter_width
        power = raman.forward_power(self.co_power, *laws) + raman.backward_power(self.counter_power, *laws)
        return raman.photon_rate(power, wavelength)
