"""A source of photon pairs at the midpoint: each end absorbs one photon into a memory and says so.

The source is clocked. An attempt succeeds when the source emits a pair and both photons survive their arms
and are absorbed; each end knows once its own photon is in and the other end's message has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hardware.light import Detection, SourceLight
from hardware.link_models.base import AttemptProfile, LinkHardware, LinkModel
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.light import Attempt, Light, LightPath


@register("link-model", "midpoint-source")
@dataclass(frozen=True)
class MidpointSource(LinkModel):
    """Photon pairs from the middle of the link."""

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

    @property
    def outward(self) -> bool:
        return True

    def clock_ps(self) -> int:
        """Time between two ticks of the source, picoseconds."""
        return max(1, to_ps(1 / self.rate))

    def flights(self, path: LightPath) -> tuple[int, int]:
        """None: light begins in the middle."""
        return 0, 0

    def detections(self, path: LightPath) -> tuple[Detection, ...]:
        """Each end sees whether its own photon is absorbed."""
        return tuple(Detection(port.node, port.flight) for port in path.ports)

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """The source emits; both ends absorb."""
        return SourceLight(path, attempt, self.pair_probability)

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        success = self.pair_probability * hardware.eta_first * hardware.eta_second
        phi_plus = np.zeros((4, 4), dtype=np.complex128)
        phi_plus[np.ix_((0, 3), (0, 3))] = 0.5
        weight = (4 * self.pair_fidelity - 1) / 3
        rho = weight * phi_plus + (1 - weight) * np.eye(4) / 4
        return AttemptProfile(success, 1.0, hardware.with_white_noise(rho))
