"""What link models have in common in which the light of two emitters meets at a station and clicks herald."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hardware.clicks import Emitters, Optics
from hardware.light import MeetingLight
from hardware.link_models.base import LinkHardware, LinkModel
from hardware.spins import SpinPair
from qsim.parameters import Param

if TYPE_CHECKING:
    from hardware.light import Attempt, Light, LightPath


@dataclass(frozen=True)
class Clicking(LinkModel):
    """The light of two emitters; a link model derives from it with `prepared` and `profile`."""

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

    @abstractmethod
    def prepared(self) -> Emitters:
        """The spins at the start of an attempt."""

    @property
    def frame(self) -> int:
        """-1: clicks herald Ψ+ or Ψ-."""
        return -1

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """Both ends emit; the light meets at the station."""
        return MeetingLight(path, attempt, self.spins(), self.bins_ps(), self.rounds)

    def spins(self) -> SpinPair:
        """The spins of one attempt, along one trajectory."""
        return SpinPair(self.prepared(), self.visibility, self.bunching)

    def optics(self, hardware: LinkHardware) -> Optics:
        """The optical side of the link model on given hardware."""
        return Optics(
            hardware.eta_first, hardware.eta_second, self.visibility, self.bunching, hardware.detector
        )
