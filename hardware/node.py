"""Nodes: where memories live and messages arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hardware.memory import Memory
from qsim.errors import SimulationError

if TYPE_CHECKING:
    from hardware.classical import ClassicalNetwork
    from hardware.memory import AtomicMemory
    from qsim.kernel import Simulator


class Node:
    """A place in the network that sends and receives classical messages.

    Attributes:
        sim: the simulator.
        name: unique name.
        handlers: for each type of message, what is called with the sender and the message.
    """

    def __init__(self, sim: Simulator, name: str, classical: ClassicalNetwork) -> None:
        self.sim = sim
        self.name = name
        self.handlers: dict[type, Callable[[Node, Any], None]] = {}
        self._classical = classical
        self._delays: dict[Node, int] = {}

    def delay_to(self, other: Node) -> int:
        """Delay of a classical message to another node, picoseconds."""
        delay = self._delays.get(other)
        if delay is None:
            delay = self._delays[other] = self._classical.delay_ps(self.name, other.name)
        return delay

    @property
    def latest_ps(self) -> int:
        """What a message may take at the most beyond the delay of the fibre path, picoseconds."""
        return self._classical.latest_ps

    def send(self, to: Node, message: object) -> None:
        """Send a classical message; `to` receives it one channel delay later."""
        sim = self.sim
        delay = self._delays.get(to)
        if delay is None:
            delay = self.delay_to(to)
        if self._classical.lossy:
            delay = self._classical.delay_with_losses(self, to, delay)
        if sim.trace is not None:
            self._trace(to, message, delay)
        sim.post(delay, to.receive, self, message)

    def signal(self, to: Node, message: object) -> None:
        """Send a message that belongs to one link: a hand-shake between its ends or an announcement.

        Such messages keep time with the light, over a channel that loses nothing; at attempt detail, where
        they are not sent one by one, the link counts on that too.
        """
        delay = self.delay_to(to)
        if self.sim.trace is not None:
            self._trace(to, message, delay)
        self.sim.post(delay, to.receive, self, message)

    def receive(self, source: Node, message: object) -> None:
        """Take a message that arrives, and hand it to the handler of its type.

        Raises:
            SimulationError: nobody at this node handles such messages.
        """
        sim = self.sim
        kind = type(message)
        if sim.trace is not None:
            sim.trace.emit(
                sim.now, "message_received", self.name, message=kind.__name__, **{"from": source.name}
            )
        handler = self.handlers.get(kind)
        if handler is None:
            raise SimulationError(
                f"node '{self.name}' has no handler for {kind.__name__} from '{source.name}'"
            )
        handler(source, message)

    def _trace(self, to: Node, message: object, delay: int) -> None:
        sim = self.sim
        assert sim.trace is not None
        kind = type(message).__name__
        sim.trace.emit(
            sim.now, "message_sent", self.name, message=kind, to=to.name, arrives_ps=sim.now + delay
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class QuantumNode(Node):
    """A node with memories.

    Attributes:
        model: parameters of the memories.
        memories: the memories, in order.
        index: position of the node in its network.
        expired: pairs given up here because of their age.
        reserved_ps: summed time for which memories have served flows, ps.
    """

    def __init__(
        self, sim: Simulator, name: str, classical: ClassicalNetwork, model: AtomicMemory, index: int
    ) -> None:
        super().__init__(sim, name, classical)
        noise = model.noise()
        self.model = model
        self.index = index
        self.memories = [Memory(self, position, noise) for position in range(model.count)]
        self.expired = 0
        self.reserved_ps = 0

    #: Whether other nodes' entanglement may be routed through.
    relays = True


class Router(QuantumNode):
    """A node that swaps: a quantum repeater."""


class EndNode(QuantumNode):
    """A node that only begins or ends entanglement."""

    relays = False
