"""Transducers between microwave and optical photons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from qsim.parameters import Declared, Param
from qsim.registry import register


@register("converter", "microwave-transducer")
@dataclass(frozen=True)
class MicrowaveTransducer(Declared):
    """Turns the microwave photon of a superconducting qubit into light for the fibre, and adds noise.

    A link with one at either end and a link model of one or two clicks is a transducer link.

    References:
        Lauk et al., Quantum Sci. Technol. 5, 020501 (2020): efficiency and added noise.
    """

    to: Annotated[float, Param("wavelength of the light in the fibre", unit="m", gt=0)] = 1550e-9
    efficiency: Annotated[
        float, Param("probability that a microwave photon becomes one of light", ge=0, le=1)
    ] = 0.1
    added_noise: Annotated[
        float, Param("mean number of noise photons added, referred to the input", ge=0, le=1e6)
    ] = 0.0
    bandwidth: Annotated[float, Param("of the conversion, which noise fills", unit="Hz", gt=0, le=1e12)] = 1e6

    @property
    def noise(self) -> float:
        """Rate of noise photons in the output, Hz: one mode a second for each Hz."""
        return self.efficiency * self.added_noise * self.bandwidth
