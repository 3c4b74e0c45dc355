"""A swapping policy by fidelity and age: join the best pairs of either side, leave out what is too old."""

from dataclasses import dataclass
from typing import Annotated

import qsim
from protocols.entanglement.swapping_orders import AsapSwapping


@qsim.register("swapping", "best-and-freshest")
@dataclass(frozen=True)
class BestAndFreshest(AsapSwapping):
    """The pair of greatest fidelity on either side, of those that are fresh; otherwise wait."""

    oldest_age: Annotated[float, qsim.Param("greatest age of a pair that is swapped", unit="s", gt=0)] = 2e-3

    def choose(self, left, right):
        sides = [[memory for memory in side if memory.age <= self.oldest_age] for side in (left, right)]
        if not all(sides):
            return None
        best = [max(side, key=lambda memory: memory.fidelity) for side in sides]
        return best[0], best[1]


def chain(swapping, at_router=None):
    """Two unlike links into one router whose memories decay, and a cut-off for what nobody swaps in time."""
    net = qsim.Network(memory={"count": 12, "initial_fidelity": 0.98, "t2": "20 ms"})
    net.add_nodes("alice", "bob").add_node("router", swapping=at_router)
    net.add_link("alice", "router", "5 km").add_link("router", "bob", "25 km")
    net.set_protocols(swapping=swapping, cutoff={"kind": "age", "after": "8 ms"})
    net.request("alice", "bob", memories=6)
    return net


if __name__ == "__main__":
    fresh = {"kind": "best-and-freshest", "oldest_age": "1 ms"}
    for title, net in {
        "oldest pairs first": chain("asap"),
        "best and freshest": chain(fresh),
        "the same at the router alone": chain("asap", at_router=fresh),
    }.items():
        (flow,) = net.run(duration="2 s", seed=1).flows
        print(f"{title:28}  {flow.pairs:5} pairs, mean fidelity {flow.fidelity_mean:.4f}")
