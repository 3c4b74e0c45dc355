"""A delay line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps


@register("optic", "delay-line")
@dataclass(frozen=True)
class DelayLine(OpticalPart):
    """Holds light up for whole picoseconds.

    Light that has been held up does not interfere with light that has not, except that of another slot or
    time bin that comes at the same instant; a shift within a wave packet is the `offset` of a source.
    """

    delay: Annotated[float, Param("by which light is held up", unit="s", ge=0, le=3600)] = 1e-9
    loss: Annotated[float, Param("insertion loss", unit="dB", ge=0)] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", 10 ** (-self.loss / 20) * UNPOLARISED, to_ps(self.delay))
