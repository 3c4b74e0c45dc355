"""Pairs for scripts: a request whose pairs wait in a mailbox until somebody takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hardware.memory import MemoryState
from protocols.apps.base import App
from qsim.errors import SimulationError
from qsim.kernel import Mailbox, Wait
from qsim.units import parse, to_ps, to_s

if TYPE_CHECKING:
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Fault, Flow, Request
    from qsim.quantum.pair import EntangledPair
    from qsim.quantum.state import PairState


@dataclass(slots=True, eq=False, repr=False)
class DeliveredPair:
    """An end-to-end pair in the hands of a script; both ends hold their halves, corrected to Φ+.

    Attributes:
        pair: the pair.
        initiator_memory, responder_memory: where its halves are.
    """

    _stream: PairStream
    pair: EntangledPair
    initiator_memory: Memory
    responder_memory: Memory

    @property
    def held(self) -> bool:
        """Whether both halves are still there: false after `release`, a cut-off, or the end of the window."""
        return self.pair.intact

    def state(self) -> PairState:
        """The state now.

        Raises:
            SimulationError: the pair is no longer held.
        """
        if not self.held:
            raise SimulationError(
                "the pair is no longer held: it was released, or given up because of its age"
            )
        return self.pair.state(self._stream.sim.now)

    def fidelity(self) -> float:
        """Fidelity now, from the state.

        Raises:
            SimulationError: the pair is no longer held.
        """
        return self.state().fidelity()

    @property
    def age_s(self) -> float:
        """Time since the storage of the oldest half in it began, s."""
        return to_s(self._stream.sim.now - self.pair.born)

    def release(self) -> None:
        """Free both memories; they go back to work for the flow. Harmless when the pair is gone."""
        for memory in (self.initiator_memory, self.responder_memory):
            if memory.pair is self.pair and memory.state is MemoryState.HELD:
                self._stream.network.stacks[memory.node].resources.release(memory)


class PairStream(App):
    """The pairs of one request, one by one.

    Made by `NetworkRuntime.request`.

    Attributes:
        flow: the flow that serves the request, once it is accepted.
        rejected: the node that refused the request, if one did.
    """

    keeps: ClassVar[bool] = True

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.flow: Flow | None = None
        self.rejected: QuantumNode | None = None
        self._fault: Fault | None = None
        self._ready: Mailbox[DeliveredPair] = Mailbox(network.sim)
        self._halves: dict[int, Memory] = {}
        self._untaken: dict[int, DeliveredPair] = {}

    def next_pair(self, timeout: float | str | None = None) -> Wait[DeliveredPair]:
        """Wait for a pair that both ends hold: ``pair = yield from stream.next_pair(timeout="1 s")``.

        Args:
            timeout: s, or a string with a unit; None waits for ever.

        Raises:
            TimeoutExpired: no pair came in time.
        """
        until = None if timeout is None else self.sim.now + to_ps(parse(timeout, "s"))
        while True:
            delivered = yield from self._ready.receive(None if until is None else until - self.sim.now)
            self._untaken.pop(delivered.pair.id, None)
            # A pair that was given up at this very instant is no pair.
            if delivered.held:
                return delivered

    @property
    def done(self) -> bool:
        """Whether no more pairs will come: the request was refused, or its window is over."""
        return self.rejected is not None or (self.flow is not None and self.flow.closed is not None)

    def accepted(self, flow: Flow) -> None:
        self.flow = flow

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._fault = fault

    def resumed(self, flow: Flow) -> None:
        self.flow = flow

    def refused(self, request: Request, at: QuantumNode) -> None:
        self.rejected = at
        why = "too few free memories" if self._fault is None else self._fault.reason
        self.network.note(
            f"{at.name} refused the request {request.initiator.name}-{request.responder.name} of a script: "
            f"{why}; no pair of it will come",
            like=("refused", at.name, request.initiator.name, request.responder.name),
        )

    def use(self, flow: Flow, memory: Memory, valid: bool) -> None:
        pair = memory.pair
        if not valid or pair is None:
            super().use(flow, memory, valid)
            return
        memory.move(MemoryState.HELD)
        other = self._halves.pop(pair.id, None)
        if other is None:
            self._halves[pair.id] = memory
            return
        first, second = (memory, other) if memory.node is flow.request.initiator else (other, memory)
        delivered = self._untaken[pair.id] = DeliveredPair(self, pair, first, second)
        self._ready.put(delivered)

    def lost(self, flow: Flow, memory: Memory) -> None:
        if memory.pair is None:
            return
        self._halves.pop(memory.pair.id, None)
        untaken = self._untaken.pop(memory.pair.id, None)
        if untaken is not None:
            self._ready.discard(lambda one: one is untaken)
