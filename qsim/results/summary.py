"""Figures that follow from the rows of a result."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from qsim.results.rows import FlowRow, HopRow

#: The 97.5 % quantile of the normal distribution.
_Z = 1.959963984540054


def by_hops(flows: Iterable[FlowRow]) -> tuple[HopRow, ...]:
    """Summarise flows by the number of links on their paths, fewest first."""
    groups: dict[int, list[FlowRow]] = defaultdict(list)
    for flow in flows:
        groups[len(flow.path) - 1].append(flow)
    return tuple(_summary(hops, groups[hops]) for hops in sorted(groups))


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def half_width(values: Sequence[float]) -> float | None:
    """Half width of the 95 % confidence interval of the mean of independent values.

    Returns:
        Student's t times the standard error, or None for fewer than two values.

    Example:
        >>> round(half_width([1.0, 2.0, 3.0]), 3)
        2.484
    """
    count = len(values)
    if count < 2:
        return None
    centre = mean(values)
    variance = math.fsum((value - centre) ** 2 for value in values) / (count - 1)
    return student_t(count - 1) * math.sqrt(variance / count)


def student_t(degrees: int) -> float:
    """The 97.5 % quantile of Student's t distribution, to within 0.2 % of its value.

    Closed forms serve one and two degrees of freedom, an expansion in 1/degrees the rest. SciPy has the exact
    function, but loading it takes longer than most runs.

    Args:
        degrees: degrees of freedom, at least 1.

    References:
        Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.5.
    """
    if degrees == 1:
        return math.tan(0.475 * math.pi)
    if degrees == 2:
        return 0.95 * math.sqrt(2.0 / (1.0 - 0.95**2))
    z, square = _Z, _Z * _Z
    terms = (
        (square + 1) / 4,
        (5 * square**2 + 16 * square + 3) / 96,
        (3 * square**3 + 19 * square**2 + 17 * square - 15) / 384,
        (79 * square**4 + 776 * square**3 + 1482 * square**2 - 1920 * square - 945) / 92160,
    )
    return z * (1.0 + math.fsum(term / degrees**power for power, term in enumerate(terms, start=1)))


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
