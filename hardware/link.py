"""One link of the network while a simulation runs: hardware, exact profile, and what has happened on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hardware.clicks import Emitters
from hardware.link_models.base import LinkHardware
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.fibre import SingleModeFibre
    from hardware.link_models.base import AttemptProfile, LinkModel
    from hardware.memory import AtomicMemory
    from hardware.node import QuantumNode
    from hardware.station import HeraldingStation
    from qsim.analytic.renewal import HeraldInterval
    from qsim.model.specs import LinkSpec
    from qsim.quantum.state import PairState

#: Attempts drawn in one block of random numbers.
_BLOCK = 256


class Link:
    """A fibre link between two nodes with a heralding station on the way.

    Attributes:
        name: name of the link.
        first, second: its ends.
        station: between them.
        length: fibre length between the ends, m.
        model: the link model.
        hardware: what the model sees.
        profile: one attempt by exact calculation.
        state: state of a freshly heralded pair.
        attempts, heralds: so far.
        wait_ps: summed time from both memories being free to the herald.
        trajectories: sum over heralds of the states that were really there, at photon detail.
    """

    def __init__(
        self,
        spec: LinkSpec,
        first: QuantumNode,
        second: QuantumNode,
        station: HeraldingStation,
        formalism: type[PairState],
    ) -> None:
        self.name = f"{first.name}-{second.name}"
        self.first = first
        self.second = second
        self.station = station
        self.length = spec.length
        self.model: LinkModel = spec.generation
        self.hardware = link_hardware(spec, first.model, second.model)
        self.profile: AttemptProfile = self.model.profile(self.hardware)
        self.state = formalism.from_density_matrix(self.profile.rho)
        station.bins = tuple(place * to_ps(self.model.bin_separation) for place in range(self.model.bins))
        self.attempts = 0
        self.heralds = 0
        self.wait_ps = 0
        self.trajectories = Emitters(0.0, 0.0, 0.0, 0.0, 0.0)
        self._rng = first.sim.array_stream(f"link/{self.name}")
        self._drawn: list[tuple[int, int]] = []

    def other(self, node: Any) -> QuantumNode:
        """The end that is not `node`."""
        return self.second if node is self.first else self.first

    def draw_failures(self) -> tuple[int, int]:
        """Draw how many attempts fail before the next success, and how many of them had a second round."""
        if not self._drawn:
            success = self.profile.success
            failures = self._rng.geometric(success, _BLOCK) - 1
            share = 0.0 if success >= 1 else (self.profile.first_round_success - success) / (1 - success)
            # Rounding can push the share of a link model of one round a hair above 1.
            long_ones = self._rng.binomial(failures, min(1.0, share))
            self._drawn = list(zip(failures.tolist(), long_ones.tolist(), strict=True))
        return self._drawn.pop()

    def expected_wait_s(self) -> float:
        """Mean time from both memories being free to the herald, exact; infinite if it never comes."""
        wait: float = self.model.handshake.expected_wait_s(self)
        return wait

    def interval(self, upstream: QuantumNode) -> HeraldInterval | None:
        """The law of the time from one herald to the next of two memories that are put to work at once.

        Exact at attempt detail, for two memories that no others compete with.

        Args:
            upstream: the end nearer the initiator.

        Returns:
            The law; None for a hand-shake that states none.

        Raises:
            ParameterError: an attempt never succeeds.
        """
        stated = getattr(self.model.handshake, "interval", None)
        return None if stated is None else stated(self, upstream)

    @property
    def mean_wait_ps(self) -> float | None:
        """Mean time from both memories being free to the herald; None before the first."""
        return self.wait_ps / self.heralds if self.heralds else None

    def __repr__(self) -> str:
        return f"<Link {self.name}>"


def link_hardware(spec: LinkSpec, first: AtomicMemory, second: AtomicMemory) -> LinkHardware:
    """The hardware of a link as its model sees it.

    Args:
        spec: the link.
        first, second: the memories at its two ends.
    """
    fibre: SingleModeFibre = spec.fibre
    arms = spec.length * spec.midpoint, spec.length * (1 - spec.midpoint)
    return LinkHardware(
        first=first,
        second=second,
        transmission_first=fibre.transmission(arms[0]),
        transmission_second=fibre.transmission(arms[1]),
        delay_first=fibre.delay_ps(arms[0]),
        delay_second=fibre.delay_ps(arms[1]),
        detector=spec.detector,
    )
