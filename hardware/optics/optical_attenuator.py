"""An attenuator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "attenuator")
@dataclass(frozen=True)
class Attenuator(OpticalPart):
    """Takes a part of the light away, of any state alike: the amplitude falls by 10^(-loss/20)."""

    loss: Annotated[float, Param("loss", unit="dB", ge=0)] = 3.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", 10 ** (-self.loss / 20) * UNPOLARISED)
