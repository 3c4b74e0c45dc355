"""What a link model is: hardware in, probabilities and a state out.

A link model is declared once and answers at both levels of detail. At *attempt* detail `LinkModel.profile`
gives the exact probabilities and the heralded state of one attempt, and attempts are drawn in bulk. At
*photon* detail `LinkModel.light` makes the light of one attempt (`hardware.light`), event by event.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from hardware.heads import Heads
from hardware.light import Detection
from qsim import registry
from qsim.analytic.sources import any_mode
from qsim.errors import ParameterError
from qsim.parameters import Declared, OfKind
from qsim.units import to_ps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel
    from hardware.emission import Emission
    from hardware.heads import Sight
    from hardware.light import Attempt, Light, LightPath
    from hardware.memory import MemoryModel
    from hardware.spins import SpinPair
    from qsim.model.check_context import CheckContext
    from qsim.quantum.noise import MemoryNoise


@dataclass(frozen=True, slots=True)
class LinkHardware:
    """The hardware of one link, as a link model sees it.

    Attributes:
        first, second: the memories at the two ends.
        transmission_first, transmission_second: of the two fibre arms.
        delay_first, delay_second: time of flight from each end to the station, ps.
        detectors: at the two outputs of the station.
        background: rates of noise photons that reach the station out of either arm, or the memory at its end
            where light comes from the middle, Hz.
        wavelengths: of the light in either arm, m.
        between_rounds: from the light of one round of an attempt to that of the next, s; 0 for attempts of
            one round, and for memories that keep for ever.
    """

    first: MemoryModel
    second: MemoryModel
    transmission_first: float
    transmission_second: float
    delay_first: int
    delay_second: int
    detectors: tuple[DetectorModel, DetectorModel]
    background: tuple[float, float] = (0.0, 0.0)
    wavelengths: tuple[float, float] = (1550e-9, 1550e-9)
    between_rounds: float = 0.0

    @property
    def emissions(self) -> tuple[Emission, Emission]:
        """What the emitters at the two ends send."""
        return self.first.emission(), self.second.emission()

    @property
    def laws(self) -> tuple[MemoryNoise | None, MemoryNoise | None]:
        """The laws by which the memories at the two ends decay."""
        return self.first.noise(), self.second.noise()

    @property
    def heads(self) -> Heads:
        """The detectors in a window before which no light of the attempt has come."""
        return Heads.of(self.detectors, self.background)

    @property
    def eta_first(self) -> float:
        """Probability that a bright first memory's photon reaches the station."""
        return self.first.efficiency * self.transmission_first

    @property
    def eta_second(self) -> float:
        """Probability that a bright second memory's photon reaches the station."""
        return self.second.efficiency * self.transmission_second

    @property
    def absorbed_background(self) -> tuple[float, float]:
        """Rates of noise photons that the memories at the two ends would absorb, Hz."""
        first, second = self.background
        return first * self.first.efficiency, second * self.second.efficiency

    def with_white_noise(self, rho: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """A heralded state after the memories' own imperfections, shape (4, 4).

        White noise of the pair (`initial_fidelity`), and of each half by itself (`Emission.depolarised`).
        """
        weight = sqrt(_werner(self.first.initial_fidelity) * _werner(self.second.initial_fidelity))
        noisy = weight * rho + (1 - weight) * np.eye(4, dtype=np.complex128) / 4
        first, second = self.emissions
        halves = noisy.reshape(2, 2, 2, 2)
        if first.depolarised:
            left = np.einsum("ik,jl->ijkl", np.eye(2) / 2, np.einsum("ijil->jl", halves))
            halves = (1 - first.depolarised) * halves + first.depolarised * left
        if second.depolarised:
            left = np.einsum("ik,jl->ijkl", np.einsum("ijkj->ik", halves), np.eye(2) / 2)
            halves = (1 - second.depolarised) * halves + second.depolarised * left
        return halves.reshape(4, 4)


@dataclass(frozen=True, slots=True)
class AttemptProfile:
    """One attempt, by exact calculation.

    Attributes:
        success: probability that the attempt is heralded.
        first_round_success: probability that its second round is tried; 1 for attempts of one round.
        rho: state of a heralded pair after Pauli correction towards Φ+, shape (4, 4); each half as of its
            last emission of the attempt, or of its absorption.
    """

    success: float
    first_round_success: float
    rho: NDArray[np.complex128]

    def __post_init__(self) -> None:
        # Rounding may take a sum of exact branches a hair beyond.
        success, first_round = self.success, self.first_round_success
        if not (0 <= success <= first_round + 1e-9 and first_round <= 1 + 1e-9):
            raise ParameterError(
                "an attempt's `success` must be in [0, 1] and its `first_round_success` in [success, 1], got "
                f"{self.success!r} and {self.first_round_success!r}"
            )

    def any_of(self, modes: int) -> AttemptProfile:
        """One attempt that uses several independent modes at once and keeps the first that is heralded."""
        return AttemptProfile(
            any_mode(self.success, modes), any_mode(self.first_round_success, modes), self.rho
        )

    @property
    def fidelity(self) -> float:
        """Fidelity of the heralded pair."""
        corners = self.rho[0, 0] + self.rho[0, 3] + self.rho[3, 0] + self.rho[3, 3]
        return float(corners.real) / 2


@dataclass(frozen=True)
class LinkModel(Declared, ABC):
    """A way to herald entanglement on a link; registered under the kind "link-model".

    A model that makes `light` serves photon detail too. What a model does not say is that of one round of one
    emission, announced by the station as its window closes.
    """

    handshake: Annotated[
        Any, OfKind("handshake", "how the two ends agree on attempts", default="continuous")
    ] = None

    @property
    def rounds(self) -> int:
        """Detection rounds with an announcement after each, 1 or 2."""
        return 1

    @property
    def bins(self) -> int:
        """Emissions in one round, told apart by their time of arrival."""
        return 1

    @property
    def outward(self) -> bool:
        """Whether light goes from the middle to the ends, rather than from the ends to the middle."""
        return False

    @property
    def bin_separation(self) -> float:
        """Time between the emissions of one round, s."""
        return 0.0

    def bins_ps(self) -> tuple[int, ...]:
        """The emissions of one round, ps from the first."""
        return tuple(place * to_ps(self.bin_separation) for place in range(self.bins))

    def clock_ps(self) -> int:
        """Time between ticks of a source in the middle, ps; 0 where the ends begin attempts at any time."""
        return 0

    @property
    def latches(self) -> bool:
        """Whether ends take part in every tick of a source until one of them has absorbed a photon.

        `AttemptProfile.first_round_success` is then the probability that at least one has.
        """
        return False

    def flights(self, path: LightPath) -> tuple[int, int]:
        """How long before a round's arrival the first and the second end must act, ps."""
        return path.ports[0].flight, path.ports[1].flight

    def storage(self, path: LightPath) -> tuple[int, int]:
        """When storage at the first and the second end begins, ps after a round's first arrival.

        Unless overridden, at the emission of each end (a negative number).
        """
        first, second = self.flights(path)
        return -first, -second

    @property
    def frame(self) -> int:
        """Mean sign by which the correction that the herald calls for turns the second end's Z.

        -1 where that is a bit flip, as for clicks that herald Ψ; 1 where there is none.
        """
        return 1

    def detections(self, path: LightPath) -> tuple[Detection, ...]:
        """The places that see a round's result; each tells both ends, which know once they heard from all."""
        return (Detection(path.station, path.station.closes + self.bins_ps()[-1]),)

    @abstractmethod
    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        """Probabilities and heralded state of one attempt on the given hardware."""

    def given(self, hardware: LinkHardware, seen: tuple[Sight, ...]) -> NDArray[np.complex128] | None:
        """State of a pair given what the station saw of the windows that heralded it, at photon detail.

        Args:
            hardware: of the link.
            seen: the windows, in order.

        Returns:
            As `AttemptProfile.rho`; None for the state that is there.
        """
        return None

    def spins(self, hardware: LinkHardware) -> SpinPair | None:
        """The spins of the two memories at the start of an attempt; None where they do not emit."""
        return None

    def light(self, path: LightPath, attempt: Attempt) -> Light:
        """The light of one attempt, event by event, for photon detail."""
        raise NotImplementedError

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of detail that the model serves."""
        return ("attempt",) if type(self).light is LinkModel.light else ("attempt", "photon")

    def faults_on(self, hardware: LinkHardware) -> Iterable[tuple[str, str]]:
        """Name of a parameter and what is wrong with it, for each that the hardware of a link rules out.

        Asked of every link before a run. A model that cannot work with what some arms lose says so here:
        `profile` is tried beforehand on the least and on the most lossy of links with like devices.
        """
        return ()

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        name, detail = registry.name_of(type(self)), context.run.detail
        if detail not in self.levels:
            served = " and ".join(f"'{level}'" for level in self.levels)
            yield "", f"'{name}' serves detail {served}, and run.detail is '{detail}'"
        if self.clock_ps() and not self.handshake.clocked:
            yield "handshake", f"a {name} is clocked and cannot be negotiated; use 'continuous'"


registry.define_kind("link-model", LinkModel, "how-to/link-model.md")


def _werner(fidelity: float) -> float:
    return (4 * fidelity - 1) / 3
