"""One click at the midpoint: rate linear in the transmission, fidelity limited by the bright state.

References:
    Cabrillo, Cirac, García-Fernández, Zoller, Phys. Rev. A 59, 1025 (1999). With efficiency η on both sides,
    bright population α and no dark counts: success 2αη - α²η², fidelity (1-α)/(1 - αη/2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Annotated

from hardware.clicks import NOTHING, Emitters
from hardware.link_models.base import AttemptProfile, LinkHardware
from hardware.link_models.clicking import Clicking
from qsim.errors import ParameterError
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
    balanced: Annotated[
        bool,
        Param(
            "the ends share the bright population, whose mean stays, so that both arms send as much light; "
            "where unequal arms lose light, that leaves the greatest fidelity",
            source="Humphreys et al., Nature 558, 268 (2018)",
        ),
    ] = False
    phase_deviation: Annotated[
        float,
        Param(
            "standard deviation σ of the optical phase between the arms, rad; coherence falls by e^(-σ²/2)",
            ge=0,
            source="Humphreys et al., Nature 558, 268 (2018), 15 degrees",
        ),
    ] = 0.0

    @property
    def contrast(self) -> float:
        # A product overflows to infinity, where a power would raise.
        return exp(-self.phase_deviation * self.phase_deviation / 2)

    def bright_populations(self, hardware: LinkHardware) -> tuple[float, float]:
        """Bright populations of the two ends.

        Raises:
            ParameterError: an arm is so much worse than the other that a balanced population reaches 1.
        """
        first, second = (
            self.bright_population if emission.bright is None else emission.bright
            for emission in hardware.emissions
        )
        total = hardware.eta_first + hardware.eta_second
        if not self.balanced or total == 0:
            return first, second
        first, second = ((first + second) * eta / total for eta in (hardware.eta_second, hardware.eta_first))
        if max(first, second) >= 1:
            raise ParameterError(
                f"`SingleClick.balanced` would give one end a bright population of {max(first, second):.3g}: "
                f"the arms send {hardware.eta_first:.3g} and {hardware.eta_second:.3g}; take a smaller "
                "`bright_population`, or state one for each memory"
            )
        return first, second

    def faults_on(self, hardware: LinkHardware) -> Iterable[tuple[str, str]]:
        try:
            self.bright_populations(hardware)
        except ParameterError as error:
            yield "balanced", str(error).removeprefix("`SingleClick.balanced` ")

    def prepared(self, hardware: LinkHardware) -> Emitters:
        return Emitters.prepared(*self.bright_populations(hardware))

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        left, right = self.optics(hardware).one_click(self.prepared(hardware))
        heralded = left.plus(right, -1)
        return AttemptProfile(heralded.trace, 1.0, hardware.with_white_noise(heralded.density_matrix()))

    def given(self, hardware: LinkHardware, seen: tuple[Sight, ...]) -> NDArray[np.complex128]:
        (window,) = seen
        light = self.optics(hardware)
        branch = light.one_click(self.prepared(hardware), light.heads.given(window.ages))[window.output]
        heralded = NOTHING.plus(branch, -1 if window.output else 1)
        return hardware.with_white_noise(heralded.density_matrix())
