"""The figures of a whole run: one number each, from the rows of its result.

They are what a sweep compares between runs. None of them depends on the clock of the computer, so that two
runs of one scenario with one seed agree in all of them.

Example:
    >>> RUN_METRICS["throughput_hz"].unit
    'Hz'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from qsim.errors import ResultError, nearest
from qsim.statistics import weighted_mean

if TYPE_CHECKING:
    from qsim.model.outcome import RunOutcome
    from qsim.model.rows import FlowRow, MetricRow


@dataclass(frozen=True, slots=True)
class RunMetric:
    """One figure of a run.

    Attributes:
        name: its name, which is also that of its column.
        unit: its SI unit; "1" for a pure number.
        doc: its meaning, without a full stop.
        value: takes it from a run; None for what applications measure.
        count: whether it is a whole number of things counted.
        least, most: what its mean cannot fall below or exceed; None where nothing is known.
    """

    name: str
    unit: str
    doc: str
    value: Callable[[RunOutcome], float | int | None] | None = field(default=None, compare=False, repr=False)
    count: bool = False
    least: float | None = None
    most: float | None = None

    def bounded(self, low: float, high: float) -> tuple[float, float]:
        """The ends of an interval of its mean, no further than the mean can be.

        Example:
            >>> RUN_METRICS["throughput_hz"].bounded(-3.0, 9.0), RUN_METRICS["utilisation"].bounded(0.9, 1.1)
            ((0.0, 9.0), (0.9, 1.0))
        """
        if self.least is not None:
            low = max(low, self.least)
        return low, high if self.most is None else min(high, self.most)


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _served(result: RunOutcome) -> tuple[FlowRow, ...]:
    return (*result.flows, *result.unfinished)


def _rate(flows: Iterable[FlowRow], result: RunOutcome) -> float | None:
    return sum(flow.pairs for flow in flows) / result.simulated_s if result.simulated_s > 0 else None


def _key_rate(result: RunOutcome) -> float | None:
    """None where no flow tells its key."""
    bits = [flow.pairs * flow.key_fraction for flow in _served(result) if flow.key_fraction is not None]
    return math.fsum(bits) / result.simulated_s if bits and result.simulated_s > 0 else None


def _count(name: str, doc: str, value: Callable[[RunOutcome], int]) -> RunMetric:
    return RunMetric(name, "1", doc, value, count=True, least=0.0)


_DEFINED: tuple[RunMetric, ...] = (
    _count(
        "completed",
        "flows served to their end, with all the pairs that they wanted",
        lambda result: result.completed,
    ),
    _count(
        "short",
        "flows that ended with fewer pairs than they wanted, or by a fault",
        lambda result: len(result.flows) - result.completed,
    ),
    _count("unfinished", "flows still open when the run ended", lambda result: len(result.unfinished)),
    _count(
        "stalled",
        "flows, finished or not, that could no longer progress at some time",
        lambda result: sum(flow.status == "stalled" for flow in _served(result)),
    ),
    _count("rejected", "reservation attempts that were turned down", lambda result: result.rejected),
    _count(
        "pairs",
        "pairs delivered to all flows, the unfinished ones included",
        lambda result: sum(flow.pairs for flow in _served(result)),
    ),
    RunMetric(
        "throughput_hz",
        "Hz",
        "pairs delivered to all flows, the unfinished ones included, per second of simulated time",
        lambda result: _rate(_served(result), result),
        least=0.0,
    ),
    RunMetric(
        "completed_throughput_hz",
        "Hz",
        "pairs delivered to finished flows per second of simulated time",
        lambda result: _rate(result.flows, result),
        least=0.0,
    ),
    RunMetric(
        "flow_throughput_hz",
        "Hz",
        "mean over the finished flows of their pairs per second of their own window; empty without one",
        lambda result: _mean([flow.throughput_hz for flow in result.flows]),
        least=0.0,
    ),
    RunMetric(
        "fidelity_mean",
        "1",
        "mean fidelity at delivery of all delivered pairs, each counting once; empty without pairs",
        lambda result: weighted_mean((flow.pairs, flow.fidelity_mean) for flow in _served(result)),
        least=0.0,
        most=1.0,
    ),
    RunMetric(
        "latency_mean_s",
        "s",
        "mean time from one delivery of a flow to its next, from the window's start for its first, each "
        "delivered pair counting once; empty without pairs",
        lambda result: weighted_mean((flow.pairs, flow.latency_mean_s) for flow in _served(result)),
        least=0.0,
    ),
    RunMetric(
        "wait_mean_s",
        "s",
        "mean over the finished flows of the time from when the request was asked for, or its stated start "
        "if that is later, to the start of its window; empty without one",
        lambda result: _mean([flow.wait_s for flow in result.flows]),
        least=0.0,
    ),
    RunMetric(
        "utilisation",
        "1",
        "share of memory-time that was reserved by the requests being served",
        lambda result: weighted_mean((row.memories, row.utilisation) for row in result.memories),
        least=0.0,
        most=1.0,
    ),
    RunMetric(
        "entangled",
        "1",
        "share of memory-time that held one half of a pair",
        lambda result: weighted_mean((row.memories, row.entangled) for row in result.memories),
        least=0.0,
        most=1.0,
    ),
    _count(
        "expired",
        "pairs dropped at any node because they grew too old",
        lambda result: sum(row.expired for row in result.memories),
    ),
    _count(
        "attempts",
        "entanglement attempts made on all links",
        lambda result: sum(row.attempts for row in result.links),
    ),
    _count(
        "heralds",
        "attempts on all links that were heralded as successful",
        lambda result: sum(row.heralds for row in result.links),
    ),
    _count("events", "kernel events run", lambda result: result.events),
)

_KEYS: tuple[RunMetric, ...] = (
    RunMetric(
        "error_z",
        "1",
        "share of unequal bits if both ends of all delivered pairs measured in Z",
        lambda result: weighted_mean((flow.pairs, flow.error_z) for flow in _served(result)),
    ),
    RunMetric(
        "error_x",
        "1",
        "the same in X",
        lambda result: weighted_mean((flow.pairs, flow.error_x) for flow in _served(result)),
    ),
    RunMetric(
        "key_fraction",
        "1",
        "secret bits per delivered pair of long keys, one for each flow: 1 - h(error_z) - h(error_x), or 0",
        lambda result: weighted_mean((flow.pairs, flow.key_fraction) for flow in _served(result)),
    ),
    RunMetric(
        "key_rate_hz",
        "Hz",
        "such secret bits of all flows per second of simulated time",
        _key_rate,
    ),
)

#: The figures that every run has, by name, in the order of their columns.
RUN_METRICS: Mapping[str, RunMetric] = MappingProxyType({metric.name: metric for metric in _DEFINED})
#: Those that runs have beside them which are told to say what key their pairs give (`run.error_rates`).
KEY_METRICS: Mapping[str, RunMetric] = MappingProxyType({metric.name: metric for metric in _KEYS})


def run_metrics(result: RunOutcome) -> dict[str, float | int | None]:
    """All figures of a run: `RUN_METRICS`, `KEY_METRICS` where told, then two for each measured quantity.

    A quantity that an application measured gives its mean, named ``"<application>: <quantity>"``, and the
    number of measurements, named the same with ``", n"`` behind it.

    Returns:
        Name and value; None where there is nothing to take a mean of.
    """
    figures: dict[str, float | int | None] = {
        metric.name: metric.value(result) for metric in _defined(result) if metric.value
    }
    for name, rows in _measured(result).items():
        figures[name] = weighted_mean((row.n, row.mean) for row in rows)
        figures[_number_of(name)] = sum(row.n for row in rows)
    return figures


def metric_value(result: RunOutcome, name: str) -> float | None:
    """One figure of a run, named as in `run_metrics`; None where there is nothing to take a mean of.

    Raises:
        ResultError: the run has no such figure.
    """
    figures = run_metrics(result)
    if name not in figures:
        raise ResultError(f"a run has no metric '{name}'{nearest(name, figures)}")
    value = figures[name]
    return None if value is None else float(value)


def described_metrics(results: Iterable[RunOutcome]) -> dict[str, RunMetric]:
    """The figures that at least one of some runs has, by name, those of applications last."""
    described = dict(RUN_METRICS)
    for result in results:
        described |= {metric.name: metric for metric in _defined(result)}
        for name, (row, *_) in _measured(result).items():
            if name not in described:
                described[name] = RunMetric(
                    name, row.unit, f"mean {row.metric}, measured by the application '{row.source}'"
                )
                described[_number_of(name)] = RunMetric(
                    _number_of(name),
                    "1",
                    f"how many times the application '{row.source}' measured {row.metric}",
                    count=True,
                    least=0.0,
                )
    return described


def _defined(result: RunOutcome) -> tuple[RunMetric, ...]:
    """The figures of a run that no application has measured."""
    told = any(flow.error_z is not None for flow in _served(result))
    return _DEFINED + _KEYS if told else _DEFINED


def _measured(result: RunOutcome) -> dict[str, list[MetricRow]]:
    found: dict[str, list[MetricRow]] = {}
    for row in result.metrics:
        found.setdefault(f"{row.source}: {row.metric}", []).append(row)
    return found


def _number_of(name: str) -> str:
    return f"{name}, n"
