"""A polarising beam splitter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Annotated, ClassVar

import numpy as np

from hardware.optics.optical_part import OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register


@register("optic", "polarising-splitter")
@dataclass(frozen=True)
class PolarisingSplitter(OpticalPart):
    """H goes straight (a to c, b to d), V is reflected (a to d, b to c)."""

    inputs: ClassVar[tuple[str, ...]] = ("a", "b")
    outputs: ClassVar[tuple[str, ...]] = ("c", "d")

    extinction: Annotated[
        float, Param("share of either polarisation that takes the way of the other", ge=0, le=1)
    ] = 0.0

    def routes(self, wavelength: float) -> Iterable[Route]:
        right, wrong = sqrt(1 - self.extinction), sqrt(self.extinction)
        straight = np.diag([right, wrong]).astype(np.complex128)
        across = 1j * np.diag([wrong, right])
        yield Route("a", "c", straight)
        yield Route("a", "d", across)
        yield Route("b", "c", across)
        yield Route("b", "d", straight)
