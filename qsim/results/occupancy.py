"""How many memories of each node are reserved at any time, worked out from the windows of the flows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsim.model.outcome import RunOutcome
    from qsim.model.rows import FlowRow


@dataclass(frozen=True, slots=True)
class Occupancy:
    """The reserved memories of one node as a step function of time.

    Attributes:
        node: name of the node.
        memories: how many it has.
        times_s: where each step begins, ascending, seconds; the first is 0.
        reserved: memories reserved from there to the beginning of the next step.
        end_s: where the last step ends: the simulated time of the run.
    """

    node: str
    memories: int
    times_s: tuple[float, ...]
    reserved: tuple[int, ...]
    end_s: float

    @property
    def utilisation(self) -> float:
        """Share of memory-time that was reserved; 0 for a run that covered no time."""
        available = self.memories * self.end_s
        until = (*self.times_s[1:], self.end_s)
        steps = zip(self.reserved, self.times_s, until, strict=True)
        return (
            sum(reserved * (end - start) for reserved, start, end in steps) / available if available else 0.0
        )


def occupancy(result: RunOutcome) -> dict[str, Occupancy]:
    """The reserved memories of every node against time.

    The two ends of a flow hold as many memories as it reserved, nodes between them twice as many, for as long
    as its window lasts. This is exact for windows that run to their end. A flow that ends before its time
    frees its memories along the path as the news passes: nodes beyond the initiator then hold them longer, by
    the time that the message takes.

    Args:
        result: a run; its flows and its memories are looked at.

    Returns:
        A step function for each node that has a row among the memories, in their order.

    Example:
        >>> occupancy(result)["alice"].reserved  # doctest: +SKIP
        (0, 10, 0)
    """
    changes: dict[str, dict[float, int]] = {row.node: defaultdict(int, {0.0: 0}) for row in result.memories}
    for flow in (*result.flows, *result.unfinished):
        end = min(flow.end_s, result.simulated_s)
        if end <= flow.start_s:
            continue
        for node, count in held_by(flow).items():
            if node in changes:
                changes[node][flow.start_s] += count
                if end < result.simulated_s:
                    changes[node][end] -= count
    return {
        row.node: _summed(row.node, row.memories, changes[row.node], result.simulated_s)
        for row in result.memories
    }


def held_by(flow: FlowRow) -> dict[str, int]:
    """Memories that a flow holds in its window, at each node of its path."""
    ends = (flow.path[0], flow.path[-1])
    return {node: flow.memories if node in ends else 2 * flow.memories for node in flow.path}


def _summed(node: str, memories: int, changes: dict[float, int], end: float) -> Occupancy:
    times: list[float] = []
    reserved: list[int] = []
    level = 0
    for time in sorted(changes):
        level += changes[time]
        if not reserved or level != reserved[-1]:
            times.append(time)
            reserved.append(level)
    return Occupancy(node, memories, tuple(times), tuple(reserved), end)
