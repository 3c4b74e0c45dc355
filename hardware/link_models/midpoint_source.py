"""A source of photon pairs at the midpoint: each end absorbs one photon into a memory and says so.

The source is clocked. An attempt succeeds when the source emits a pair and both photons survive their arms
and are absorbed; each end knows once its own photon is in and the other end's message has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np

from hardware.link_models.base import AttemptProfile, LinkHardware
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from qsim.model.check_context import CheckContext


@register("link-model", "midpoint-source")
@dataclass(frozen=True)
class MidpointSource(Declared):
    """Photon pairs from the middle of the link."""

    handshake: Annotated[
        Any, OfKind("handshake", "how the two ends agree on attempts", default="continuous")
    ] = None
    rate: Annotated[
        float,
        Param(
            "clock rate of the source", unit="Hz", gt=0, source="Coopmans et al., arXiv 2010.12535, 100 kHz"
        ),
    ] = 100e3
    pair_probability: Annotated[float, Param("probability that a clock tick emits a pair", gt=0, le=1)] = 1.0
    pair_fidelity: Annotated[
        float, Param("fidelity of an absorbed pair, memories apart; the rest is white noise", ge=0.25, le=1)
    ] = 1.0

    rounds: ClassVar[int] = 1
    bins: ClassVar[int] = 1
    bin_separation: ClassVar[float] = 0.0
    from_midpoint: ClassVar[bool] = True

    def clock_ps(self) -> int:
        """Time between two ticks of the source, picoseconds."""
        return max(1, to_ps(1 / self.rate))

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        success = self.pair_probability * hardware.eta_first * hardware.eta_second
        phi_plus = np.zeros((4, 4), dtype=np.complex128)
        phi_plus[np.ix_((0, 3), (0, 3))] = 0.5
        weight = (4 * self.pair_fidelity - 1) / 3
        rho = weight * phi_plus + (1 - weight) * np.eye(4) / 4
        return AttemptProfile(success, 1.0, hardware.with_white_noise(rho))

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        del context
        if not hasattr(self.handshake, "clocked"):
            yield "handshake", "a midpoint source is clocked and cannot be negotiated; use 'continuous'"
