"""An application of one's own whose two ends exchange messages: sifting for quantum key distribution."""

from dataclasses import dataclass

import qsim
from hardware.classical import Node
from hardware.memory import Memory
from protocols.apps.base import Network
from protocols.apps.request import RequestApp, RequestRunner
from protocols.flow import Flow
from qsim.model.rows import MetricRow


@qsim.register("app", "sifting")
@dataclass(frozen=True)
class Sifting(RequestApp):
    """Both ends measure every pair in one of two bases at random, and keep it where the bases agree."""

    def install(self, network: Network) -> "SiftingRunner":
        """Set the application up on a network."""
        return SiftingRunner(network, self)


@dataclass(slots=True)
class Basis:
    """The responder has measured its half of a pair in this basis."""

    key: "SiftingRunner"
    pair: int
    basis: int


@dataclass(slots=True)
class Verdict:
    """The initiator has compared the bases of a pair."""

    key: "SiftingRunner"
    kept: bool


class SiftingRunner(RequestRunner):
    """A `Sifting` at work.

    Attributes:
        compared: pairs measured at both ends.
        kept: those measured in one basis, as each end counts them.
    """

    def __init__(self, network: Network, parameters: Sifting) -> None:
        super().__init__(network, parameters)
        self.initiator = network.node(parameters.initiator)
        self.responder = network.node(parameters.responder)
        self.compared = 0
        self.kept = {self.initiator: 0, self.responder: 0}
        self._measured: dict[int, int] = {}
        self._early: dict[int, int] = {}
        # The key tells the messages of this application from those of another between the same nodes.
        self.initiator.on(Basis, self.on_basis, key=self)
        self.responder.on(Verdict, self.on_verdict, key=self)

    def use(self, flow: Flow, memory: Memory, valid: bool) -> None:
        """Measure one half, then let go of it as the base class does."""
        if valid:
            here = memory.node
            basis = self.sim.stream(f"sifting/{here.name}").randrange(2)
            if here is self.responder:
                here.send(self.initiator, Basis(self, memory.pair_id, basis))
            elif memory.pair_id in self._early:
                self._compare(basis, self._early.pop(memory.pair_id))
            else:
                self._measured[memory.pair_id] = basis
        super().use(flow, memory, valid)

    def on_basis(self, _source: Node, message: Basis) -> None:
        """The initiator hears of the other end's basis, maybe before its own half is there."""
        if message.pair in self._measured:
            self._compare(self._measured.pop(message.pair), message.basis)
        else:
            self._early[message.pair] = message.basis

    def on_verdict(self, _source: Node, message: Verdict) -> None:
        """The responder learns whether a pair counts."""
        self.kept[self.responder] += message.kept

    def metrics(self) -> list[MetricRow]:
        """What is in the table of metrics of a result."""
        source = f"sifting {self.initiator.name}-{self.responder.name}"
        rows = [MetricRow(source, "compared", "1", self.compared, None, None)]
        for node, kept in self.kept.items():
            rows.append(MetricRow(source, f"kept by {node.name}", "1", kept, None, None))
        return rows

    def _compare(self, mine: int, theirs: int) -> None:
        self.compared += 1
        kept = mine == theirs
        self.kept[self.initiator] += kept
        self.initiator.send(self.responder, Verdict(self, kept))


if __name__ == "__main__":
    net = qsim.Network(memory={"count": 4})
    net.add_nodes("alice", "router", "bob")
    net.add_link("alice", "router", "5 km").add_link("router", "bob", "5 km")
    for wanted in (400, 300):
        net.add_traffic("sifting", initiator="alice", responder="bob", pairs=wanted)
    for row in net.run(duration="2 s", seed=1).metrics:
        print(f"{row.source}, {row.metric}: {row.n}")
