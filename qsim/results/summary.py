"""Figures that follow from the rows of a result."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from qsim.results.rows import FlowRow, HopRow


def by_hops(flows: Iterable[FlowRow]) -> tuple[HopRow, ...]:
    """Summarise flows by the number of links on their paths, fewest first."""
    groups: dict[int, list[FlowRow]] = defaultdict(list)
    for flow in flows:
        groups[len(flow.path) - 1].append(flow)
    return tuple(_summary(hops, groups[hops]) for hops in sorted(groups))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def half_width(values: Sequence[float], confidence: float = 0.95) -> float | None:
    """Half width of the confidence interval of the mean of independent values.

    Args:
        values: the values.
        confidence: how often such an interval holds the true mean.

    Returns:
        Student's t times the standard error, or None for fewer than two values.

    Example:
        >>> round(half_width([1.0, 2.0, 3.0]), 3)
        2.484
    """
    count = len(values)
    if count < 2:
        return None
    from scipy.special import stdtrit

    centre = mean(values)
    variance = math.fsum((value - centre) ** 2 for value in values) / (count - 1)
    return float(stdtrit(count - 1, (1 + confidence) / 2)) * math.sqrt(variance / count)


def _summary(hops: int, flows: list[FlowRow]) -> HopRow:
    rates = [flow.throughput_hz for flow in flows]
    delivered = [(flow.pairs, flow.fidelity_mean) for flow in flows if flow.fidelity_mean is not None]
    weight = sum(pairs for pairs, _ in delivered)
    return HopRow(
        hops=hops,
        flows=len(flows),
        pairs=sum(flow.pairs for flow in flows),
        throughput_mean_hz=mean(rates),
        throughput_ci95_hz=half_width(rates),
        fidelity_mean=math.fsum(pairs * fidelity for pairs, fidelity in delivered) / weight
        if weight
        else None,
        wait_mean_s=mean([flow.wait_s for flow in flows]),
    )
