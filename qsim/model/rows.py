"""The rows of a result: one dataclass for each table, fields in column order, with meanings and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NamedTuple


class Cell(NamedTuple):
    """What the cells of a column say.

    Attributes:
        doc: meaning, without a full stop.
        unit: SI unit; "1" for a pure number, None for text and for numbers whose unit their row tells.
    """

    doc: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One reservation that was served."""

    initiator: Annotated[str, Cell("names of the two ends")]
    responder: Annotated[str, Cell("names of the two ends")]
    path: Annotated[tuple[str, ...], Cell("names of all nodes from initiator to responder")]
    start_s: Annotated[float, Cell("the time window served, seconds of simulated time", "s")]
    end_s: Annotated[float, Cell("the time window served, seconds of simulated time", "s")]
    memories: Annotated[int, Cell("memories reserved at each end", "1")]
    target_fidelity: Annotated[float, Cell("least fidelity of a delivered pair", "1")]
    wait_s: Annotated[float, Cell("from the request's issue to the start of its window", "s")]
    pairs: Annotated[int, Cell("pairs delivered", "1")]
    throughput_hz: Annotated[float, Cell("pairs per second of the window", "Hz")]
    fidelity_mean: Annotated[
        float | None, Cell("mean fidelity of the delivered pairs at delivery; None when there were none", "1")
    ]
    latency_mean_s: Annotated[
        float | None,
        Cell(
            "mean time between deliveries, from the window's start; None when there were none",
            "s",
        ),
    ]
    status: Annotated[
        str,
        Cell(
            '"completed" when the window ended (or the request was satisfied) within the run, "open" '
            'when the run ended first, "stalled" when it could no longer progress'
        ),
    ]


@dataclass(frozen=True, slots=True)
class HopRow:
    """The served flows whose paths have the same number of links."""

    hops: Annotated[int, Cell("links on the path", "1")]
    flows: Annotated[int, Cell("how many flows there were", "1")]
    pairs: Annotated[int, Cell("pairs that they delivered together", "1")]
    throughput_mean_hz: Annotated[float, Cell("mean over the flows of their pairs per second", "Hz")]
    throughput_ci95_hz: Annotated[
        float | None,
        Cell(
            "half width of the 95 % confidence interval of that mean; None for a single flow",
            "Hz",
        ),
    ]
    fidelity_mean: Annotated[
        float | None, Cell("mean fidelity of the delivered pairs; None when there were none", "1")
    ]
    wait_mean_s: Annotated[float, Cell("mean over the flows of their waiting times", "s")]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link over the whole run."""

    link: Annotated[str, Cell("name of the link")]
    a: Annotated[str, Cell("its two nodes")]
    b: Annotated[str, Cell("its two nodes")]
    length_m: Annotated[float, Cell("fibre length between them", "m")]
    attempts: Annotated[int, Cell("entanglement attempts made", "1")]
    heralds: Annotated[int, Cell("attempts that were heralded as successful", "1")]
    mean_wait_s: Annotated[
        float | None,
        Cell(
            "mean time from both memories being free to the herald at the later end; None without heralds",
            "s",
        ),
    ]
    success_probability: Annotated[float, Cell("of one attempt, as modelled", "1")]
    fidelity: Annotated[float, Cell("of a freshly heralded pair, as modelled", "1")]


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The memories of one node, averaged over the simulated time and over all its memories."""

    node: Annotated[str, Cell("name of the node")]
    memories: Annotated[int, Cell("how many it has", "1")]
    utilisation: Annotated[
        float, Cell("share of memory-time that was reserved by the requests being served", "1")
    ]
    entangled: Annotated[float, Cell("share of memory-time that held one half of a pair", "1")]
    expired: Annotated[int, Cell("pairs dropped at this node because they grew too old", "1")]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One delivered pair (kept only when the run records pairs)."""

    flow: Annotated[int, Cell("index of its row among the flows, followed by the unfinished ones", "1")]
    time_s: Annotated[float, Cell("when the initiator had it", "s")]
    fidelity: Annotated[float, Cell("at that time", "1")]
    age_s: Annotated[float, Cell("since the oldest of its elementary pairs was emitted", "s")]


@dataclass(frozen=True, slots=True)
class Stall:
    """A request that could no longer progress."""

    time_s: Annotated[float, Cell("when its last activity ended", "s")]
    initiator: Annotated[str, Cell("its ends")]
    responder: Annotated[str, Cell("its ends")]
    cause: Annotated[str, Cell("what blocks it, and what would cure it")]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One quantity that an application measured beside its flows."""

    source: Annotated[str, Cell("the application")]
    metric: Annotated[str, Cell("name of the quantity")]
    unit: Annotated[str, Cell('its SI unit; "1" for a pure number')]
    n: Annotated[int, Cell("how many measurements", "1")]
    mean: Annotated[float | None, Cell("their mean; None of nothing")]
    sd: Annotated[float | None, Cell("their standard deviation; None below two")]
