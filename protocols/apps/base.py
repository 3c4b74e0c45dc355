"""What applications have in common: owning flows and using up pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from qsim.registry import define_kind

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.flow import Fault, Flow, FlowOwner, Request
    from protocols.network.network_view import NetworkView
    from protocols.network.reservation_kind import NodeReservation
    from protocols.network.routing import Routing
    from protocols.node.stack import NodeStack
    from qsim.kernel import Simulator
    from qsim.model.rows import MetricRow, Row, Stall
    from qsim.model.specs import ScenarioSpec
    from qsim.quantum.pair import EntangledPair


class Network(Protocol):
    """What an application sees of the simulation, a `protocols.runtime.network.NetworkRuntime`.

    Attributes:
        sim: the simulator.
        horizon: end of the run, ps.
        context: what all protocols share.
        nodes: nodes by name, in order.
        stacks: protocol stack of each node.
        reservations: reservation protocol of each node.
        view: the network as routing sees it.
        scenario: what it was built of.
    """

    sim: Simulator
    horizon: int
    context: Context
    nodes: Mapping[str, QuantumNode]
    stacks: Mapping[Node, NodeStack]
    reservations: Mapping[QuantumNode, NodeReservation]
    view: NetworkView
    scenario: ScenarioSpec

    def node(self, name: str) -> QuantumNode:
        """A node by name.

        Raises:
            NetworkError: there is none of that name.
        """
        ...

    def earliest_start(
        self,
        initiator: QuantumNode,
        responder: QuantumNode,
        memories: int = 1,
        routing: Routing | None = None,
    ) -> int:
        """When a request issued now will have been confirmed by all of its preferred path, ps.

        Args:
            initiator, responder: its ends.
            memories: wanted at each end.
            routing: its own routing policy; None for that of the network.
        """
        ...

    def submit(self, request: Request, owner: FlowOwner) -> Flow:
        """Issue a request at its initiator; what becomes of it is told to the owner and recorded."""
        ...

    def finish(self, flow: Flow) -> None:
        """End a flow from its initiator before its window closes."""
        ...

    def delivered(self, flow: Flow, pair: EntangledPair, fidelity: float, used: tuple[int, int]) -> None:
        """Record that both ends of a flow, initiator and responder, have used a pair; when, in ps."""
        ...

    def note(self, text: str, like: Hashable = None) -> None:
        """Leave a sentence for the readers of the result.

        Args:
            text: the sentence.
            like: of several notes with the same value the first is told, with their number; left out, of
                those with the same text.
        """
        ...

    def stalled(self, stall: Stall) -> None:
        """Record something that can no longer progress."""
        ...

    def stop_if_done(self) -> None:
        """End the run if the scenario says so and no application wants anything more."""
        ...


class Application(Protocol):
    """The declared parameters of an application, registered under the kind "app"."""

    def install(self, network: Network) -> App | list[Any]:
        """Set the application up on a network: the object at work, an `App`, or several of them.

        A class that can tell the requests to come has a method ``workload(network)`` beside this, which gives
        them, or as many like them; the size of a run is estimated from that before it begins.
        """
        ...


define_kind("app", Application, "how-to/application.md")


@dataclass(slots=True)
class Enough:
    """The last of the pairs that you wanted has been used here."""

    app: App
    flow: Flow


class App:
    """Base of applications: counts the pairs of its flows and uses each up at once.

    A pair counts when both ends have used their halves, each at its own instant. Subclasses override `use` to
    do something with pairs, and `accepted`, `refused`, `ended` to act on what becomes of their requests.

    Attributes:
        keeps: whether both ends keep their halves, to use them together: the state of a pair is then that
            when the later end has it. Otherwise each half is measured as it comes, and decays until then.
    """

    keeps: ClassVar[bool] = False

    def __init__(self, network: Network) -> None:
        self.network = network
        self.sim = network.sim

    def accepted(self, flow: Flow) -> None:
        """The network will serve a request."""

    def refused(self, request: Request, at: QuantumNode) -> None:
        """A node could not promise its memories."""

    def ended(self, flow: Flow) -> None:
        """A flow is over at its initiator."""

    def broken(self, flow: Flow, fault: Fault) -> None:
        """Something on the path of a flow is at fault."""

    def resumed(self, flow: Flow) -> None:
        """Another flow serves the request of one that a fault has ended."""

    def lost(self, flow: Flow, memory: Memory) -> None:
        """A pair that is still held is about to be given up."""

    def deliver(self, flow: Flow, memory: Memory) -> None:
        """One end holds its half of an end-to-end pair."""
        pair = memory.pair
        assert pair is not None
        # The other end may have used its half already; a half that was lost on the way counts for nothing.
        valid = pair.taken is not None or pair.intact
        counted = valid and self.used(flow, memory)
        self.use(flow, memory, valid)
        node, initiator = memory.node, flow.request.initiator
        if node is initiator:
            if flow.complete_at is None or flow.complete_at is node:
                self.finish_if_satisfied(flow)
        elif counted and flow.complete_at is node:
            initiator.on(Enough, _on_enough)
            node.send(initiator, Enough(self, flow))

    def used(self, flow: Flow, memory: Memory, pair: EntangledPair | None = None) -> bool:
        """One end uses its half of a pair now; once both have, the pair counts.

        `deliver` says so of every half that it hands on. An application that uses a half later than it is
        handed over says so then.

        Args:
            flow: the flow.
            memory: the memory.
            pair: the pair as it was delivered, where the other end has operated on it since; left out, the
                one that the memory holds.

        Returns:
            Whether the pair counts now.
        """
        pair = pair or memory.pair
        assert pair is not None
        now, other = self.sim.now, pair.taken
        if other is None:
            pair.taken = now
            return False
        if self.keeps or other == now:
            state = pair.state(now)
        elif pair.first is memory:
            state = pair.state_at(now, other)
        else:
            state = pair.state_at(other, now)
        fidelity = state.fidelity()
        if not flow.count(fidelity, now, memory.node):
            return False
        if flow.errors is not None:
            flow.errors.add(state)
        used = (now, other) if memory.node is flow.request.initiator else (other, now)
        self.network.delivered(flow, pair, fidelity, used)
        return True

    def satisfied(self, flow: Flow) -> bool:
        """Whether the flow has given what was wanted; it is then ended at once."""
        return flow.satisfied

    def finish_if_satisfied(self, flow: Flow) -> None:
        """End a flow that has given what was wanted, from the initiator."""
        if flow.closed is None and self.satisfied(flow):
            self.network.finish(flow)

    @property
    def done(self) -> bool:
        """Whether the application wants nothing more of the network; endless traffic never does."""
        return False

    def metrics(self) -> list[MetricRow]:
        """What the application measured beside its flows; the default measures nothing."""
        return []

    def tables(self) -> Mapping[str, Sequence[Row]]:
        """Rows for tables of its own, by the name under which their class is registered; usually none."""
        return {}

    def use(self, flow: Flow, memory: Memory, valid: bool) -> None:
        """Use up one end's half; the default measures it away and frees the memory.

        Args:
            flow: the flow.
            memory: the memory with the half.
            valid: whether its partner has not been lost.
        """
        if flow.complete_at is memory.node:
            # The flow is about to end: the memory must not begin anything new.
            memory.clear()
        else:
            self.network.stacks[memory.node].resources.release(memory)


def _on_enough(_source: Node, message: Enough) -> None:
    """The initiator learns that the flow has given what was wanted."""
    flow = message.flow
    flow.complete_at = flow.request.initiator
    message.app.finish_if_satisfied(flow)
