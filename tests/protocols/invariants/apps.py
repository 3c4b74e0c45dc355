"""Applications that check what they are given, and keep it for a while."""

from __future__ import annotations

from typing import Any

from hardware.memory import Memory, MemoryState
from protocols.apps.base import App
from protocols.apps.teleportation import TeleportationApp, TeleportationRunner
from protocols.flow import Flow, Request
from qsim.kernel import TimeoutExpired, timeout
from qsim.units import to_ps
from tests.protocols.invariants.networks import TICK, Ask

_TICK_PS = to_ps(TICK)


class Deliveries:
    """What one flow has been given, and whether it was in order.

    Attributes:
        fidelities: of the pairs that both ends have used, each half as of its own use.
    """

    def __init__(self, target: float) -> None:
        self.fidelities: list[float] = []
        self._target = target
        self._seen: set[tuple[int, object]] = set()

    def check(self, flow: Flow, memory: Memory) -> None:
        """Look at one end's half as it is handed over."""
        pair = memory.pair
        assert pair is not None
        assert memory.state is MemoryState.ENTANGLED
        assert memory.node in (flow.request.initiator, flow.request.responder)
        assert memory.partner is not None
        assert {memory.node, memory.partner.node} == {flow.request.initiator, flow.request.responder}
        if self._target > 0:
            assert pair.confirmed_fidelity() >= self._target
        if pair.taken is None and not pair.intact:
            return
        assert memory in (pair.first, pair.second)
        assert memory.partner in (pair.first, pair.second)
        assert memory.pair_id == pair.id, "the result of the last swap has come"
        assert (pair.id, memory.node) not in self._seen
        self._seen.add((pair.id, memory.node))

    def use(self, flow: Flow, memory: Memory) -> None:
        """Look at one end's half as it is used."""
        pair = memory.pair
        assert pair is not None
        now, other = flow.request.initiator.sim.now, pair.taken
        if other is not None and not flow.satisfied:
            at = (now, other) if pair.first is memory else (other, now)
            self.fidelities.append(pair.state_at(*at).fidelity())


class Keeper(App):
    """Keeps each half for a while, each end on its own."""

    def __init__(self, network: Any, ask: Ask) -> None:
        super().__init__(network)
        self.flow: Flow | None = None
        self.deliveries = Deliveries(ask.fidelity)
        self._ask = ask
        self._kept: set[tuple[Memory, int]] = set()
        self.sim.post(0, self._submit)

    def accepted(self, flow: Flow) -> None:
        self.flow = flow

    def used(self, flow: Flow, memory: Memory) -> bool:
        self.deliveries.use(flow, memory)
        return super().used(flow, memory)

    def deliver(self, flow: Flow, memory: Memory) -> None:
        self.deliveries.check(flow, memory)
        super().deliver(flow, memory)

    def use(self, flow: Flow, memory: Memory, valid: bool) -> None:
        if not self._ask.hold:
            super().use(flow, memory, valid)
            return
        memory.move(MemoryState.HELD)
        self._kept.add((memory, memory.pair_id))
        self.sim.post(self._ask.hold * _TICK_PS, self._let_go, memory, memory.pair_id)

    def lost(self, flow: Flow, memory: Memory) -> None:
        self._kept.remove((memory, memory.pair_id))

    def at_rest(self) -> None:
        """Check that nothing is left when the flow is over."""
        assert not self._kept

    def _submit(self) -> None:
        ask, network = self._ask, self.network
        initiator, responder = (list(network.nodes.values())[index] for index in ask.ends)
        start = network.earliest_start(initiator, responder) + ask.start * _TICK_PS
        request = Request(
            initiator=initiator,
            responder=responder,
            start=start,
            end=start + ask.duration * _TICK_PS,
            memories=ask.memories,
            fidelity=ask.fidelity,
            pairs=ask.pairs,
            issued=self.sim.now,
        )
        network.submit(request, self)

    def _let_go(self, memory: Memory, pair_id: int) -> None:
        if (memory, pair_id) in self._kept:
            self._kept.remove((memory, pair_id))
            self.network.stacks[memory.node].resources.release(memory)


class Teleporter(TeleportationRunner):
    """Teleports over every pair."""

    def __init__(self, network: Any, ask: Ask) -> None:
        initiator, responder = (list(network.nodes)[index] for index in ask.ends)
        parameters = TeleportationApp(
            initiator=initiator,
            responder=responder,
            start=ask.start * TICK,
            duration=ask.duration * TICK,
            memories=ask.memories,
            fidelity=ask.fidelity,
            pairs=ask.pairs,
        )
        super().__init__(network, parameters)
        self.deliveries = Deliveries(ask.fidelity)

    def used(self, flow: Flow, memory: Memory) -> bool:
        self.deliveries.use(flow, memory)
        return super().used(flow, memory)

    def deliver(self, flow: Flow, memory: Memory) -> None:
        self.deliveries.check(flow, memory)
        super().deliver(flow, memory)

    def at_rest(self) -> None:
        """Check that every qubit sent has arrived or is known to be lost."""
        assert self._waiting_bits == {}
        assert self._sent == self.fidelity.n + self.lost_qubits == self._concluded


class Taker:
    """A script that takes the pairs of a stream one by one and keeps each for a while."""

    def __init__(self, network: Any, ask: Ask) -> None:
        initiator, responder = (list(network.nodes)[index] for index in ask.ends)
        self.sim = network.sim
        self.stream = network.request(
            initiator,
            responder,
            memories=ask.memories,
            fidelity=ask.fidelity,
            start=ask.start * TICK,
            duration=ask.duration * TICK,
        )
        self._ask = ask
        self.taken: set[int] = set()
        network.process(self._take())

    @property
    def flow(self) -> Flow | None:
        """The flow behind the stream."""
        flow: Flow | None = self.stream.flow
        return flow

    def at_rest(self) -> None:
        """Check that nothing is left when the flow is over."""
        assert self.stream._halves == self.stream._untaken == {}
        assert not any(delivered.held for delivered in self.stream._ready._messages)

    def _take(self) -> Any:
        for _ in range(40):
            try:
                delivered = yield from self.stream.next_pair(timeout=30 * TICK)
            except TimeoutExpired:
                continue
            assert delivered.pair.id not in self.taken
            self.taken.add(delivered.pair.id)
            for memory in (delivered.initiator_memory, delivered.responder_memory):
                assert memory.pair is delivered.pair
                assert memory.state is MemoryState.HELD
            assert delivered.fidelity() == delivered.pair.state(self.sim.now).fidelity()
            yield from timeout(self.sim, self._ask.hold * _TICK_PS)
            delivered.release()
            assert not delivered.held


APPS = {"keep": Keeper, "teleport": Teleporter, "stream": Taker}
