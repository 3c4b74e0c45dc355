"""One click at the midpoint: rate linear in the transmission, fidelity limited by the bright state.

References:
    Cabrillo, Cirac, García-Fernández, Zoller, Phys. Rev. A 59, 1025 (1999). With efficiency η on both sides,
    bright population α and no dark counts: success 2αη - α²η², fidelity (1-α)/(1 - αη/2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from hardware.clicks import Emitters
from hardware.links.base import AttemptProfile, Bench, optics
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register


@register("generation", "single-click")
@dataclass(frozen=True)
class SingleClick(Declared):
    """Heralding on exactly one click of one round."""

    handshake: Annotated[
        Any, OfKind("handshake", "how the two ends agree on attempts", default="continuous")
    ] = None
    bright_population: Annotated[
        float,
        Param("population α of the state that emits", gt=0, lt=1, source="Coopmans et al., arXiv 2010.12535"),
    ] = 0.1
    visibility: Annotated[
        float,
        Param("interference visibility of the two photons, their squared wave-packet overlap", ge=0, le=1),
    ] = 1.0
    bunching: Annotated[
        bool,
        Param(
            "two photons that meet at the beam splitter leave together; false lets them part, as in SeQUeNCe",
            source="Hong, Ou, Mandel, Phys. Rev. Lett. 59, 2044 (1987)",
        ),
    ] = True

    from_midpoint: ClassVar[bool] = False
    rounds: ClassVar[int] = 1
    bins: ClassVar[int] = 1
    bin_separation: ClassVar[float] = 0.0

    def clock_ps(self) -> int:
        return 0

    def prepared(self) -> Emitters:
        return Emitters.prepared(self.bright_population)

    def profile(self, bench: Bench) -> AttemptProfile:
        left, right = optics(bench, self.visibility, self.bunching).one_click(self.prepared())
        heralded = left.plus(right, -1)
        return AttemptProfile(heralded.trace, 1.0, bench.with_white_noise(heralded.density_matrix()))
