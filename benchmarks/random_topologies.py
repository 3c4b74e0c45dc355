"""The random topologies of MQNS: links that flows share, at growing size.

    python benchmarks/random_topologies.py [--sizes 16 32 64 128 256] [--seconds 3] [--seed 200] [--seeds 5]

Random trees of n nodes with n/4 links more, all of 30 km; 10 memories for each link at either end, which
all flows over it share (statistical multiplexing); swaps succeed with probability 1/2; pairs live 5 ms;
max(2, n/10) requests between nodes 2 to 5 links apart.

References:
    Abane et al., arXiv 2512.22937; usnistgov/mqns, examples/scalability_randomtopo.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator

import networkx as nx
from _harness import Report, run

import qsim
from qsim.statistics import half_width

#: Memories of each link at either end.
CAPACITY = 10
#: What is told of each size, and how it is written.
FIGURES = {
    "served": ".0%",
    "pairs": ".1f",
    "fidelity": ".4f",
    "for nobody": ".0f",
    "events": ",.0f",
    "CPU s": ".2f",
}


def graph_of(size: int, draws: random.Random) -> nx.Graph:
    """A connected random graph of so many nodes, with 1.25 times as many links.

    Each node is joined to one of those before it; what is missing are links between any two that have none.
    """
    graph = nx.Graph([(node, draws.randrange(node)) for node in range(1, size)])
    while graph.number_of_edges() < 5 * size // 4:
        graph.add_edge(*draws.sample(range(size), 2))
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


def figures_of(size: int, seed: int, seconds: float) -> dict[str, float]:
    """What is measured in one run: sums over all flows, by simulated second."""
    result = network_of(size, seed).run(duration=seconds, seed=seed)
    flows = (*result.flows, *result.unfinished)
    pairs = sum(flow.pairs for flow in flows)
    summed = sum(flow.pairs * flow.fidelity_mean for flow in flows if flow.pairs)
    lost = next(row.mean or 0.0 for row in result.metrics if row.metric == "halves of pairs for nobody")
    return {
        "pairs": pairs / seconds,
        "served": sum(flow.pairs > 0 for flow in flows) / len(flows),
        "fidelity": summed / pairs if pairs else math.nan,
        "for nobody": lost / seconds,
        "events": result.events / seconds,
        "CPU s": result.cpu_s / seconds,
    }


def fill(report: Report, options: argparse.Namespace) -> None:
    """Run the sizes, and give a row for each."""
    sizes, seconds, seeds = options.sizes, options.seconds, options.seeds
    if options.quick:
        sizes, seconds, seeds = [16], 0.05, 2
    report.say(
        f"{seeds} graphs of each size, {seconds:g} s each; means, half of their 95 % intervals (Student). "
        "Pairs, pairs that were for nobody, events and CPU seconds are by simulated second."
    )
    rows = []
    for size in sizes:
        runs = [figures_of(size, options.seed + place, seconds) for place in range(seeds)]
        rows.append(
            [
                size,
                5 * size // 4,
                max(2, size // 10),
                *(_with_interval([run[name] for run in runs], form) for name, form in FIGURES.items()),
            ]
        )
    report.table(["nodes", "links", "requests", *FIGURES], rows)


def _with_interval(values: list[float], form: str) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "none"
    half = half_width(known)
    mean = format(sum(known) / len(known), form)
    return mean if half is None else f"{mean} ± {format(half, form)}"


if __name__ == "__main__":
    run(
        "Random topologies of MQNS",
        fill,
        (
            "--sizes",
            {"type": int, "nargs": "+", "default": [16, 32, 64, 128, 256], "help": "nodes"},
        ),
        ("--seconds", {"type": float, "default": 3.0, "help": "simulated, of each run (3)"}),
        ("--seed", {"type": int, "default": 200, "help": "the first (200)"}),
        ("--seeds", {"type": int, "default": 5, "help": "how many, each another graph (5)"}),
    )
