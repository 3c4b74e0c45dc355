"""The rows of a result: one dataclass for each table, fields in column order, units in the names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One reservation that was served.

    Attributes:
        initiator, responder: names of the two ends.
        path: names of all nodes from initiator to responder.
        start_s, end_s: the time window served, seconds of simulated time.
        memories: memories reserved at each end.
        target_fidelity: least fidelity of a delivered pair.
        wait_s: from the request's issue to the start of its window.
        pairs: pairs delivered.
        throughput_hz: pairs per second of the window.
        fidelity_mean: mean fidelity of the delivered pairs at delivery; None when there were none.
        latency_mean_s: mean time between deliveries, from the window's start; None when there were none.
        status: "completed" when the window ended (or the request was satisfied) within the run, "open" when
            the run ended first, "stalled" when it could no longer progress.
    """

    initiator: str
    responder: str
    path: tuple[str, ...]
    start_s: float
    end_s: float
    memories: int
    target_fidelity: float
    wait_s: float
    pairs: int
    throughput_hz: float
    fidelity_mean: float | None
    latency_mean_s: float | None
    status: str


@dataclass(frozen=True, slots=True)
class HopRow:
    """The served flows whose paths have the same number of links.

    Attributes:
        hops: links on the path.
        flows: how many flows there were.
        pairs: pairs that they delivered together.
        throughput_mean_hz: mean over the flows of their pairs per second.
        throughput_ci95_hz: half width of the 95 % confidence interval of that mean; None for a single flow.
        fidelity_mean: mean fidelity of the delivered pairs; None when there were none.
        wait_mean_s: mean over the flows of their waiting times.
    """

    hops: int
    flows: int
    pairs: int
    throughput_mean_hz: float
    throughput_ci95_hz: float | None
    fidelity_mean: float | None
    wait_mean_s: float


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link over the whole run.

    Attributes:
        link: name of the link.
        a, b: its two nodes.
        length_m: fibre length between them.
        attempts: entanglement attempts made.
        heralds: attempts that were heralded as successful.
        mean_wait_s: mean time from both memories being free to the herald at the later end; None without
            heralds.
        success_probability: of one attempt, as modelled.
        fidelity: of a freshly heralded pair, as modelled.
    """

    link: str
    a: str
    b: str
    length_m: float
    attempts: int
    heralds: int
    mean_wait_s: float | None
    success_probability: float
    fidelity: float


@dataclass(frozen=True, slots=True)
class MemoryRow:
    """The memories of one node, averaged over the simulated time and over all its memories.

    Attributes:
        node: name of the node.
        memories: how many it has.
        utilisation: share of memory-time that was reserved by the requests being served.
        entangled: share of memory-time that held one half of a pair.
        expired: pairs dropped at this node because they grew too old.
    """

    node: str
    memories: int
    utilisation: float
    entangled: float
    expired: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """One delivered pair (kept only when the run records pairs).

    Attributes:
        flow: index of its row among the flows, followed by the unfinished ones.
        time_s: when the initiator had it.
        fidelity: at that time.
        age_s: since the oldest of its elementary pairs was emitted.
    """

    flow: int
    time_s: float
    fidelity: float
    age_s: float


@dataclass(frozen=True, slots=True)
class Stall:
    """A request that could no longer progress.

    Attributes:
        time_s: when its last activity ended.
        initiator, responder: its ends.
        cause: what blocks it, and what would cure it.
    """

    time_s: float
    initiator: str
    responder: str
    cause: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One quantity that an application measured beside its flows.

    Attributes:
        source: the application.
        metric: name of the quantity.
        unit: its SI unit; "1" for a pure number.
        n: how many measurements.
        mean: their mean; None of nothing.
        sd: their standard deviation; None below two.
    """

    source: str
    metric: str
    unit: str
    n: int
    mean: float | None
    sd: float | None
