"""What link models have in common in which the light of two emitters meets at a station and clicks herald."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from hardware.clicks import Emitters, Optics
from hardware.heads import Heads
from hardware.interference import Interference
from hardware.link_models.base import LinkHardware, LinkModel
from qsim.errors import ParameterError
from qsim.parameters import Param

if TYPE_CHECKING:
    from hardware.detector import DetectorModel
    from hardware.emission import Emission
    from hardware.light import Attempt, Light, LightPath
    from hardware.spins import SpinPair
    from hardware.wave_packets import WavePackets
    from qsim.model.check_context import CheckContext
    from qsim.model.specs import LinkSpec


@dataclass(frozen=True)
class Clicking(LinkModel):
    """The light of two emitters; a link model derives from it with `prepared` and `profile`."""

    visibility: Annotated[
        float,
        Param(
            "interference visibility of the two photons, their squared wave-packet overlap, apart from what "
            "lifetimes, optical coherence times and detuning take",
            ge=0,
            le=1,
        ),
    ] = 1.0
    bunching: Annotated[
        bool,
        Param(
            "two photons that meet at the beam splitter leave together; false lets them part, as in SeQUeNCe",
            source="Hong, Ou, Mandel, Phys. Rev. Lett. 59, 2044 (1987)",
        ),
    ] = True
    splitter: Annotated[
        float,
        Param("transmittance of the beam splitter, from the first arm to the first detector", gt=0, lt=1),
    ] = 0.5
    detuning: Annotated[
        float, Param("difference of the two emitters' optical frequencies; needs their lifetimes", unit="Hz")
    ] = 0.0

    @abstractmethod
    def prepared(self, hardware: LinkHardware) -> Emitters:
        """The spins at the start of an attempt."""

    @property
    def contrast(self) -> float:
        """What is left of a single photon's interference where the phase between the arms drifts."""
        return 1.0

    @property
    def frame(self) -> int:
        """-1: clicks herald Ψ+ or Ψ-."""
        return -1

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """Both ends emit; the light meets at the station."""
        from hardware.light import MeetingLight

        assert path.prepared is not None
        return MeetingLight(path, attempt, path.prepared.again(), self.bins_ps(), self.rounds)

    def spins(self, hardware: LinkHardware) -> SpinPair:
        """The spins of one attempt, at the start of a trajectory."""
        from hardware.spins import SpinPair

        return SpinPair(
            self.prepared(hardware), self.interference(hardware), hardware.emissions, hardware.laws
        )

    def interference(self, hardware: LinkHardware) -> Interference:
        """How the light of the two ends interferes."""
        emissions = hardware.emissions
        shaped = all(emission.lifetime is not None for emission in emissions)
        packets = self._packets(emissions, hardware.detectors) if shaped else None
        return Interference(self.visibility, self.bunching, self.splitter, self.contrast, packets)

    def _packets(self, emissions: Sequence[Emission], detectors: Sequence[DetectorModel]) -> WavePackets:
        from hardware.wave_packets import WavePackets

        return WavePackets.of(emissions, self.detuning, detectors)

    def optics(self, hardware: LinkHardware) -> Optics:
        """The optical side of the link model on given hardware."""
        interference = self.interference(hardware)
        heads = hardware.heads
        if interference.packets is not None:
            heads = Heads.of(hardware.detectors, hardware.background, sharp=False)
        return Optics(hardware.eta_first, hardware.eta_second, interference, heads, *hardware.emissions)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        yield from super().check(context)
        sound: dict[tuple[int, ...], list[Any]] = {}
        for link in context.links:
            if not (link.link_model is self or link.link_model == self):
                continue
            if all(name in context.nodes for name in link.between):
                banks = [context.nodes[name].banks for name in link.between]
                devices = [bank[link.bank(side, bank)] for side, bank in enumerate(banks) if bank]
                alike = tuple(map(id, (*devices, *link.detectors)))
                if alike in sound:
                    continue
                told = list(self._shape_faults(link, [memory.emission() for memory in devices]))
                yield from told
                if not told:
                    # Kept with the devices: so no other comes to go by the same identity.
                    sound[alike] = devices

    def _shape_faults(self, link: LinkSpec, emissions: list[Emission]) -> Iterator[tuple[str, str]]:
        shaped = [emission for emission in emissions if emission.lifetime is not None]
        if shaped and len(shaped) < len(emissions):
            yield (
                "",
                f"the memories at one end of '{link.name}' have a `lifetime` and those at the other none: "
                "give both one, or neither",
            )
        elif self.detuning and not shaped:
            yield "detuning", f"needs a `lifetime` of the memories at the ends of '{link.name}'"
        elif len(shaped) == len(link.between):
            try:
                self._packets(emissions, link.detectors)
            except ParameterError as error:
                yield "detuning", f"'{link.name}': {error}"
