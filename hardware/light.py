"""The light of an attempt at photon detail: what is emitted, when, and what a detection does.

A link model makes the `Light` of one attempt of two memories. A session says *when*: it opens rounds, and
lets each end send once that end knows of the round. The light does the rest, event by event, and tells the
attempt of each place that has seen its part of a round; from there on classical messages take over.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hardware.clicks import Emitters
from hardware.heads import Window
from hardware.station import Gate
from qsim.kernel import Priority

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from hardware.spins import SpinPair
    from hardware.station import HeraldingStation

_PHYSICS = Priority.PHYSICS


@dataclass(frozen=True, slots=True)
class Port:
    """Where light leaves or enters the memories at one end of a link.

    Attributes:
        node: the end.
        first: whether it is the link's first end.
        efficiency: probability that a photon survives memory and arm.
        flight: time of flight between the end and the station, ps.
        period: least time between two excitations of a memory, ps.
        background: rate of noise photons that a memory would absorb, Hz.
    """

    node: QuantumNode
    first: bool
    efficiency: float
    flight: int
    period: int
    background: float = 0.0


class LightPath(ABC):
    """A link as light sees it: a port at either end, and a station between them.

    Attributes:
        trajectories: sum over heralds of the states that were really there, at photon detail.
    """

    __slots__ = ("name", "ports", "sim", "station", "trajectories")

    def __init__(self, name: str, first: Port, second: Port, station: HeraldingStation) -> None:
        self.name = name
        self.ports = first, second
        self.station = station
        self.sim = station.sim
        self.trajectories = Emitters(0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    @abstractmethod
    def prepared(self) -> SpinPair | None:
        """The two spins at the start of an attempt; None where no emitters send light."""

    def port(self, node: Node) -> Port:
        """The port at one end."""
        first, second = self.ports
        return first if node is first.node else second

    def record(self, state: Emitters) -> None:
        """Add the state that a herald has really left to the sum."""
        self.trajectories = self.trajectories.plus(state, 1)


@dataclass(frozen=True, slots=True)
class Detection:
    """A place that sees a part of a round's result.

    Attributes:
        place: the node.
        after: when it knows, ps after the round's arrival.
    """

    place: Node
    after: int


class Attempt(Protocol):
    """The attempt that light belongs to, as the light sees it.

    Attributes:
        up, down: the two memories.
        over: whether a memory has left; what is still on its way means nothing.
    """

    @property
    def up(self) -> Memory: ...

    @property
    def down(self) -> Memory: ...

    @property
    def over(self) -> bool: ...

    def seen(self, place: Node, passed: bool) -> None:
        """Take what a place has seen of the round in hand.

        Each place among the link model's `detections` says so once in a round, at the moment stated there.

        Args:
            place: the place.
            passed: whether its part of the round went well.
        """
        ...


class Light(Protocol):
    """The light of one attempt of two memories, from their preparation to the last detection.

    Attributes:
        seen: what the station saw of the windows that were passed, in order.
    """

    @property
    def seen(self) -> Sequence[Window]: ...

    def open(self, earliest: int) -> int:
        """Prepare the next round.

        Args:
            earliest: when its light may meet at the station, or leave a source there, ps.

        Returns:
            When it will, ps; not before `earliest`.
        """
        ...

    def send(self, memory: Memory) -> None:
        """Let one end do its part in the round in hand; called in time for its light to meet the other's."""
        ...


class MeetingLight:
    """Two memories emit, the light meets at the station, and clicks herald.

    Args:
        spins: the two memories' spins as prepared.
        bins: emissions in one round, ps from the first.
        rounds: rounds of an attempt.
    """

    __slots__ = ("_attempt", "_bins", "_gates", "_parity", "_path", "_round", "_rounds", "_spins", "seen")

    def __init__(
        self, path: LightPath, attempt: Attempt, spins: SpinPair, bins: tuple[int, ...], rounds: int
    ) -> None:
        self._path = path
        self._attempt = attempt
        self._spins = spins
        self._bins = bins
        self._rounds = rounds
        self._round = 0
        self._gates: list[Gate] = []
        self._parity = 0
        self.seen: list[Window] = []

    def open(self, earliest: int) -> int:
        """Book the station and open its windows for the next round."""
        station = self._path.station
        arrival = station.book(earliest)
        if self._round:
            self._flip(arrival - self._gates[-1].arrival)
        self._round += 1
        delay = self._spins.delay if self._spins.timed else None
        self._gates = [Gate(self._spins, arrival + offset, self._on_close, delay) for offset in self._bins]
        for gate in self._gates:
            station.open(gate)
        return arrival

    def send(self, memory: Memory) -> None:
        """Schedule the emissions of one end for the round in hand."""
        port = self._path.port(memory.node)
        for gate in self._gates:
            self._path.sim.post_at(
                gate.arrival - port.flight, self._excite, memory, port, gate, priority=_PHYSICS
            )

    def _excite(self, memory: Memory, port: Port, gate: Gate) -> None:
        if self._attempt.over:
            return
        sim, station = self._path.sim, self._path.station
        if gate is self._gates[0]:
            memory.ready_at = sim.now + port.period + self._bins[-1]
        if sim.trace is not None:
            memory.node.emit("photon_emitted", memory=memory.index, round=self._round)
        sim.post(
            port.flight,
            station.receive_light,
            gate,
            port.first,
            memory,
            port.efficiency,
            priority=_PHYSICS,
        )

    def _on_close(self, gate: Gate) -> None:
        """A window has closed; after the last one of a round the round is decided."""
        if gate.result is not None:
            self._parity ^= gate.result
            self.seen.append(Window(gate.result, gate.arrival, gate.clicked))
        last = gate is self._gates[-1]
        final = last and self._round == self._rounds
        if not last:
            self._flip(self._gates[self._gates.index(gate) + 1].arrival - gate.arrival)
        if last and not self._attempt.over:
            passed = all(known.result is not None for known in self._gates)
            if passed and final:
                self._path.record(self._spins.heralded(-1 if self._parity else 1))
            self._attempt.seen(self._path.station, passed)

    def _flip(self, waited: int) -> None:
        """Flip the spins before their next emission, so many ps after the last one."""
        self._spins.wait(waited)
        self._spins.flip()
