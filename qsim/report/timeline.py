"""The timeline of a run as data of the page: reserved memories and the windows of the flows."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qsim.model.pair_table import PairTable
from qsim.results.number_text import count
from qsim.results.occupancy import occupancy

if TYPE_CHECKING:
    from qsim.model.rows import FlowRow
    from qsim.results import Result
    from qsim.results.occupancy import Occupancy

#: Steps of all nodes together beyond which the timeline keeps the state at even times only.
MOST_STEPS = 150_000
#: Flows kept, and nodes on their paths together.
MOST_FLOWS, MOST_HOPS = 4000, 300_000
#: Spans of the run for which delivered pairs are told, and at least.
_SPANS, _LEAST_SPANS = 250, 20
#: Instants at least that a thinned timeline shows.
_LEAST_INSTANTS = 100


def timeline(result: Result, numbers: Mapping[str, int]) -> tuple[dict[str, Any], list[str]]:
    """The timeline, and what was shortened, one sentence each.

    Args:
        result: a run.
        numbers: the number of each node by its name.
    """
    held = occupancy(result)
    total = sum(len(steps.times_s) for steps in held.values())
    remarks = []
    kept = _steps(held, numbers)
    if total > MOST_STEPS:
        instants = max(_LEAST_INSTANTS, MOST_STEPS // max(len(held), 1))
        kept = [_at_instants(steps, result.simulated_s, instants) for steps in kept]
        remarks.append(
            f"Reserved memories are shown at {instants} even times of the run, since they change "
            f"{total} times; the flows of the stored result have every change."
        )
    flows = (*result.flows, *result.unfinished)
    shown = _affordable(flows)
    if shown < len(flows):
        remarks.append(
            f"The timeline has the first {shown} of {count(len(flows), 'flow')}; reserved memories count "
            "them all, and the stored result has them all."
        )
    data = {
        "delivered": _delivered(result, flows[:shown]),
        "steps": [{"times": times, "reserved": reserved} for times, reserved in kept],
        "total": dict(zip(("times", "reserved"), _sum(kept), strict=True)),
        "memories": sum(row.memories for row in result.memories),
        "flows": [_flow(flow, numbers) for flow in flows[:shown]],
        "busiest": _busiest(flows[:shown]),
        "about": f"Reserved memories over the run, and the windows of {count(shown, 'flow')}",
    }
    return data, remarks


def _steps(held: Mapping[str, Occupancy], numbers: Mapping[str, int]) -> list[tuple[list[float], list[int]]]:
    """Times and levels of each node, in the order of the page; a node that has no row has one step of 0."""
    kept = {node: (list(steps.times_s), list(steps.reserved)) for node, steps in held.items()}
    return [kept.get(name, ([0.0], [0])) for name in numbers]


def _at_instants(
    steps: tuple[list[float], list[int]], end: float, instants: int
) -> tuple[list[float], list[int]]:
    times, reserved = steps
    kept: tuple[list[float], list[int]] = ([], [])
    for number in range(instants + 1):
        time = end * number / instants
        level = reserved[bisect.bisect_right(times, time) - 1]
        if not kept[1] or level != kept[1][-1]:
            kept[0].append(time)
            kept[1].append(level)
    return kept


def _sum(steps: Sequence[tuple[list[float], list[int]]]) -> tuple[list[float], list[int]]:
    """The steps of all nodes together."""
    changes: dict[float, int] = defaultdict(int)
    for times, reserved in steps:
        for time, change in zip(times, (b - a for a, b in pairwise((0, *reserved))), strict=True):
            changes[time] += change
    times, levels, level = [], [], 0
    for time in sorted(changes):
        level += changes[time]
        times.append(time)
        levels.append(level)
    return times, levels


def _affordable(flows: Sequence[FlowRow]) -> int:
    hops = 0
    for number, flow in enumerate(flows):
        hops += len(flow.path)
        if number >= MOST_FLOWS or hops > MOST_HOPS:
            return number
    return len(flows)


def _flow(flow: FlowRow, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "start": flow.start_s,
        "end": flow.end_s,
        "memories": flow.memories,
        "path": [numbers[node] for node in flow.path if node in numbers],
        **({"fault": flow.fault} if flow.fault else {}),
    }


def _delivered(result: Result, flows: Sequence[FlowRow]) -> dict[str, Any] | None:
    """Pairs delivered to each flow in each of many spans of the run, and their mean fidelity.

    Returns:
        How many spans; for each flow its spans that have pairs, their numbers of pairs and mean fidelities;
        and the most pairs that any link sees in a span. None where the run recorded no pairs.
    """
    import numpy as np

    if not len(result.pairs):
        return None
    spans = max(_LEAST_SPANS, min(_SPANS, MOST_STEPS // max(len(flows), 1)))
    pairs = PairTable.of(result.pairs)
    keys = np.minimum((pairs.column("time_s") / (result.simulated_s or 1.0) * spans).astype(int), spans - 1)
    keys += pairs.column("flow") * spans
    counts = np.bincount(keys)
    (known,) = np.nonzero(counts)
    counts = counts[known]
    means = np.bincount(keys, weights=pairs.column("fidelity"))[known] / counts
    found: list[list[list[float]]] = [[[], [], []] for _ in flows]
    for key, count_, mean in zip(known.tolist(), counts.tolist(), means.tolist(), strict=True):
        number, span = divmod(key, spans)
        if number < len(flows):
            for column, value in zip(found[number], (span, count_, round(mean, 5)), strict=True):
                column.append(value)
    return {"spans": spans, "flows": found, "most": _most(flows, found)}


def _most(flows: Sequence[FlowRow], found: Sequence[Sequence[Sequence[float]]]) -> float:
    """Most pairs delivered over one link in one span; 1 at least, to be divided by."""
    sums: dict[tuple[frozenset[str], float], float] = defaultdict(float)
    for flow, (spans, counts, _) in zip(flows, found, strict=True):
        for hop in map(frozenset, pairwise(flow.path)):
            for span, amount in zip(spans, counts, strict=True):
                sums[hop, span] += amount
    return max(sums.values(), default=1)


def _busiest(flows: Sequence[FlowRow]) -> int:
    """Most flows under way over one link at one time; 1 at least, to be divided by."""
    changes: dict[frozenset[str], list[tuple[float, int]]] = defaultdict(list)
    for flow in flows:
        for hop in pairwise(flow.path):
            changes[frozenset(hop)] += [(flow.start_s, 1), (flow.end_s, -1)]
    most = 1
    for steps in changes.values():
        level = 0
        for _, change in sorted(steps):
            level += change
            most = max(most, level)
    return most
