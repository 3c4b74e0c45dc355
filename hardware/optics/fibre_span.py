"""A length of fibre in an optical circuit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, Any

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import OfKind, Param
from qsim.registry import register


@register("optic", "fibre")
@dataclass(frozen=True)
class FibreSpan(OpticalPart):
    """Fibre that keeps polarisation; a wave plate or a drift behind it says what it does to that."""

    length: Annotated[float, Param("length", unit="m", ge=0)] = 0.0
    fibre: Annotated[Any, OfKind("fibre", "the fibre", default="single-mode")] = None

    def routes(self, wavelength: float) -> Iterable[Route]:
        kept = sqrt(self.fibre.transmission(self.length, wavelength))
        yield Route("in", "out", kept * UNPOLARISED, self.fibre.delay_ps(self.length))
