"""What fibre or optics that are not aligned do to polarisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import OpticalPart, Route
from hardware.optics.wave_plate import rotation
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "polarisation-drift")
@dataclass(frozen=True)
class PolarisationDrift(OpticalPart):
    """Turns polarisation by an angle; light of one polarisation leaks into the other by the sine squared."""

    angle: Annotated[float, Param("by which linear polarisation is turned", unit="rad")] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", rotation(self.angle))
