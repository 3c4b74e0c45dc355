"""Writes a qubit into two time bins of a pulse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Annotated

import numpy as np

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps


@register("optic", "time-bin-encoder")
@dataclass(frozen=True)
class TimeBinEncoder(OpticalPart):
    """Makes ``cos(θ/2) |early> + e^(iφ) sin(θ/2) |late>`` of a pulse.

    Interferometer and modulators in one, without their loss: intensities are stated behind the transmitter.
    """

    theta: Annotated[float, Param("θ: 0 for early, π for late, π/2 for both alike", unit="rad")] = pi / 2
    phase: Annotated[float, Param("φ of the late bin", unit="rad")] = 0.0
    delay: Annotated[float, Param("time from early to late", unit="s", gt=0, le=3600)] = 1e-9

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", cos(self.theta / 2) * UNPOLARISED)
        late = sin(self.theta / 2) * np.exp(1j * self.phase) * UNPOLARISED
        yield Route("in", "out", late, to_ps(self.delay))
