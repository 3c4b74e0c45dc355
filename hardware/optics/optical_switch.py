"""An optical switch of two inputs and two outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, ClassVar

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "optical-switch")
@dataclass(frozen=True)
class OpticalSwitch(OpticalPart):
    """Leads a to c and b to d, or, crossed, a to d and b to c."""

    inputs: ClassVar[tuple[str, ...]] = ("a", "b")
    outputs: ClassVar[tuple[str, ...]] = ("c", "d")

    crossed: Annotated[bool, Param("whether it leads a to d and b to c")] = False
    loss: Annotated[float, Param("insertion loss", unit="dB", ge=0)] = 0.0
    crosstalk: Annotated[float, Param("share of the light that takes the other way", ge=0, le=1)] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        kept = 10 ** (-self.loss / 20)
        right, wrong = kept * sqrt(1 - self.crosstalk), 1j * kept * sqrt(self.crosstalk)
        straight, across = (wrong, right) if self.crossed else (right, wrong)
        yield Route("a", "c", straight * UNPOLARISED)
        yield Route("a", "d", across * UNPOLARISED)
        yield Route("b", "c", across * UNPOLARISED)
        yield Route("b", "d", straight * UNPOLARISED)
