"""Keys between nodes that share none, by way of nodes that do: trusted relays.

The initiator draws a key that it shares with the first relay and takes it as that of both ends. Each relay
sends it on under the one-time pad of a key that it shares with the next node: every hop uses up as many bits.
Every relay knows the key.

References:
    Salvail, Peev, Diamanti, Alléaume, Lütkenhaus, Länger, J. Comput. Secur. 18, 61 (2010).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from protocols.apps.base import App
from protocols.qkd.key_delivery import manager, shared
from qsim.errors import StateError, nearest
from qsim.model.rows import MetricRow
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.statistics import Tally
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.qkd.key_store import Key
    from qsim.model.check_context import CheckContext


@register("app", "key-relay")
@dataclass(frozen=True)
class KeyRelayApp(Declared):
    """Carries keys along a path of nodes, each of which makes keys with the next by other applications."""

    path: Annotated[tuple[str, ...], Param("nodes from one end to the other, at least three")]
    size: Annotated[int, Param("bits of a key", ge=8, le=2**20)] = 256
    keys: Annotated[int | None, Param("how many keys; left out, until the end of the run", ge=1)] = None
    poll: Annotated[float, Param("time after which to look again for keys of the links", unit="s", gt=0)] = (
        0.01
    )
    share: Annotated[
        float, Param("part of the key for applications that ask at the first node", ge=0, le=1)
    ] = 0.5

    def install(self, network: Network) -> KeyRelay:
        return KeyRelay(network, self)

    def check(self, context: CheckContext) -> Iterable[tuple[str, str]]:
        """Faults that only the whole scenario shows."""
        for name in self.path:
            if name not in context.nodes:
                yield "path", f"unknown node '{name}'{nearest(name, context.nodes)}"
        if len(self.path) < 3:
            yield "path", f"must name at least three nodes, got {len(self.path)}"
        if len(set(self.path)) < len(self.path):
            yield "path", "names a node twice"


@dataclass(slots=True)
class Carried:
    """A key on its way to the next node.

    Attributes:
        key: the application.
        number: of the key.
        drawn: identifier of the key that the sender has drawn for this hop.
        hidden: the key that is carried under it as a one-time pad; None where that is the key itself.
        asked: when the initiator drew it, ps.
    """

    key: KeyRelay
    number: int
    drawn: str
    hidden: NDArray[np.uint8] | None
    asked: int


@dataclass(slots=True)
class KeyArrived:
    """A key has arrived at the end of the path."""

    key: KeyRelay
    number: int


class KeyRelay(App):
    """A `KeyRelayApp` at work."""

    def __init__(self, network: Network, parameters: KeyRelayApp) -> None:
        super().__init__(network)
        self.parameters = parameters
        self.path: list[QuantumNode] = [network.node(name) for name in parameters.path]
        self._managers = network.context.keys
        self._label = f"key-relay {self.path[0].name}-{self.path[-1].name}"
        ends = self.path[0], self.path[-1]
        self._stores = shared(self._managers, ends, self._label, parameters.share)
        self._next: dict[Node, QuantumNode] = dict(pairwise(self.path))
        self._wait = to_ps(parameters.poll)
        self._begun = self._arrived = 0
        self._took = Tally()
        self._sent: dict[int, NDArray[np.uint8]] = {}
        self._queues: dict[Node, deque[tuple[int, NDArray[np.uint8], int]]] = {
            node: deque() for node in self.path[1:-1]
        }
        for node in self.path[1:]:
            node.on(Carried, self._on_carried, key=self)
        ends[0].on(KeyArrived, self._on_arrived, key=self)
        self.sim.post(0, self._look)

    @property
    def done(self) -> bool:
        wanted = self.parameters.keys
        return wanted is not None and self._arrived >= wanted

    def metrics(self) -> list[MetricRow]:
        """What has been carried."""
        elapsed = self.sim.now_s
        rate = self._arrived * self.parameters.size / elapsed if elapsed else None
        return [
            MetricRow(self._label, "keys carried", "1", self._arrived, None, None),
            MetricRow(self._label, "time on the way", "s", self._took.n, self._took.mean, self._took.sd),
            MetricRow(self._label, "key rate", "Hz", self._arrived, rate, None),
        ]

    def _look(self) -> None:
        """The initiator draws all the keys that it can, and looks again later."""
        first = self.path[0]
        while not self._all_begun:
            key = self._drawn(first)
            if key is None:
                self.sim.post(self._wait, self._look)
                return
            number, self._begun = self._begun, self._begun + 1
            self._sent[number] = key.bits
            first.send(self._next[first], Carried(self, number, key.id, None, self.sim.now))

    @property
    def _all_begun(self) -> bool:
        wanted = self.parameters.keys
        return wanted is not None and self._begun >= wanted

    def _drawn(self, node: QuantumNode) -> Key | None:
        """A key drawn for the next hop; None as long as there are too few bits.

        Raises:
            NetworkError: no application makes keys there.
        """
        there = self._next[node].name
        try:
            return manager(self._managers, node).draw(there, self.parameters.size)
        except StateError:
            return None

    def _on_carried(self, source: Node, message: Carried) -> None:
        node = self.path[[one.name for one in self.path].index(source.name) + 1]
        try:
            drawn = manager(self._managers, node).fetch(source.name, message.drawn)
        except StateError:
            # Its news, or its bits, come later than this message.
            self.sim.post(self._wait, self._on_carried, source, message)
            return
        bits = drawn.bits if message.hidden is None else message.hidden ^ drawn.bits
        if node is not self.path[-1]:
            self._queues[node].append((message.number, bits, message.asked))
            if len(self._queues[node]) == 1:
                self._pass_on(node)
            return
        self._stores[1].put(message.number, bits)
        self._took.add(to_s(self.sim.now - message.asked))
        node.send(self.path[0], KeyArrived(self, message.number))

    def _pass_on(self, node: QuantumNode) -> None:
        """A relay sends on what waits, as far as its keys go."""
        queue = self._queues[node]
        while queue:
            pad = self._drawn(node)
            if pad is None:
                self.sim.post(self._wait, self._pass_on, node)
                return
            number, bits, asked = queue.popleft()
            node.send(self._next[node], Carried(self, number, pad.id, bits ^ pad.bits, asked))

    def _on_arrived(self, _source: Node, message: KeyArrived) -> None:
        self._arrived += 1
        self._stores[0].put(message.number, self._sent.pop(message.number))
        self.network.stop_if_done()
