"""Teleportation of unknown qubits over delivered pairs.

The initiator measures the qubit together with its half as soon as it holds it and sends two bits; the
responder, once it holds its half and the bits, corrects and says so. These are the instants at which the two
ends use the pair: what arrives is the input as the pair's state passes it on, the initiator's half as of its
measurement and the responder's as of its correction.

References:
    Bennett et al., Phys. Rev. Lett. 70, 1895 (1993).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.apps.request import RequestApp, RequestRunner
from qsim.model.rows import MetricRow
from qsim.quantum.state import teleportation_fidelity
from qsim.registry import register
from qsim.statistics import Tally
from qsim.units import to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Flow
    from qsim.quantum.pair import EntangledPair


@register("app", "teleportation")
@dataclass(frozen=True)
class TeleportationApp(RequestApp):
    """Teleports `pairs` unknown qubits from the initiator to the responder, one over each pair."""

    def install(self, network: Network) -> TeleportationRunner:
        return TeleportationRunner(network, self)


@dataclass(slots=True)
class TeleportationBits:
    """The two measured bits of one teleportation.

    Attributes:
        key: the application.
        memory: the responder's memory.
        pair_id: the pair used.
        pair: the pair.
        measured: when the initiator has, ps.
    """

    key: TeleportationRunner
    memory: Memory
    pair_id: int
    pair: EntangledPair
    measured: int


@dataclass(slots=True)
class TeleportationDone:
    """The qubit has arrived, or its half of the pair was lost first."""

    key: TeleportationRunner


class TeleportationRunner(RequestRunner):
    """A `TeleportationApp` at work.

    Attributes:
        fidelity: of the qubits that arrived, averaged over all inputs.
        latency: from the measurement to the correction, s.
        lost_qubits: those whose pair was lost before the correction.
    """

    def __init__(self, network: Network, parameters: TeleportationApp) -> None:
        super().__init__(network, parameters)
        self.fidelity = Tally()
        self.latency = Tally()
        self.lost_qubits = 0
        self._sent = 0
        self._concluded = 0
        self._waiting_bits: dict[int, TeleportationBits] = {}
        for name in (parameters.initiator, parameters.responder):
            network.node(name).on(TeleportationBits, self.on_bits, key=self)
            network.node(name).on(TeleportationDone, self.on_done, key=self)

    def deliver(self, flow: Flow, memory: Memory) -> None:
        if memory.node is flow.request.initiator:
            super().deliver(flow, memory)
            return
        # The responder's use is the correction.
        memory.move(MemoryState.HELD)
        bits = self._waiting_bits.pop(memory.pair_id, None)
        if bits is not None:
            self._correct(bits)

    def use(self, flow: Flow, memory: Memory, valid: bool) -> None:
        wanted = self.parameters.pairs
        pair, partner = memory.pair, memory.partner
        assert pair is not None
        assert partner is not None
        if valid and (wanted is None or self._sent < wanted):
            self._sent += 1
            bits = TeleportationBits(self, partner, memory.pair_id, pair, self.sim.now)
            memory.node.send(flow.request.responder, bits)
        self.network.stacks[memory.node].resources.release(memory)

    def resumed(self, flow: Flow) -> None:
        super().resumed(flow)
        # Qubits on their way when the flow ended are lost with it, and others are sent in their place.
        self.lost_qubits += self._sent - self._concluded
        self._sent = self._concluded

    def satisfied(self, flow: Flow) -> bool:
        wanted = self.parameters.pairs
        return wanted is not None and self._concluded >= wanted

    def metrics(self) -> list[MetricRow]:
        """What the application measured."""
        source = f"teleportation {self.parameters.initiator}-{self.parameters.responder}"
        return [
            MetricRow(source, "fidelity", "1", self.fidelity.n, self.fidelity.mean, self.fidelity.sd),
            MetricRow(source, "latency", "s", self.latency.n, self.latency.mean, self.latency.sd),
            MetricRow(source, "lost qubits", "1", self.lost_qubits, None, None),
        ]

    def on_bits(self, _source: Node, bits: TeleportationBits) -> None:
        """The responder receives the bits of a teleportation."""
        memory = bits.memory
        if memory.pair_id == bits.pair_id and memory.state is MemoryState.HELD:
            self._correct(bits)
        elif memory.newest_id < bits.pair_id or memory.pair_id == bits.pair_id:
            self._waiting_bits[bits.pair_id] = bits
            self.sim.post(self.network.stacks[memory.node].tracker.horizon, self._outlived, bits)
        else:
            self._lose(bits)

    def on_done(self, _source: Node, _message: TeleportationDone) -> None:
        """The initiator learns that one more qubit has arrived or is lost."""
        self._concluded += 1
        flow = self.flow
        if flow is not None:
            self.finish_if_satisfied(flow)

    @property
    def _initiator(self) -> QuantumNode:
        return self.network.node(self.parameters.initiator)

    def _outlived(self, bits: TeleportationBits) -> None:
        """Give up on bits whose pair nobody here has heard of in all the time that a message could take."""
        if self._waiting_bits.pop(bits.pair_id, None) is not None:
            self._lose(bits)

    def _lose(self, bits: TeleportationBits) -> None:
        self.lost_qubits += 1
        bits.memory.node.send(self._initiator, TeleportationDone(self))

    def _correct(self, bits: TeleportationBits) -> None:
        memory, pair, now = bits.memory, bits.pair, self.sim.now
        at = (now, bits.measured) if pair.first is memory else (bits.measured, now)
        self.fidelity.add(teleportation_fidelity(pair.state_at(*at).fidelity()))
        self.latency.add(to_s(now - bits.measured))
        if self.flow is not None and memory.pair is pair:
            self.used(self.flow, memory)
        self.network.stacks[memory.node].resources.release(memory)
        memory.node.send(self._initiator, TeleportationDone(self))
