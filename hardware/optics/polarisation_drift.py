"""What fibre or optics that are not aligned do to polarisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import OpticalPart, Route
from hardware.optics.wave_plate import rotation
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "polarisation-drift")
@dataclass(frozen=True)
class PolarisationDrift(OpticalPart):
    """Turns polarisation by an angle; light of one polarisation leaks into the other by the sine squared.

    With a `wander` w the angle walks at random from there: after a time t it has the variance w² t, and the
    mean leak of a line that was straight is ``(1 - e^(-2 w² t))/2``.
    """

    angle: Annotated[float, Param("by which linear polarisation is turned, at the beginning", unit="rad")] = (
        0.0
    )
    wander: Annotated[
        float,
        Param(
            "standard deviation of the angle after 1 s; grows as the root of time", unit="rad", ge=0, le=100
        ),
    ] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", rotation(self.angle))

    def wandering(self) -> Mapping[str, float]:
        return {"angle": self.wander}
