"""What one run gives back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsim.errors import ResultError, nearest
from qsim.results.plain import finite
from qsim.results.rows import FlowRow, HopRow, LinkRow, MemoryRow, MetricRow, PairRow, Stall
from qsim.results.versions import versions

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import pandas as pd

    from qsim.plots import ResultPlots
    from qsim.results.steady import SteadyRate


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one run of a scenario.

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
        completed: number of `flows`.
        rejected: reservation attempts that were turned down.
        links: one row a link.
        memories: one row a node.
        pairs: delivered pairs, when the run records them.
        stalls: requests that could no longer progress.
        metrics: quantities that applications measured beside their flows.
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
    pairs: tuple[PairRow, ...] = ()
    stalls: tuple[Stall, ...] = ()
    metrics: tuple[MetricRow, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted: bool = False
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trace_fingerprint: str | None = None
    versions: Mapping[str, str] = field(default_factory=versions, compare=False, repr=False)

    @property
    def completed(self) -> int:
        """Reservations served to their end."""
        return len(self.flows)

    @property
    def hops(self) -> tuple[HopRow, ...]:
        """The flows summarised by the number of links on their paths."""
        from qsim.results.summary import by_hops

        return by_hops(self.flows)

    @property
    def fingerprint(self) -> str:
        """Digest of everything but timings, versions and the trace, 32 hexadecimal characters.

        Two results with one fingerprint come from the same scenario and agree in every figure.
        """
        kept = {
            key: value for key, value in self.to_dict(fingerprint=False).items() if key not in _INCIDENTAL
        }
        kept["document"] = finite(self.document)
        text = json.dumps(kept, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def table(self, name: str) -> tuple[Any, ...]:
        """The rows of one table: flows, unfinished, hops, links, memories, metrics, pairs or stalls.

        Raises:
            ResultError: there is no such table.
        """
        from qsim.results.columns import TABLES

        if name not in TABLES:
            raise ResultError(f"a result has no table '{name}'{nearest(name, TABLES)}")
        rows: tuple[Any, ...] = getattr(self, name)
        return rows

    def frame(self, name: str) -> pd.DataFrame:
        """One table as a pandas data frame, a column for each field of its rows.

        Empty numbers become NaN; the meanings of the columns are in ``frame.attrs["columns"]``, their SI
        units in ``frame.attrs["units"]``.

        Raises:
            ResultError: there is no such table.
        """
        from qsim.results.frames import frame

        return frame(name, self.table(name))

    def summary(
        self,
        by: str | Sequence[str] | None = None,
        columns: str | Sequence[str] | None = None,
        *,
        table: str = "flows",
        method: str = "student",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Means over the rows of a table with their confidence intervals, a row a group and quantity.

        The rows pass for independent values. Those of one run are not quite: for intervals to rely on, run
        replicates and summarise the sweep.

        Args:
            by: column or columns to group by; ``()`` makes one group. Besides the columns of the table,
                ``hops`` serves for flows and unfinished, and ``hops``, ``initiator`` and ``responder`` for
                pairs. None takes ``hops`` where there is one, else one group.
            columns: quantities; None takes the usual ones of the table.
            table: flows, unfinished, links, memories or pairs.
            method: "student", or "bca" for the bootstrap, which follows skewed values better.
            confidence: how often such an interval holds the true mean.

        Returns:
            The columns to group by, then metric, unit, n, mean, sd, low and high. Empty cells do not count;
            a single value has no interval: NaN.

        Raises:
            ResultError: an unknown table, column or method, or a column without numbers.

        Example:
            >>> result.summary("hops", ["throughput_hz", "fidelity_mean"])  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.summary(self, by, columns, table, method, confidence)

    def proportion(
        self,
        part: str,
        of: str | Sequence[str],
        by: str | Sequence[str] | None = None,
        *,
        table: str = "links",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Shares of things counted, with Wilson's confidence interval, a row a group.

        Args:
            part: the column that counts successes.
            of: the column that counts trials, or columns that do so together.
            by: as in `summary`.
            table: as in `summary`.
            confidence: how often such an interval holds the true share.

        Returns:
            The columns to group by, then successes, trials, share, low and high.

        Raises:
            ResultError: an unknown table or column, a column that is no count, or a part that exceeds its
                whole.

        Example:
            >>> result.proportion("heralds", of="attempts", by="link")  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.proportion(self, part, of, by, table, confidence)

    def steady_rate(
        self,
        flow: int | None = None,
        *,
        warm_up: float | str = "mser-5",
        batches: int = 20,
        confidence: float = 0.95,
    ) -> SteadyRate:
        """Pairs delivered per second in the steady state, from batch means after the warm-up.

        Args:
            flow: number of a flow, as in the table ``pairs``, whose window is looked at; None takes all
                pairs over the whole run.
            warm_up: time to leave out at the start, in seconds or with a unit; or "mser-5" to find it.
            batches: into how many spans to cut the rest; 10 to 30 are usual.
            confidence: how often the interval shall hold the true rate.

        Raises:
            ResultError: the run did not record its pairs (``run.record_pairs``), delivered too few, or has no
                such flow; or the warm-up takes all of the time or cannot be found.
        """
        from qsim.results.steady import steady_rate_of

        return steady_rate_of(self, flow, warm_up, batches, confidence)

    @property
    def plot(self) -> ResultPlots:
        """Figures of the run; see `qsim.plots`."""
        from qsim.plots import ResultPlots

        return ResultPlots(self)

    def to_dict(self, *, fingerprint: bool = True) -> dict[str, Any]:
        """The result as plain numbers, text, lists and mappings, ready for JSON, without NaN and infinity.

        Args:
            fingerprint: whether to compute and include the fingerprint.
        """
        from qsim.results.columns import TABLES, as_mappings

        plain: dict[str, Any] = {key: getattr(self, key) for key in _SCALARS}
        plain |= {name: as_mappings(name, self.table(name)) for name in TABLES}
        if fingerprint:
            plain["fingerprint"] = self.fingerprint
        plain["trace_fingerprint"] = self.trace_fingerprint
        plain["versions"] = dict(self.versions)
        as_json: dict[str, Any] = finite(plain)
        return as_json

    def text(self, width: int = 80) -> str:
        """The result as a readable report, without colour.

        Args:
            width: columns of text available.
        """
        from qsim.results.report import as_text

        return as_text(self, width)

    def save(
        self, directory: str | PathLike[str], *, force: bool = False, overrides: Iterable[str] = ()
    ) -> None:
        """Store the result: one Parquet file a table and a ``manifest.json``.

        A directory that holds a result is replaced; nothing half-written is left behind.

        Args:
            directory: where to; made when it does not exist.
            force: write into a directory that holds other things too (they are left alone).
            overrides: the ``key.path=value`` overrides the scenario was loaded with, for the record.

        Raises:
            ResultError: the place is taken by something else, or cannot be written.
        """
        from qsim.results.store import save

        save(self, directory, force=force, overrides=overrides)

    def export(self, directory: str | PathLike[str], format: str = "csv", *, force: bool = False) -> Path:
        """Write every table as a file for other programs, with ``columns.json`` to explain the columns.

        In CSV files a path of nodes is a JSON list.

        Args:
            directory: where to; made when it does not exist. An earlier export there is replaced.
            format: "csv" or "parquet".
            force: write into a directory that holds other things too (they are left alone).

        Returns:
            The directory.

        Raises:
            ResultError: an unknown format, or a place that is taken by something else or cannot be written.
        """
        from qsim.results.export import export

        return export(self, directory, format, force=force)

    @classmethod
    def load(cls, directory: str | PathLike[str]) -> Result:
        """Read a stored result; it equals the one that was saved.

        Raises:
            ResultError: there is no result, it is damaged, or a later version of qsim wrote it.
        """
        from qsim.results.store import load

        return load(directory)


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
#: What may differ between two runs that did the same.
_INCIDENTAL = frozenset({"wall_s", "cpu_s", "setup_s", "trace_fingerprint", "versions"})
