"""Link models that ask for one click in each of two detections, with a spin flip between.

Two rounds cancel what a single one cannot: the bright-bright part, and the phase of the two fibres.
Between the two emissions the spins decay as stored; they are flipped right before the second.
`BarrettKok` announces the first round before it tries the second; `TwoPhoton` sends both as the early and the
late bin of one photon qubit and announces once, as polarisation or time-bin midpoint links do.

References:
    Barrett and Kok, Phys. Rev. A 71, 060310(R) (2005). With indistinguishable photons, overall efficiency η
    on both sides and dark probability d per detector and window: g = η(1-d), b = 2(1-η)d(1-d),
    P2 = [1-(1-η)²](1-d) + (1-η)² 2d(1-d), success (g+b)²/2 + d(1-d) P2, which is η²/2 without dark counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hardware.clicks import NOTHING, Emitters
from hardware.link_models.base import AttemptProfile, LinkHardware
from hardware.link_models.clicking import Clicking
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_s

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hardware.clicks import Optics
    from hardware.heads import Heads, Sight
    from qsim.model.check_context import CheckContext


@dataclass(frozen=True)
class _DoubleClick(Clicking):
    def prepared(self, hardware: LinkHardware) -> Emitters:
        return Emitters.prepared(0.5)

    def _gap(self, hardware: LinkHardware) -> float:
        """Time between the two emissions, s."""
        return hardware.between_rounds if self.rounds > 1 else self.bin_separation

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        light, separation = self.optics(hardware), self.bins_ps()[-1]
        passed, heralded = 0.0, NOTHING
        for first in (0, 1):
            # Rounds with an announcement between them are far apart.
            ways = light.heads.followed(first, separation) if separation else [(light.heads, light.heads)]
            for heads, then in ways:
                branch = light.branch(self.prepared(hardware), heads, first)
                passed += branch.trace
                stored = branch.stored(hardware.laws, self._gap(hardware))
                heralded = self._second(light, heralded, stored, first, then)
        return AttemptProfile(
            success=heralded.trace,
            first_round_success=passed,
            rho=hardware.with_white_noise(heralded.density_matrix()),
        )

    def given(self, hardware: LinkHardware, seen: tuple[Sight, ...]) -> NDArray[np.complex128]:
        light, (one, two) = self.optics(hardware), seen
        heralded = NOTHING
        start = light.heads.given(one.ages)
        for heads, then in start.followed(one.output, two.separation, two.ages):
            branch = light.branch(self.prepared(hardware), heads, one.output)
            stored = branch.stored(hardware.laws, self._gap(hardware))
            heralded = self._second(light, heralded, stored, one.output, then, (two.output,))
        return hardware.with_white_noise(heralded.density_matrix())

    def _second(
        self,
        light: Optics,
        heralded: Emitters,
        passed: Emitters,
        first: int,
        heads: Heads,
        outputs: tuple[int, ...] = (0, 1),
    ) -> Emitters:
        """Add what a second detection leaves of a state that has passed the first, its phase corrected."""
        branches = light.one_click(passed.flipped(), heads)
        for second in outputs:
            # Equal detectors herald Ψ+, unequal ones Ψ-; the sign is the correction.
            heralded = heralded.plus(branches[second], 1 if first == second else -1)
        return heralded


@register("link-model", "barrett-kok")
@dataclass(frozen=True)
class BarrettKok(_DoubleClick):
    """Two rounds, the first announced before the second is tried."""

    @property
    def rounds(self) -> int:
        return 2


@register("link-model", "two-photon")
@dataclass(frozen=True)
class TwoPhoton(_DoubleClick):
    """A midpoint Bell measurement on two photons in one round (time bins or polarisation)."""

    bin_separation: Annotated[float, Param("time between the two bins", unit="s", gt=0, le=3600)] = 100e-9

    @property
    def bins(self) -> int:
        return 2

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        whole = _DoubleClick.profile(self, hardware)
        return AttemptProfile(success=whole.success, first_round_success=1.0, rho=whole.rho)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        yield from super().check(context)
        for link in context.links:
            opens = [detector.opens_ps() for detector in link.detectors]
            closes = [detector.opens_ps() + detector.window_ps() for detector in link.detectors]
            window = max(closes) - min(0, *opens)
            if link.link_model == self and self.bin_separation < to_s(window):
                yield (
                    "bin_separation",
                    f"must be at least the detection window, {to_s(window):g} s, got "
                    f"{self.bin_separation:g} s: a click would count in both bins",
                )
                return
