"""One click at the midpoint: rate linear in the transmission, fidelity limited by the bright state.

References:
    Cabrillo, Cirac, García-Fernández, Zoller, Phys. Rev. A 59, 1025 (1999). With efficiency η on both sides,
    bright population α and no dark counts: success 2αη - α²η², fidelity (1-α)/(1 - αη/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hardware.clicks import NOTHING, Emitters
from hardware.link_models.base import AttemptProfile, LinkHardware
from hardware.link_models.clicking import Clicking
from qsim.parameters import Param
from qsim.registry import register

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hardware.heads import Sight


@register("link-model", "single-click")
@dataclass(frozen=True)
class SingleClick(Clicking):
    """Heralding on exactly one click of one round."""

    bright_population: Annotated[
        float,
        Param("population α of the state that emits", gt=0, lt=1, source="Coopmans et al., arXiv 2010.12535"),
    ] = 0.1

    def prepared(self) -> Emitters:
        return Emitters.prepared(self.bright_population)

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        left, right = self.optics(hardware).one_click(self.prepared())
        heralded = left.plus(right, -1)
        return AttemptProfile(heralded.trace, 1.0, hardware.with_white_noise(heralded.density_matrix()))

    def given(self, hardware: LinkHardware, seen: tuple[Sight, ...]) -> NDArray[np.complex128]:
        (window,) = seen
        light = self.optics(hardware)
        branch = light.one_click(self.prepared(), light.heads.given(window.ages))[window.output]
        heralded = NOTHING.plus(branch, -1 if window.output else 1)
        return hardware.with_white_noise(heralded.density_matrix())
