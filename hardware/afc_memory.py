"""Memories that absorb light in an atomic frequency comb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from hardware.multimode import MultimodeMemory
from qsim.analytic.frequency_combs import comb_efficiency
from qsim.parameters import Param
from qsim.registry import register


@register("memory", "afc")
@dataclass(frozen=True)
class AfcMemory(MultimodeMemory):
    """An ensemble with a comb of absorption lines, which gives light back as an echo.

    `efficiency` is the probability that a photon is absorbed, `retrieval_efficiency` what is lost beside the
    comb on the way out, and the comb's own efficiency follows from its depth and finesse. In time it takes
    `temporal_modes`, in frequency `spectral_modes`.

    References:
        Afzelius, Simon, de Riedmatten, Gisin, Phys. Rev. A 79, 052329 (2009).
    """

    optical_depth: Annotated[float, Param("of the lines of the comb", gt=0, le=1e4)] = 40.0
    finesse: Annotated[float, Param("distance of the lines over their width", ge=1, le=1e4)] = 10.0
    backward: Annotated[
        bool, Param("light comes out where it came in, as after two control pulses; otherwise it goes on")
    ] = True

    def retrieval(self, seconds: float) -> float:
        """Probability that a half comes out after it was stored for a time in s."""
        return comb_efficiency(self.optical_depth, self.finesse, backward=self.backward) * super().retrieval(
            seconds
        )
