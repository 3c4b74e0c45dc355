"""A spectral filter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import SPEED_OF_LIGHT


@register("optic", "filter")
@dataclass(frozen=True)
class SpectralFilter(OpticalPart):
    """Lets a band round a wavelength pass and blocks what lies outside.

    Light is taken at the wavelength of its source; narrower filters than its spectrum would change its shape,
    which is left out.
    """

    wavelength: Annotated[float, Param("centre of the band, in vacuum", unit="m", gt=0)] = 1550e-9
    width: Annotated[float, Param("full width of the band", unit="Hz", gt=0)] = 100e9
    loss: Annotated[float, Param("in the band", unit="dB", ge=0)] = 0.0
    rejection: Annotated[float, Param("loss outside", unit="dB", ge=0)] = 60.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        away = abs(SPEED_OF_LIGHT / wavelength - SPEED_OF_LIGHT / self.wavelength)
        loss = self.loss if away <= self.width / 2 else self.loss + self.rejection
        yield Route("in", "out", 10 ** (-loss / 20) * UNPOLARISED)
