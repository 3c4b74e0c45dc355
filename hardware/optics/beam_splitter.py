"""A beam splitter that takes both polarisations alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, ClassVar

from hardware.optics.optical_part import UNPOLARISED, OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "beam-splitter")
@dataclass(frozen=True)
class BeamSplitter(OpticalPart):
    """Two inputs, two outputs: ``c = t a + i r b`` and ``d = i r a + t b`` with ``t² + r² = 1``.

    References:
        Zeilinger, Am. J. Phys. 49, 882 (1981): the symmetric splitter.
    """

    inputs: ClassVar[tuple[str, ...]] = ("a", "b")
    outputs: ClassVar[tuple[str, ...]] = ("c", "d")

    transmittance: Annotated[
        float, Param("share of the light that goes straight, from a to c and from b to d", ge=0, le=1)
    ] = 0.5
    excess_loss: Annotated[float, Param("loss of the device beside the splitting", unit="dB", ge=0)] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        kept = 10 ** (-self.excess_loss / 20)
        straight = kept * sqrt(self.transmittance) * UNPOLARISED
        across = 1j * kept * sqrt(1 - self.transmittance) * UNPOLARISED
        yield Route("a", "c", straight)
        yield Route("a", "d", across)
        yield Route("b", "c", across)
        yield Route("b", "d", straight)
