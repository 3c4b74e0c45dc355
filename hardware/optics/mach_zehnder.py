"""An unbalanced Mach-Zehnder interferometer, which lets light of one time bin meet that of the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, ClassVar

import numpy as np

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps


@register("optic", "mach-zehnder")
@dataclass(frozen=True)
class MachZehnder(OpticalPart):
    """One input, a short and a long arm, and two outputs at which the arms add up or cancel.

    Of one photon in a pulse a quarter comes out of each arm at each output; nothing is lost. A visibility
    below 1 means that a part of the light of the long arm does not interfere.

    References:
        Franson, Phys. Rev. Lett. 62, 2205 (1989); Brendel et al., Phys. Rev. Lett. 82, 2594 (1999).
    """

    outputs: ClassVar[tuple[str, ...]] = ("plus", "minus")

    delay: Annotated[float, Param("by which the long arm is longer", unit="s", ge=0, le=3600)] = 1e-9
    phase: Annotated[float, Param("of the long arm", unit="rad")] = 0.0
    visibility: Annotated[float, Param("of the interference of the two arms", ge=0, le=1)] = 1.0
    first_splitter: Annotated[
        float, Param("share of the light that the first splitter sends into the short arm", ge=0, le=1)
    ] = 0.5
    second_splitter: Annotated[
        float, Param("share of the short arm's light that goes to the output `plus`", ge=0, le=1)
    ] = 0.5
    loss: Annotated[float, Param("insertion loss", unit="dB", ge=0)] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        kept = 10 ** (-self.loss / 20)
        short, long = kept * sqrt(self.first_splitter), kept * sqrt(1 - self.first_splitter)
        through, across = sqrt(self.second_splitter), sqrt(1 - self.second_splitter)
        late, apart = to_ps(self.delay), sqrt(1 - self.visibility**2)
        for out, near, far in (("plus", through, across), ("minus", across, -through)):
            yield Route("in", out, short * near * UNPOLARISED)
            delayed = long * far * np.exp(1j * self.phase) * UNPOLARISED
            yield Route("in", out, self.visibility * delayed, late)
            if apart:
                yield Route("in", out, apart * delayed, late, "apart")
