"""What a link model is: hardware in, probabilities and a state out.

A link model is declared once and answers at both levels of detail. At *attempt* detail `LinkModel.profile`
gives the exact probabilities and the heralded state of one attempt, and attempts are drawn in bulk. At
*photon* detail the same declaration says how spins are prepared and how many detection rounds an attempt has,
and stations, detectors and fibres do the rest event by event.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hardware.clicks import Emitters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import ThresholdDetector
    from hardware.memory import AtomicMemory


@dataclass(frozen=True, slots=True)
class LinkHardware:
    """The hardware of one link, as a link model sees it.

    Attributes:
        first, second: the memories at the two ends.
        transmission_first, transmission_second: of the two fibre arms.
        delay_first, delay_second: time of flight from each end to the station, ps.
        detector: at both outputs of the station.
    """

    first: AtomicMemory
    second: AtomicMemory
    transmission_first: float
    transmission_second: float
    delay_first: int
    delay_second: int
    detector: ThresholdDetector

    @property
    def eta_first(self) -> float:
        """Probability that a bright first memory's photon reaches the station."""
        return self.first.efficiency * self.transmission_first

    @property
    def eta_second(self) -> float:
        """Probability that a bright second memory's photon reaches the station."""
        return self.second.efficiency * self.transmission_second

    def with_white_noise(self, rho: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """A heralded state after the memories' own imperfection (`initial_fidelity`), shape (4, 4)."""
        weight = sqrt(_werner(self.first.initial_fidelity) * _werner(self.second.initial_fidelity))
        return weight * rho + (1 - weight) * np.eye(4, dtype=np.complex128) / 4


@dataclass(frozen=True, slots=True)
class AttemptProfile:
    """One attempt, by exact calculation.

    Attributes:
        success: probability that the attempt is heralded.
        first_round_success: probability that its second round is tried; 1 for attempts of one round.
        rho: state of a heralded pair after Pauli correction towards Φ+, shape (4, 4).
    """

    success: float
    first_round_success: float
    rho: NDArray[np.complex128]

    @property
    def fidelity(self) -> float:
        """Fidelity of the heralded pair."""
        corners = self.rho[0, 0] + self.rho[0, 3] + self.rho[3, 0] + self.rho[3, 3]
        return float(corners.real) / 2


class LinkModel(Protocol):
    """A way to herald entanglement on a link; registered under the kind "link-model".

    Attributes:
        handshake: how the two ends agree on attempts (kind "handshake").
        rounds: detection rounds with an announcement after each.
        bins: emissions in one round, told apart by their time of arrival.
        bin_separation: time between the emissions of one round, s.
        from_midpoint: whether light travels from the middle to the ends, rather than to a station.
    """

    @property
    def handshake(self) -> Any: ...

    @property
    def from_midpoint(self) -> bool: ...

    @property
    def rounds(self) -> int: ...

    @property
    def bins(self) -> int: ...

    @property
    def bin_separation(self) -> float: ...

    def clock_ps(self) -> int:
        """Time between ticks of a source in the middle, ps; 0 where attempts may begin at any time."""
        ...

    def profile(self, hardware: LinkHardware) -> AttemptProfile:
        """Probabilities and heralded state of one attempt on the given hardware."""
        ...


class ClickModel(LinkModel, Protocol):
    """A link model in which two emitters' light meets at a station.

    Attributes:
        visibility, bunching: see `hardware.clicks.Optics`.
    """

    @property
    def visibility(self) -> float: ...

    @property
    def bunching(self) -> bool: ...

    def prepared(self) -> Emitters:
        """The spins at the start of an attempt."""
        ...


def _werner(fidelity: float) -> float:
    return (4 * fidelity - 1) / 3
