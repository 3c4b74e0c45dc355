"""One link of the network while a simulation runs: hardware, exact profile, and what has happened on it.

The exact calculation is made when somebody first asks for what it gives: of the links of a large random
network, no two of one length, few are ever used. What is set up tries those of the least and the most loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from hardware.light import LightPath, Port
from hardware.modes import spectral_modes
from hardware.spectral_light import SpectralLight
from qsim.quantum.state import mirrored
from qsim.registry import define_kind
from qsim.units import to_s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hardware.heads import Heads, Sight, Window
    from hardware.light import Attempt, Light
    from hardware.link_models.base import AttemptProfile, LinkHardware, LinkModel
    from hardware.link_physics import LinkPhysics, Worked
    from hardware.memory import MemoryModel
    from hardware.node import QuantumNode
    from hardware.spins import SpinPair
    from hardware.station import HeraldingStation
    from qsim.analytic.renewal import HeraldInterval
    from qsim.model.specs import LinkSpec
    from qsim.quantum.state import PairState

#: Attempts drawn in one block of random numbers.
_BLOCK = 256
#: Draws of a block that are made into Python's numbers at a time; a divisor of it.
_HANDFUL = 32
#: States seen from the second end that are remembered.
_KEPT = 1000


class Handshake(Protocol):
    """How the two ends of a link agree on attempts; registered under the kind "handshake".

    Attributes:
        clocked: whether attempts follow a clock, which a source in the middle needs.
    """

    @property
    def clocked(self) -> bool: ...

    def session(self, link: Link, detail: str) -> Any:
        """The class of session that runs a link's attempts at a level of detail.

        It is called with the context of the simulation, the link, the end nearer the initiator, and what is
        told of each memory that has become entangled, for the nearer and for the farther end.
        """
        ...

    def spacing(self, link: Link) -> int:
        """Least time between two meetings of light of the same memories, ps."""
        ...

    def between_rounds(self, link: Link) -> int:
        """Time from the light of the first round of an attempt to that of the second, ps."""
        ...

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later herald, s; infinite if it never comes."""
        ...

    def interval(self, link: Link, upstream: QuantumNode) -> HeraldInterval | None:
        """The law of the time from one herald to the next of two memories that are put to work at once.

        Exact at attempt detail, for two memories that no others compete with; None where there is none.

        Args:
            link: the link.
            upstream: the end nearer the initiator.

        Raises:
            ParameterError: an attempt never succeeds.
        """
        ...


define_kind("handshake", Handshake, "how-to/link-model.md")


@dataclass(frozen=True, slots=True)
class Segment:
    """Fibre from one node with memories to another, with a heralding station on the way.

    Attributes:
        name: unique name.
        nodes: names of the nodes along it; all but the two ends are without memories.
        banks: names of the banks at the two ends.
        links: the links that it is made of.
        station: place in `nodes` of the node with the station, and number of the station there; None for the
            station of a link.
        hardware: what a link model sees.
    """

    name: str
    nodes: tuple[str, ...]
    banks: tuple[str, str]
    links: tuple[LinkSpec, ...]
    station: tuple[int, int] | None
    hardware: LinkHardware

    @property
    def length(self) -> float:
        """Fibre length between the ends, m."""
        return sum(link.length for link in self.links)

    @property
    def model(self) -> Any:
        """The link model."""
        return self.links[0].link_model


