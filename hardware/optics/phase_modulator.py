"""A phase modulator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "phase-modulator")
@dataclass(frozen=True)
class PhaseModulator(OpticalPart):
    """Shifts the phase of light; where it differs from slot to slot, a bench's choices say how."""

    phase: Annotated[float, Param("shift", unit="rad")] = 0.0
    loss: Annotated[float, Param("insertion loss", unit="dB", ge=0)] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        yield Route("in", "out", 10 ** (-self.loss / 20) * np.exp(1j * self.phase) * UNPOLARISED)
