"""A routing policy of one's own: paths by what is promised on their links already."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import qsim
from hardware.link import Link
from hardware.node import QuantumNode
from protocols.flow import Request
from protocols.network.network_view import NetworkView


@qsim.register("routing", "least-loaded")
@dataclass(frozen=True)
class LeastLoaded(qsim.Declared):
    """Few hops over links that other flows leave alone; if that is refused, simply few hops."""

    aversion: Annotated[float, qsim.Param("hops that one promised memory is worth", ge=0)] = 1.0

    def route(self, request: Request, view: NetworkView) -> Iterator[Sequence[QuantumNode]]:
        """The path of least hops and load first, then that of least hops."""

        def hops(_link: Link) -> float:
            return 1.0

        def cost(link: Link) -> float:
            return 1.0 + self.aversion * view.load(link, request.start, request.end)

        ends = request.initiator, request.responder
        yield view.cheapest(*ends, cost)
        yield view.cheapest(*ends, hops)


def square(routing: object) -> qsim.Network:
    """Two ways from a to d, by b and by c; each router has memories for one flow."""
    net = qsim.Network(memory={"count": 2})
    net.add_node("a", memory={"count": 4}).add_nodes("b", "c").add_node("d", memory={"count": 4})
    for near, far in (("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")):
        net.add_link(near, far, "10 km")
    net.set_protocols(routing=routing)
    for _ in range(3):
        net.request("a", "d", start="1 ms", duration="0.2 s")
    return net


if __name__ == "__main__":
    for routing in ({"kind": "shortest-path", "weight": "hops"}, "least-loaded"):
        result = square(routing).run(duration="0.3 s", seed=1)
        name = routing if isinstance(routing, str) else routing["kind"]
        print(f"{name}: {result.completed} served, {result.rejected} refused")
        for flow in result.flows:
            print("  " + " - ".join(flow.path), flow.pairs > 0)
