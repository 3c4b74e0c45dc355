"""What link models have in common in which the light of two emitters meets at a station and clicks herald."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from hardware.clicks import Optics
from hardware.link_models.base import LinkHardware
from qsim.parameters import Declared, OfKind, Param


@dataclass(frozen=True)
class Clicking(Declared):
    """Hand-shake and interference; a link model derives from it with `rounds`, `prepared` and `profile`."""

    handshake: Annotated[
        Any, OfKind("handshake", "how the two ends agree on attempts", default="continuous")
    ] = None
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

    def clock_ps(self) -> int:
        """Zero: attempts may begin at any time."""
        return 0

    def optics(self, hardware: LinkHardware) -> Optics:
        """The optical side of the link model on given hardware."""
        return Optics(
            hardware.eta_first, hardware.eta_second, self.visibility, self.bunching, hardware.detector
        )
