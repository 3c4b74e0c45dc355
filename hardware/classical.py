"""The classical network: nodes that exchange messages, and how long a message takes from one to another.

A delay is given for a pair of nodes, or follows from the shortest fibre path between them; it is worked out
when the first message is sent and remembered, so a network of N nodes holds no N² channels. Where channels
lose datagrams, `hardware.transport` carries the messages.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, log
from typing import TYPE_CHECKING, Any

from hardware.transport import Transport
from qsim.errors import NoRouteError, SimulationError
from qsim.units import to_ps

if TYPE_CHECKING:
    from hardware.ways import Ways
    from qsim.kernel import Simulator
    from qsim.model.specs import ClassicalSpec

Handler = Callable[["Node", Any], None]


class ClassicalNetwork:
    """Delays between all nodes of one simulation.

    Args:
        channel: what the channels have in common; those that it names are among `given`.
        given: propagation delays in seconds for ordered pairs of node names.
        distance: fibre distance in metres between two nodes, None where fibre does not connect them; called
            once for an ordered pair.
    """

    def __init__(
        self,
        sim: Simulator,
        channel: ClassicalSpec,
        given: Mapping[tuple[str, str], float],
        distance: Callable[[str, str], float | None],
    ) -> None:
        self._sim = sim
        self._given = dict(given)
        self._distance = distance
        self.channel = channel
        reliable = not (channel.loss or channel.duplication or channel.jitter)
        #: What carries messages over channels that are not to be relied on; None where they are.
        self.transport = None if reliable else Transport(sim, channel)
        #: The same for the messages of links.
        self.signals = self.transport if channel.links else None
        #: How messages go while parts of the network are down; None where nothing ever is.
        self.ways: Ways | None = None

    def fail_along(self, ways: Ways) -> None:
        """Let messages be lost from now on with what is down on their ways, and repeated."""
        self.ways = ways
        if self.transport is None:
            self.transport = Transport(self._sim, self.channel)
        self.transport.follow(ways)

    def connect(self, one: str, other: str, propagation: float) -> None:
        """State the propagation delay between two places, both ways, seconds."""
        self._given[one, other] = self._given[other, one] = propagation

    def delay_ps(self, source: str, target: str) -> int:
        """Delay of a message between two nodes, picoseconds.

        Raises:
            NoRouteError: no delay is given and no fibre path connects them.
        """
        return self._ps(self.propagation(source, target))

    def along_ps(self, length: float) -> int:
        """Delay of a message along so many metres of fibre, picoseconds."""
        return self._ps(length / self.channel.speed)

    def states(self, source: str, target: str) -> bool:
        """Whether the delay between two nodes is stated, rather than that of fibre."""
        return (source, target) in self._given

    def _ps(self, propagation: float) -> int:
        return to_ps(propagation + self.channel.processing + self.channel.transmission)

    def propagation(self, source: str, target: str) -> float:
        """Propagation delay between two nodes, seconds."""
        given = self._given.get((source, target))
        if given is not None:
            return given
        distance = self._distance(source, target)
        if distance is None:
            raise NoRouteError(f"no fibre path and no classical delay between '{source}' and '{target}'")
        return distance / self.channel.speed

    @cached_property
    def latest_ps(self) -> int:
        """What a message may take at the most beyond the delay of the fibre path, ps.

        The longest delay that is given, and what waiting for repetitions adds beyond the round trips.
        """
        channel = self.channel
        waits = to_ps(channel.retransmission + 2 * (channel.jitter or 0.0)) if self.transport else 0
        longest = max(self._given.values(), default=0.0)
        return to_ps(longest) + self.repetitions * waits

    @cached_property
    def repetitions(self) -> int:
        """How often a message is repeated at the most; one in 10^12 needs more."""
        loss = self.channel.loss
        return ceil(log(1e-12) / log(loss)) if loss else int(self.transport is not None)


class Node:
    """A place in the network that sends and receives classical messages.

    Attributes:
        sim: the simulator.
        name: unique name.
        awake: called with the node before the first message that nobody takes, so that somebody may; None
            for nothing.
    """

    def __init__(self, sim: Simulator, name: str, classical: ClassicalNetwork) -> None:
        self.awake: Callable[[Any], object] | None = None
        self.sim = sim
        self.name = name
        self._handlers: dict[type, Handler] = {}
        self._classical = classical
        self._delays: dict[Node, int] = {}

    def on(self, message: type, handler: Handler, key: Hashable = None) -> None:
        """Say who takes the messages of a type that arrive here.

        Args:
            message: the type.
            handler: called with the sender and the message.
            key: takes only messages whose attribute `key` equals it, so that several protocols or
                applications at one node can use one type; None takes all messages of the type.

        Raises:
            SimulationError: another handler takes these messages already.
        """
        known = self._handlers.get(message)
        if key is not None:
            if known is None:
                known = self._handlers[message] = _ByKey(self, message)
            if isinstance(known, _ByKey):
                known = known.handlers.setdefault(key, handler)
        elif known is None:
            known = self._handlers[message] = handler
        if known != handler:
            keyed = isinstance(known, _ByKey)
            taken = "handlers by key" if keyed else f"`{_name(known)}`"
            raise SimulationError(
                f"node '{self.name}': {message.__name__} goes to {taken} already, so `{_name(handler)}` "
                f"cannot take {'all of them' if keyed else 'it too'}; give the messages an attribute `key`, "
                "and each handler a key of its own"
            )

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

    @property
    def signals(self) -> Transport | None:
        """What carries the messages of links where they may be lost; None where they never are."""
        return self._classical.signals

    @property
    def repetitions(self) -> int:
        """How often a message is repeated at the most, each time a round trip later or more."""
        return self._classical.repetitions

    def send(self, to: Node, message: object) -> None:
        """Send a classical message; `to` receives it one channel delay later, or more where some are lost."""
        sim = self.sim
        if self._classical.transport is not None:
            self._classical.transport.send(self, to, message)
            return
        delay = self._delays.get(to)
        if delay is None:
            delay = self.delay_to(to)
        if sim.trace is not None:
            self.trace_sent(to, message, delay)
        sim.post(delay, to.receive, self, message)

    def signal(self, to: Node, message: object) -> None:
        """Send a message that belongs to one link: a hand-shake between its ends or an announcement.

        Such messages keep time with the light, over a channel that loses nothing; at attempt detail, where
        they are not sent one by one, the link counts on that too. With `classical.links` each is one datagram
        of the classical network, which may be lost.
        """
        if self._classical.signals is not None:
            self._classical.signals.signal(self, to, message)
            return
        delay = self.delay_to(to)
        if self.sim.trace is not None:
            self.trace_sent(to, message, delay)
        self.sim.post(delay, to.receive, self, message)

    def datagram(self, to: Node, message: object, link: object = None) -> None:
        """Send a message that nobody repeats: it is lost with what is down on its way, or by the channel.

        Args:
            to: the receiver.
            message: the message.
            link: the link at work whose fibre it keeps to, as a hello does; None for the best way there is.
        """
        transport = self._classical.transport
        if transport is not None:
            transport.signal(self, to, message, link)
            return
        delay = self.delay_to(to)
        self.trace_sent(to, message, delay)
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
        handler = self._handlers.get(kind)
        if handler is None:
            handler = self._found(kind)
            if handler is None:
                raise SimulationError(
                    f"node '{self.name}' has no handler for {kind.__name__} from '{source.name}'"
                )
        handler(source, message)

    def _found(self, message: type) -> Handler | None:
        """Look further for who takes the messages of a type."""
        if self.awake is None:
            return None
        awake, self.awake = self.awake, None
        awake(self)
        return self._handlers.get(message)

    def emit(self, event: str, **fields: Any) -> None:
        """Trace an event at this node; asked for only where there is a trace."""
        assert self.sim.trace is not None
        self.sim.trace.emit(self.sim.now, event, self.name, **fields)

    def trace_sent(self, to: Node, message: object, delay: int) -> None:
        """Trace a message that is on its way, for so many ps."""
        sim = self.sim
        if sim.trace is not None:
            kind = type(message).__name__
            arrives = sim.now + delay
            sim.trace.emit(sim.now, "message_sent", self.name, message=kind, to=to.name, arrives_ps=arrives)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


@dataclass(slots=True)
class _ByKey:
    """Hands messages of one type to the handler of their key."""

    node: Node
    message: type
    handlers: dict[Hashable, Handler] = field(default_factory=dict)

    def __call__(self, source: Node, message: Any) -> None:
        if not hasattr(message, "key"):
            raise SimulationError(
                f"node '{self.node.name}' takes {self.message.__name__} by key, and one from '{source.name}' "
                "has no attribute `key`"
            )
        handler = self.handlers.get(message.key)
        if handler is None:
            raise SimulationError(
                f"node '{self.node.name}' has no handler for {self.message.__name__} of key {message.key!r} "
                f"from '{source.name}'"
            )
        handler(source, message)


def _name(handler: Handler) -> str:
    return getattr(handler, "__qualname__", repr(handler))
