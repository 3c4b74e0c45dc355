"""What a run leaves behind: rows, counts and timings, and what follows from them."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qsim.model.pair_table import PairTable
from qsim.model.rows import (
    STORED,
    TABLES,
    FlowRow,
    HopRow,
    LinkRow,
    MemoryRow,
    MetricRow,
    PairRow,
    Stall,
    as_mappings,
    row_class,
)  # fmt: skip
from qsim.statistics import half_width, mean, weighted_mean
from qsim.versions import versions


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What one run of a scenario leaves behind.

    Attributes:
        name: the scenario's name.
        seed: root seed.
        simulated_s: simulated time covered.
        wall_s: wall-clock seconds of the event loop.
        cpu_s: CPU seconds of the event loop.
        setup_s: wall-clock seconds to build the network.
        events: kernel events run.
        flows: reservations served to their end, grouped by initiator in node order, then by start.
        unfinished: reservations still open when the run ended.
        completed: how many of `flows` got what they had asked for.
        rejected: reservation attempts that were turned down.
        links: one row a link.
        memories: one row a node.
        pairs: delivered pairs, when the run records them: a `PairTable`, which keeps them by column.
        stalls: requests that could no longer progress.
        metrics: quantities that applications measured beside their flows.
        own: rows of further tables, by the name under which their class is registered; none is empty.
        notes: what a reader of the figures should know, one sentence each.
        interrupted: whether the run was stopped before its time.
        document: the scenario's document.
        trace_fingerprint: digest of every trace event, when the run was asked for it.
        versions: the software that made the result.
    """

    name: str
    seed: int
    simulated_s: float
    wall_s: float
    cpu_s: float
    setup_s: float
    events: int
    flows: tuple[FlowRow, ...]
    unfinished: tuple[FlowRow, ...]
    rejected: int
    links: tuple[LinkRow, ...]
    memories: tuple[MemoryRow, ...]
    pairs: Sequence[PairRow] = ()
    stalls: tuple[Stall, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    own: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trace_fingerprint: str | None = None
    versions: Mapping[str, str] = field(default_factory=versions, compare=False, repr=False)

    @property
    def completed(self) -> int:
        """Reservations served to their end, with all the pairs that they wanted.

        One that wanted as many as its window gives lacks none, though it may have found no more.
        """
        return sum(
            flow.status == "completed" or (flow.status == "stalled" and flow.wanted is None)
            for flow in self.flows
        )

    @property
    def hops(self) -> tuple[HopRow, ...]:
        """The flows summarised by the number of links on their paths."""
        return by_hops(self.flows)

    @property
    def fingerprint(self) -> str:
        """Digest of everything but timings, versions and the trace, 32 hexadecimal characters.

        Two results with one fingerprint come from the same scenario and agree in every figure.
        """
        return self.fingerprint_by(len(self.pairs) > _SPELT_OUT)

    def fingerprint_by(self, column: bool) -> str:
        """The fingerprint, into which the recorded pairs enter as a digest of their columns or row by row."""
        plain: dict[str, Any] = {key: getattr(self, key) for key in _SCALARS if key not in _INCIDENTAL}
        # Stored results of versions that told no flow that fell short keep their fingerprints.
        plain["completed"] = len(self.flows)
        plain |= {name: as_mappings(name, self.table(name)) for name in self.tables if name != "pairs"}
        plain["pairs"] = PairTable.of(self.pairs).digest if column else as_mappings("pairs", self.pairs)
        text = as_json({**plain, "document": self.document}, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables: flows, unfinished, hops, links, memories, metrics, pairs, stalls, its own."""
        return (*TABLES, *self.own)

    @property
    def stored(self) -> tuple[str, ...]:
        """Names of the tables that are stored; the others follow from them."""
        return (*STORED, *self.own)

    def table(self, name: str) -> Sequence[Any]:
        """The rows of one of the `tables`; none of one that other results have.

        Raises:
            ResultError: there is no such table.
        """
        if name in self.own:
            return self.own[name]
        if name not in TABLES:
            row_class(name)
            return ()
        rows: Sequence[Any] = getattr(self, name)
        return rows

    def to_dict(self) -> dict[str, Any]:
        """The result as plain numbers, text, lists and mappings, ready for JSON, without NaN and infinity."""
        plain: dict[str, Any] = {key: getattr(self, key) for key in _SCALARS}
        plain |= {name: as_mappings(name, self.table(name)) for name in self.tables}
        plain["fingerprint"] = self.fingerprint
        plain["trace_fingerprint"] = self.trace_fingerprint
        plain["versions"] = dict(self.versions)
        as_json: dict[str, Any] = finite(plain)
        return as_json


def by_hops(flows: Iterable[FlowRow]) -> tuple[HopRow, ...]:
    """Summarise flows by the number of links on their paths, fewest first."""
    groups: dict[int, list[FlowRow]] = defaultdict(list)
    for flow in flows:
        groups[len(flow.path) - 1].append(flow)
    return tuple(_summary(hops, groups[hops]) for hops in sorted(groups))


def _summary(hops: int, flows: list[FlowRow]) -> HopRow:
    rates = [flow.throughput_hz for flow in flows]
    return HopRow(
        hops=hops,
        flows=len(flows),
        pairs=sum(flow.pairs for flow in flows),
        throughput_mean_hz=mean(rates),
        throughput_ci95_hz=half_width(rates),
        fidelity_mean=weighted_mean((flow.pairs, flow.fidelity_mean) for flow in flows),
        wait_mean_s=mean([flow.wait_s for flow in flows]),
    )


def finite(value: Any) -> Any:
    """A copy of nested mappings and sequences as dicts and lists, with NaN and infinity as None.

    Example:
        >>> finite({"a": (1, float("nan"))})
        {'a': [1, None]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [finite(member) for member in value]
    return value


def as_json(value: Any, **how: Any) -> str:
    """Nested mappings and sequences as JSON, with NaN and infinity as null.

    Args:
        value: what is to be written.
        how: arguments of `json.dumps`.

    Example:
        >>> as_json({"a": (1, float("nan"))})
        '{"a": [1, null]}'
    """
    try:
        return json.dumps(value, allow_nan=False, **how)
    except (ValueError, TypeError):
        # Hardly ever needed, and it takes three times as long as the rest.
        return json.dumps(finite(value), allow_nan=False, **how)


_SCALARS = (
    "name",
    "seed",
    "simulated_s",
    "wall_s",
    "cpu_s",
    "setup_s",
    "events",
    "completed",
    "rejected",
    "notes",
    "interrupted",
)
#: Figures that may differ between two runs that did the same.
_INCIDENTAL = frozenset({"wall_s", "cpu_s", "setup_s"})
#: Most pairs that the fingerprint spells out row by row, as it always did; of more that would take minutes.
_SPELT_OUT = 100_000
