"""Messages over channels that lose, repeat and reorder datagrams.

Every message travels as datagrams. `send` delivers it exactly once and in order, as TCP does: datagrams
between two nodes are numbered; the receiver acknowledges each one that comes, drops those that it has had,
and keeps those that are early; the sender repeats what has not been acknowledged in time. `signal` sends a
single datagram: it may be lost, and whoever waits for it needs a time-out of its own; the number still
keeps a repeated one from being taken twice.

Where parts of the network go down (`hardware.ways`), datagrams are lost with them. A message whose way is
closed is repeated until it opens; the repetitions that cannot arrive are not simulated one by one. A node
that goes down takes its connections with it: what they have not delivered is never delivered.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from qsim.units import to_ps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hardware.outages import Element
    from hardware.ways import Way, Ways
    from qsim.kernel import Handle, Simulator
    from qsim.model.specs import ClassicalSpec


class Place(Protocol):
    """What sends datagrams and receives messages, a `hardware.classical.Node`."""

    name: str

    def delay_to(self, other: Any) -> int:
        """Delay of a datagram to another place, ps."""
        ...

    def receive(self, source: Any, message: object) -> None:
        """Take a message that arrives."""
        ...

    def emit(self, event: str, **fields: Any) -> None:
        """Trace an event here."""
        ...

    def trace_sent(self, to: Any, message: object, delay: int) -> None:
        """Trace a datagram that is on its way, for so many ps."""
        ...


class Transport:
    """The datagrams of one classical network."""

    def __init__(self, sim: Simulator, channel: ClassicalSpec) -> None:
        self.sim = sim
        self.channel = channel
        self.jitter = to_ps(channel.jitter or 0.0)
        #: How long to wait for a single datagram, and for what answers it, after they are due, ps.
        self.patience = to_ps(channel.retransmission) + 4 * self.jitter
        self.ways: Ways | None = None
        self._connections: dict[tuple[Place, Place], _Connection] = {}
        self._signals: dict[tuple[Place, Place], _Signals] = {}

    def follow(self, ways: Ways) -> None:
        """Lose datagrams from now on with what is down on their ways."""
        self.ways = ways
        ways.watch(self._changed)

    def send(self, source: Place, target: Place, message: object) -> None:
        """Send a message that arrives once and in order, sooner or later; of a node that is down, nothing."""
        if self.ways is not None and self.ways.dead(source):
            return
        connection = self._connections.get((source, target))
        if connection is None:
            connection = self._connections[source, target] = _Connection(self, source, target)
        connection.send(message)

    def signal(self, source: Place, target: Place, message: object, link: object = None) -> None:
        """Send a message as one datagram, which may be lost; along the fibre of a link if one is given."""
        signals = self._signals.get((source, target))
        if signals is None:
            signals = self._signals[source, target] = _Signals(self, source, target)
        signals.send(message, link)

    def _changed(self, element: Element) -> None:
        """Something has gone down or come up."""
        if element.kind == "node" and element.down:
            for ends in [ends for ends in self._connections if element.nodes[0] in ends]:
                self._connections.pop(ends).close()
        elif not element.down:
            for connection in self._connections.values():
                connection.try_again()

    def under_way(self) -> Iterator[object]:
        """The messages sent by `send` that no handler has had yet."""
        for connection in self._connections.values():
            yield from connection.undelivered.values()


class _Channel:
    """One direction between two nodes: draws what becomes of each datagram."""

    def __init__(self, transport: Transport, source: Place, target: Place, use: str) -> None:
        self._transport = transport
        self._source = source
        self._target = target
        self._delay = source.delay_to(target)
        self._rng = transport.sim.stream("classical/" + source.name + ">" + target.name + use)

    @property
    def longest(self) -> int:
        """The longest that a datagram takes, ps."""
        return self._delay + self._transport.jitter

    @property
    def closed(self) -> bool:
        """Whether nothing can arrive now."""
        ways = self._transport.ways
        return ways is not None and ways.between(self._source, self._target) is None

    def post(self, message: object, link: object, arrive: Callable[..., None], *args: object) -> None:
        """Send a datagram, along a link or any way; `arrive` is called never, once or twice."""
        transport, rng = self._transport, self._rng
        sim, channel, ways = transport.sim, transport.channel, transport.ways
        lost = channel.loss > 0 and rng.random() < channel.loss
        copies = 2 if channel.duplication and rng.random() < channel.duplication else 1
        fastest, way = self._delay, None
        if ways is not None:
            source, target = self._source, self._target
            way = ways.between(source, target) if link is None else ways.along(source, target, link)
            fastest, lost = (fastest, True) if way is None else (way.delay, lost)
        if lost:
            self._lose(message)
            return
        for _ in range(copies):
            delay = fastest + (int(rng.random() * transport.jitter) if transport.jitter else 0)
            if sim.trace is not None:
                self._source.trace_sent(self._target, message, delay)
            if way is None or not way.crosses:
                sim.post(delay, arrive, *args)
            else:
                sim.post(delay, self._due, way, sim.now, message, arrive, args)

    def _due(
        self, way: Way, sent: int, message: object, arrive: Callable[..., None], args: tuple[object, ...]
    ) -> None:
        """A datagram would arrive now, if its way has been open all the time."""
        if way.lost_since(sent):
            self._lose(message)
        else:
            arrive(*args)

    def _lose(self, message: object) -> None:
        if self._transport.sim.trace is not None:
            self._source.emit("message_lost", message=type(message).__name__, to=self._target.name)


class _Connection:
    """Numbered messages from one node to another.

    Attributes:
        undelivered: messages that the receiver's handlers have not had, by number.
    """

    def __init__(self, transport: Transport, source: Place, target: Place) -> None:
        self._sim = transport.sim
        self._source = source
        self._hand_over = target.receive
        self._there = _Channel(transport, source, target, "")
        self._back = _Channel(transport, target, source, "/acknowledged")
        # Nobody knows of a loss before an acknowledgement is due.
        least = self._there.longest + self._back.longest + 1
        self._patience = max(to_ps(transport.channel.retransmission), least)
        self._sent = 0
        self._timers: dict[int, Handle] = {}
        # Messages that nothing can carry at present, by number, with when they were last sent.
        self._kept: dict[int, tuple[int, object]] = {}
        self._closed = False
        self._expected = 0
        self._early: dict[int, object] = {}
        self.undelivered: dict[int, object] = {}

    def send(self, message: object) -> None:
        number = self._sent
        self._sent += 1
        self.undelivered[number] = message
        self._transmit(number, message)

    def close(self) -> None:
        """One of the two nodes has lost the connection: nothing that is on its way arrives any more."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        for known in (self._timers, self._kept, self._early, self.undelivered):
            known.clear()

    def try_again(self) -> None:
        """Ways may have opened: messages that were kept go out when they are next repeated."""
        if not self._kept or self._there.closed or self._back.closed:
            return
        kept, self._kept = self._kept, {}
        for number, (last, message) in kept.items():
            wait = -(self._sim.now - last) % self._patience
            self._timers[number] = self._sim.schedule(wait, self._transmit, number, message)

    def _transmit(self, number: int, message: object) -> None:
        self._there.post(message, None, self._arrive, number, message)
        if self._there.closed or self._back.closed:
            self._timers.pop(number, None)
            self._kept[number] = self._sim.now, message
            return
        self._timers[number] = self._sim.schedule(self._patience, self._transmit, number, message)

    def _arrive(self, number: int, message: object) -> None:
        """At the receiver: acknowledge, and hand over all that is next in order."""
        if self._closed:
            return
        self._back.post(Acknowledgement(), None, self._acknowledged, number)
        if number >= self._expected:
            self._early[number] = message
        while self._expected in self._early:
            following = self._early.pop(self._expected)
            del self.undelivered[self._expected]
            self._expected += 1
            self._hand_over(self._source, following)

    def _acknowledged(self, number: int) -> None:
        """At the sender: there is no need to repeat this one."""
        timer = self._timers.pop(number, None)
        if timer is not None:
            timer.cancel()
        self._kept.pop(number, None)


class _Signals:
    """Single datagrams from one node to another, each taken once at the most."""

    def __init__(self, transport: Transport, source: Place, target: Place) -> None:
        self._sim = transport.sim
        self._source = source
        self._hand_over = target.receive
        self._channel = _Channel(transport, source, target, "/signals")
        self._sent = 0
        self._taken: set[int] = set()
        self._forget: deque[tuple[int, int]] = deque()

    def send(self, message: object, link: object = None) -> None:
        self._sent += 1
        self._channel.post(message, link, self._arrive, self._sent, message)

    def _arrive(self, number: int, message: Any) -> None:
        now = self._sim.now
        # A second copy comes no later than the longest delay after the first.
        while self._forget and self._forget[0][0] < now:
            self._taken.discard(self._forget.popleft()[1])
        if number in self._taken:
            return
        self._taken.add(number)
        self._forget.append((now + self._channel.longest, number))
        self._hand_over(self._source, message)


class Acknowledgement:
    """A datagram has come."""
