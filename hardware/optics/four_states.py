"""Four states in two bases, of pulses whose intensity is drawn from a list: what BB84 asks of a bench."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from hardware.optics.bench import Bench, Choice
from hardware.optics.optical_assembly import Assembly
from hardware.optics.prepare_and_measure import KeyBench, Sent, refuse_improper
from qsim.errors import ParameterError
from qsim.parameters import Param

_STATES = tuple((basis, bit) for basis in (0, 1) for bit in (0, 1))


@dataclass(frozen=True)
class FourStates(KeyBench):
    """Zero and one in the bases Z (0) and X (1), and a receiver that chooses one of them in each slot.

    Raises:
        ParameterError: probabilities that are none, or not one for each intensity.
    """

    mean_photons: Annotated[
        tuple[float, ...],
        Param("mean photon number of each intensity at the transmitter's output, signal first", ge=0, le=1e6),
    ] = (0.48, 0.05, 0.0)
    intensity_chances: Annotated[tuple[float, ...], Param("probability of each intensity", ge=0, le=1)] = (
        0.8,
        0.1,
        0.1,
    )
    sender_z: Annotated[float, Param("probability that the transmitter takes the basis Z", ge=0, le=1)] = 0.5
    receiver_z: Annotated[float, Param("probability that the receiver takes the basis Z", ge=0, le=1)] = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        name = type(self).__name__
        if len(self.mean_photons) != len(self.intensity_chances) or not self.mean_photons:
            raise ParameterError(
                f"`{name}.intensity_chances` must have one entry for each of `mean_photons`, got "
                f"{len(self.intensity_chances)} for {len(self.mean_photons)}"
            )
        refuse_improper(self, intensity_chances=self.intensity_chances)
        self._check()
        _ = self.over(0.0, 0.0).bench

    def _check(self) -> None:
        """Refuse what the encoding rules out."""

    @property
    def intensities(self) -> tuple[float, ...]:
        return self.mean_photons

    @property
    def laser(self) -> str:
        """Name of the part whose intensity varies."""
        return "laser"

    @cached_property
    def bench(self) -> Bench:
        sender = [self.sender_z / 2] * 2 + [(1 - self.sender_z) / 2] * 2
        intensities = [{f"{self.laser}.mean_photons": mean} for mean in self.mean_photons]
        choices = [
            Choice(self.intensity_chances, intensities),
            Choice(sender, [self._writing(basis, bit) for basis, bit in _STATES]),
        ]
        if self._chooses:
            choices.append(
                Choice([self.receiver_z, 1 - self.receiver_z], [self._looking(basis) for basis in (0, 1)])
            )
        return Bench(self._assembly(), self._period_ps, choices)

    def _sent(self, setting: Sequence[int]) -> Sent:
        return Sent(setting[0], *_STATES[setting[1]])

    @property
    @abstractmethod
    def _chooses(self) -> bool:
        """Whether the receiver sets its basis in each slot; otherwise light finds its own."""

    @abstractmethod
    def _writing(self, basis: int, bit: int) -> Mapping[str, Any]:
        """Parameters of the transmitter for a state."""

    @abstractmethod
    def _looking(self, basis: int) -> Mapping[str, Any]:
        """Parameters of the receiver that chooses a basis actively."""

    @abstractmethod
    def _assembly(self) -> Assembly:
        """Parts and wires."""
