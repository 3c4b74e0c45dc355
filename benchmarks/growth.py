"""Costs that must not grow faster than the work: large networks against small ones, in one run.

A cost an event is compared between two sizes in turns, so that the speed of the machine drops out. What the
bounds are against is told in the table: they are goals of this project, not figures of another simulator.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from typing import Any, NamedTuple

from _harness import Report, fresh, peak_memory_mb, run, spread


class Made(NamedTuple):
    """CPU seconds from a document to an engine, peak memory in MB, and the links of the network."""

    seconds: float
    memory: float
    links: int


def made(topology: dict[str, Any]) -> Made:
    """Set up a network in this process."""
    import protocols.protocol_kinds
    from qsim.scenario import from_document

    del protocols
    began = time.process_time()
    scenario = from_document(
        {"run": {"duration": "1 s"}, "topology": topology, "defaults": {"memory": {"count": 2}}}
    )
    scenario.engine(seed=1)
    return Made(time.process_time() - began, peak_memory_mb(), len(scenario.links))


def on_grid(side: int) -> dict[str, Any]:
    """A hundred requests between random nodes of a grid, with memories for all of them.

    Paths are the longer the larger the grid is, and more of what happens is making them ready.
    """
    return _grid(side, _random_ends(side, 100))


def on_grid_as_busy(side: int) -> dict[str, Any]:
    """So many requests that on a small grid as many memories are at work as on the large one with a hundred.

    What is at work has to fit into the caches of the processor: with a hundred on a small grid it does.
    """
    return {**_grid(side, _random_ends(side, 500)), "defaults": {"memory": {"count": 400}}}


def on_grid_alike(side: int) -> dict[str, Any]:
    """The same, where all paths have twelve links: the same work whatever the size of the grid."""
    draws = random.Random(1)
    ends = []
    for _ in range(100):
        row, column, down = draws.randrange(side - 6), draws.randrange(side - 12), draws.randrange(7)
        ends.append([f"r{row}c{column}", f"r{row + down}c{column + 12 - down}"])
    return _grid(side, ends)


def _random_ends(side: int, requests: int) -> list[list[str]]:
    draws = random.Random(1)
    nodes = [f"r{row}c{column}" for row in range(side) for column in range(side)]
    return [draws.sample(nodes, 2) for _ in range(requests)]


def _grid(side: int, ends: list[list[str]]) -> dict[str, Any]:
    traffic = [
        {"kind": "request", "initiator": near, "responder": far, "start": "0.1 s"} for near, far in ends
    ]
    return {
        "run": {"duration": "0.2 s"},
        "topology": {"kind": "grid", "rows": side, "columns": side, "length": "20 km"},
        "defaults": {"memory": {"count": 100}},
        "traffic": traffic,
    }


def on_chain(memories: int) -> dict[str, Any]:
    """A chain whose middle swaps as soon as possible, with so many memories at work on each link."""
    window = {"start": "0.1 s", "duration": f"{20 / memories} s", "memories": memories}
    return {
        "run": {"duration": f"{0.1 + 20 / memories} s"},
        "topology": {"kind": "line", "nodes": 4, "length": "20 km"},
        "defaults": {"memory": {"count": 2 * memories}},
        "protocols": {"swapping": "asap"},
        "traffic": [{"kind": "request", "initiator": "n0", "responder": "n3", **window}],
    }


class Spent(NamedTuple):
    """Microseconds of CPU an event, and the events."""

    each: float
    events: int


def spent(document: dict[str, Any]) -> Spent:
    """Run a scenario in this process; setting it up does not count."""
    import protocols.protocol_kinds
    from qsim.scenario import from_document

    del protocols
    engine: Any = from_document(document).engine(seed=1)
    began = time.process_time()
    engine.run()
    return Spent((time.process_time() - began) / engine.sim.events * 1e6, engine.sim.events)


#: What is set up: topology, most CPU seconds, most MB.
NETWORKS = {
    "line of 100,000 nodes": ({"kind": "line", "nodes": 100_000, "length": "20 km"}, 12, 800),
    # Links reach as far as leaves eleven to a node; by the generator's own reach there would be 336.
    "random network (Waxman) of 10,000 nodes": (
        {"kind": "waxman", "nodes": 10_000, "size": "1000 km", "alpha": 0.0153},
        10,
        500,
    ),
}
#: What is run: documents of the small and of the large size, and most of the ratio of costs an event.
PAIRS = {
    "grid of 10,000 nodes to one of 400, 100 requests": ((on_grid, 20), (on_grid, 100), 1.3),
    "grid of 10,000 nodes to one of 400, as many memories at work": (
        (on_grid_as_busy, 20),
        (on_grid, 100),
        1.3,
    ),
    "grid of 10,000 nodes to one of 400, 100 requests over 12 links": (
        (on_grid_alike, 20),
        (on_grid_alike, 100),
        1.3,
    ),
    "400 memories to 10, swaps as soon as possible": ((on_chain, 10), (on_chain, 400), 1.3),
}


def fill(report: Report, options: argparse.Namespace) -> None:
    """Set up the networks, and run the pairs in turns."""
    repeats = 1 if options.quick else 3
    rows = []
    for name, (topology, seconds, memory) in NETWORKS.items():
        if options.quick:
            topology = {**topology, "nodes": topology["nodes"] // 10}
        tries = [fresh(made, topology) for _ in range(repeats)]
        rows.append([name, spread([each.seconds for each in tries]), tries[-1].memory, tries[-1].links])
        report.goal(f"set-up of a {name}", statistics.median(each.seconds for each in tries), seconds, "s")
        report.goal(f"memory of a {name}", tries[-1].memory, memory, "MB")
    report.say(f"CPU seconds from the document to the engine, {repeats} fresh processes each.")
    report.table(["network", "CPU s", "peak MB", "links"], rows)
    rows = []
    for name, (small, large, most) in PAIRS.items():
        documents = [make(size) for make, size in (small, large)]
        if options.quick:
            # Both begin to serve at 0.1 s.
            documents = [{**document, "run": {"duration": "0.102 s"}} for document in documents[:1] * 2]
        turns = [[fresh(spent, document) for document in documents] for _ in range(repeats)]
        ratio = statistics.median(second.each / first.each for first, second in turns)
        few, many = ([turn[place].each for turn in turns] for place in (0, 1))
        rows.append([name, spread(few), spread(many), ratio, turns[0][0].events, turns[0][1].events])
        report.goal(f"cost an event, {name}", ratio, most, "times")
    report.say("CPU microseconds an event, small and large in turns.")
    report.table(["sizes", "small", "large", "ratio", "events, small", "events, large"], rows)


if __name__ == "__main__":
    run("What grows with size", fill)
