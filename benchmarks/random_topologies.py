"""The random topologies of MQNS: links that flows share, at growing size.

    python benchmarks/random_topologies.py [--sizes 16 32 64] [--seconds 3] [--seed 200]

Random connected graphs of n nodes and 1.25 n links of 30 km; 10 memories for each link at either end, which
all flows over it share (statistical multiplexing); swaps succeed with probability 1/2; pairs live 5 ms;
max(2, n/10) requests between nodes 2 to 5 links apart.

References:
    Abane et al., arXiv 2512.22937; usnistgov/mqns, examples/scalability_randomtopo.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

import networkx as nx

import qsim

#: Memories of each link at either end.
CAPACITY = 10


def graph_of(size: int, draws: random.Random) -> nx.Graph:
    """A connected random graph of so many nodes, with 1.25 times as many links."""
    while True:
        graph = nx.gnm_random_graph(size, 5 * size // 4, seed=draws.randrange(2**32))
        if nx.is_connected(graph):
            return graph


def requests_of(graph: nx.Graph, draws: random.Random) -> Iterator[tuple[int, int]]:
    """Ends of max(2, n/10) requests, 2 to 5 links apart."""
    far = dict(nx.all_pairs_shortest_path_length(graph))
    pairs = [(one, other) for one in graph for other in graph if one < other and 2 <= far[one][other] <= 5]
    yield from draws.sample(pairs, max(2, len(graph) // 10))


def network_of(size: int, seed: int) -> qsim.Network:
    """The scenario for one size and seed."""
    draws = random.Random(seed)
    graph = graph_of(size, draws)
    net = qsim.Network(
        memory={"efficiency": 0.95, "frequency": "1 MHz", "initial_fidelity": 0.99, "dephasing_time": "5 ms"},
        detector={"efficiency": 0.95},
        fibre={"attenuation": "0.2 dB/km"},
    )
    for node in graph:
        net.add_node(f"n{node}", memory={"count": CAPACITY * graph.degree(node)})
    for one, other in graph.edges:
        net.add_link(f"n{one}", f"n{other}", "30 km")
    net.set_protocols(
        swapping={"kind": "asap", "success_probability": 0.5},
        purification="none",
        cutoff={"kind": "age", "after": "5 ms"},
        routing={"kind": "shortest-path", "weight": "hops"},
        control={"kind": "continuous", "memories": CAPACITY, "idle": False},
    )
    for one, other in requests_of(graph, draws):
        net.request(f"n{one}", f"n{other}")
    return net


def main() -> None:
    """Run the sizes and print a row for each."""
    parser = argparse.ArgumentParser(description="MQNS's random topologies")
    parser.add_argument("--sizes", type=int, nargs="+", default=[16, 32, 64])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="the smallest size, for a moment")
    given = parser.parse_args()
    if given.quick:
        given.sizes, given.seconds = [16], 0.05
    print("## Random topologies of MQNS\n")
    print("| nodes | links | requests | pairs/s | fidelity | for nobody/s | events | CPU s per simulated s |")
    print("| ----- | ----- | -------- | ------- | -------- | ------------ | ------ | --------------------- |")
    for size in given.sizes:
        result = network_of(size, given.seed).run(duration=given.seconds, seed=given.seed)
        flows = (*result.flows, *result.unfinished)
        pairs = sum(flow.pairs for flow in flows)
        summed = sum(flow.pairs * flow.fidelity_mean for flow in flows if flow.pairs)
        lost = next(row.mean or 0.0 for row in result.metrics if row.metric == "halves of pairs for nobody")
        print(
            f"| {size} | {len(result.links)} | {len(flows)} | {pairs / given.seconds:.1f} "
            f"| {summed / max(pairs, 1):.4f} | {lost / given.seconds:.1f} | {result.events} "
            f"| {result.cpu_s / given.seconds:.2f} |"
        )


if __name__ == "__main__":
    main()
