"""Light through air or empty space instead of fibre: between roofs, or from a satellite to the ground."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Annotated

from qsim.analytic import free_space
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import SPEED_OF_LIGHT, to_ps


@register("fibre", "free-space")
@dataclass(frozen=True)
class FreeSpacePath(Declared):
    """A Gaussian beam that widens, wanders in turbulence and trembles, and an aperture that catches it.

    Transmission is the mean over where the beam wanders to; how it fades in time is left out. The length of a
    link is that of the path: for a satellite its slant range, `qsim.analytic.free_space.slant_range`, with
    turbulence near the ground alone, whose Cn² is best left at 0.

    References:
        Vasylyev, Semenov, Vogel, Phys. Rev. Lett. 108, 220501 (2012).
    """

    waist: Annotated[
        float, Param("radius of the beam at the sender, at 1/e² of the intensity", unit="m", gt=0)
    ] = 0.1
    aperture: Annotated[float, Param("radius of the receiver's aperture", unit="m", gt=0)] = 0.2
    turbulence: Annotated[
        float, Param("Cn² of the index of refraction along the path, in m^(-2/3)", ge=0, le=1e-9)
    ] = 0.0
    pointing: Annotated[
        float, Param("standard deviation of the beam's direction in either axis", unit="rad", ge=0, le=1)
    ] = 0.0
    attenuation: Annotated[float, Param("loss of the air per length", unit="dB/m", ge=0)] = 0.0
    loss: Annotated[
        float, Param("loss whatever the length: optics, the air above a telescope", unit="dB", ge=0)
    ] = 0.0

    def transmission(self, length: float, wavelength: float) -> float:
        """Mean share of the light of a wavelength in metres that is caught after a length in metres."""
        width = free_space.spot(self.waist, length, wavelength)
        turbulent = free_space.turbulent_variance(self.waist, length, self.turbulence)
        away = sqrt(turbulent + (self.pointing * length) ** 2)
        caught = free_space.wander(self.aperture, width, away).mean()
        return float(10 ** (-(self.attenuation * length + self.loss) / 10) * caught)

    def delay_ps(self, length: float) -> int:
        """Time of flight over a length in metres, picoseconds."""
        return to_ps(length / SPEED_OF_LIGHT)

    def slot_ps(self) -> int:
        """Length of one time slot, ps: there are none."""
        return 0