class Link(LightPath):
    """A segment at work: two nodes with memories, fibre, and a heralding station on the way.

    Attributes:
        first, second: its ends.
        nodes: the nodes along it, ends included; those between are without memories.
        places: what a flow takes of the places of each node along it: memories, or a station.
        length: fibre length between the ends, m.
        model: the link model.
        handshake: how its ends agree on attempts.
        hardware: what the model sees.
        flights, detections, bins, storage: what the model says of the times of a round.
        light: makes the light of one attempt, of all modes in frequency that it uses.
        clockworks: what protocols have worked out of its fixed delays, by the end nearer the initiator.
        attempts, heralds: so far.
        wait_ps: summed time from both memories being free to the herald.
    """

    # More than thirty attributes in a dictionary would take 1.5 kB for each link.
    __slots__ = (
        "__dict__", "_block", "_drawn", "_physics", "_reversed", "_rng", "_session", "_states", "_worked",
        "attempts", "bins", "clockworks", "detections", "first", "flights", "handshake", "hardware",
        "heralds", "length", "light", "model", "nodes", "places", "second", "storage", "wait_ps",
    )  # fmt: skip

    def __init__(
        self,
        segment: Segment,
        nodes: tuple[QuantumNode, ...],
        station: HeraldingStation,
        physics: LinkPhysics,
    ) -> None:
        first, second, hardware = nodes[0], nodes[-1], segment.hardware
        super().__init__(
            segment.name,
            Port(
                first,
                True,
                hardware.eta_first,
                hardware.delay_first,
                hardware.first.period_ps(),
                hardware.absorbed_background[0],
            ),
            Port(
                second,
                False,
                hardware.eta_second,
                hardware.delay_second,
                hardware.second.period_ps(),
                hardware.absorbed_background[1],
            ),
            station,
        )
        self.nodes = nodes
        self.first, self.second = first, second
        self.places = {
            first: first.banks[segment.banks[0]],
            second: second.banks[segment.banks[1]],
        }
        if segment.station is not None:
            place, number = segment.station
            self.places[nodes[place]] = range(number, number + 1)
        self.length = segment.length
        self.model: LinkModel = segment.model
        self.hardware = hardware
        self.handshake: Handshake = self.model.handshake
        self.clockworks: dict[QuantumNode, Any] = {}
        self.flights = self.model.flights(self)
        self.detections = self.model.detections(self)
        self.storage = self.model.storage(self)
        self.bins = station.bins = self.model.bins_ps()
        if self.model.rounds > 1 and hardware.laws != (None, None):
            self.hardware = physics.in_rounds(hardware, to_s(self.handshake.between_rounds(self)))
        modes = spectral_modes(hardware.first, hardware.second)
        self.light: Callable[[Attempt], Light] = partial(self.model.light, self)
        if modes > 1:
            stations = (station, *(station.of_mode(mode) for mode in range(1, modes)))
            self.light = partial(SpectralLight, self, stations=stations, make=self.model.light)
        self._physics = physics
        self._states: dict[tuple[Sight, ...], PairState] = {}
        self.attempts = 0
        self.heralds = 0
        self.wait_ps = 0
        self._rng: np.random.Generator | None = None
        self._block: tuple[NDArray[np.int64], ...] = ()
        self._drawn: list[tuple[int, int]] = []
        self._reversed: dict[PairState, PairState] = {}
        self._session: Any = None
        self._worked: Worked | None = None

    @property
    def worked(self) -> Worked:
        """What its model says of its hardware; alike links share it."""
        if self._worked is None:
            self._worked = self._physics.of(self.model, self.hardware)
        return self._worked

    @property
    def prepared(self) -> SpinPair | None:
        return self.worked.prepared

    @property
    def profile(self) -> AttemptProfile:
        """One attempt by exact calculation."""
        return self.worked.profile

    @property
    def state(self) -> PairState:
        """State of a freshly heralded pair, its first half at the first end."""
        return self.worked.state

    @property
    def ends_at_station(self) -> bool:
        """Whether its station sees light; not where a source in the middle sends it to the ends."""
        return any(seen.place is self.station for seen in self.detections)

    def other(self, node: Any) -> QuantumNode:
        """The end that is not `node`."""
        return self.second if node is self.first else self.first

    def way(self, near: Any) -> tuple[QuantumNode, ...]:
        """The nodes along the link from one of its ends on, without that end."""
        return self.nodes[1:] if near is self.first else self.nodes[-2::-1]

    def memory_at(self, node: Any) -> MemoryModel:
        """What the memories are that the link uses at one of its ends."""
        return self.hardware.first if node is self.first else self.hardware.second

    @cached_property
    def _heads(self) -> Heads:
        return self.hardware.heads

    def state_given(self, seen: Sequence[Window]) -> PairState:
        """State of a freshly heralded pair, given what the station saw of the windows that heralded it."""
        sights = self._heads.sights(seen) if seen else None
        if sights is None:
            return self.state
        known = self._states.get(sights)
        if known is None:
            rho = self.model.given(self.hardware, sights)
            known = self.state if rho is None else self._physics.formalism.from_density_matrix(rho)
            if len(self._states) < _KEPT:
                self._states[sights] = known
        return known

    def reversed(self, state: PairState) -> PairState:
        """A state of the link's pairs with its first half at the second end."""
        known = self._reversed.get(state)
        if known is None:
            known = mirrored(state)
            if len(self._reversed) < _KEPT:
                self._reversed[state] = known
        return known

    def draw_failures(self) -> tuple[int, int]:
        """Draw how many attempts fail before the next success, and how many of them had a second round."""
        if not self._drawn:
            if not self._block:
                self._block = self._draw_block()
            # Numbers are drawn in large blocks and made into Python's by the handful, from the end on: many
            # links of a large network herald a few pairs only.
            self._drawn = list(zip(*(part[-_HANDFUL:].tolist() for part in self._block), strict=True))
            left = len(self._block[0]) - _HANDFUL
            self._block = tuple(part[:left] for part in self._block) if left else ()
        return self._drawn.pop()

    def _draw_block(self) -> tuple[NDArray[np.int64], ...]:
        if self._rng is None:
            self._rng = self.sim.array_stream("link/" + self.name)
        success = self.profile.success
        failures = self._rng.geometric(success, _BLOCK) - 1
        share = 0.0 if success >= 1 else (self.profile.first_round_success - success) / (1 - success)
        # Rounding can push the share of a link model of one round a hair above 1. No second round, no draw.
        long_ones = self._rng.binomial(failures, min(1.0, share)) if share else failures * 0
        return failures, long_ones

    def session(self, detail: str) -> Any:
        """See `Handshake.session`; asked once, for all sessions of a link are of one class."""
        if self._session is None:
            self._session = self.handshake.session(self, detail)
        return self._session

    def expected_wait_s(self) -> float:
        """See `Handshake.expected_wait_s`."""
        return self.handshake.expected_wait_s(self)

    def interval(self, upstream: QuantumNode) -> HeraldInterval | None:
        """See `Handshake.interval`."""
        return self.handshake.interval(self, upstream)

    @property
    def mean_wait_ps(self) -> float | None:
        """Mean time from both memories being free to the herald; None before the first."""
        return self.wait_ps / self.heralds if self.heralds else None

    def __repr__(self) -> str:
        return f"<Link {self.name}>"
