"""What a sweep gives back: its runs, and tables over all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsim.results.plain import finite
from qsim.results.versions import versions

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import pandas as pd
    import xarray as xr

    from qsim.plots import SweepPlots
    from qsim.results.result import Result

#: A value of a varied parameter: a number in its SI unit, a truth value, or a word.
Value = float | int | str | bool


@dataclass(frozen=True, slots=True)
class SweptParameter:
    """One parameter that a sweep varies.

    Attributes:
        path: its key path in the scenario, also the name of its column; or "label" for the names of listed
            points.
        unit: SI unit of its numbers; "1" for pure numbers, None for text and truth values.
        doc: its meaning, without a full stop.
    """

    path: str
    unit: str | None
    doc: str


@dataclass(frozen=True, slots=True)
class SweepRun:
    """One finished run of a sweep.

    Attributes:
        point: number of its point in the plan.
        replicate: 0, 1, ...; runs of one replicate share their seed at all points (common random numbers).
        values: the value of every varied parameter, by path.
        seed: root seed.
        result: what the run gave back.
    """

    point: int
    replicate: int
    values: Mapping[str, Value]
    seed: int
    result: Result


@dataclass(frozen=True, slots=True)
class FailedRun:
    """One run of a sweep that ended in an error.

    Attributes:
        point: number of its point in the plan.
        replicate: 0, 1, ...
        values: the value of every varied parameter, by path.
        seed: root seed.
        error: what was wrong, one line.
        traceback: where in the code it happened.
    """

    point: int
    replicate: int
    values: Mapping[str, Value]
    seed: int
    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The outcome of a sweep.

    Attributes:
        name: the scenario's name.
        parameters: what was varied, in the order of the columns.
        runs: the finished runs, by point, then by replicate.
        failures: the runs that ended in an error, in the same order.
        planned: runs that the plan asked for.
        document: the document of the scenario at the first point.
        versions: the software that made the result.
        interrupted: whether the sweep was stopped before its end.
    """

    name: str
    parameters: tuple[SweptParameter, ...]
    runs: tuple[SweepRun, ...]
    failures: tuple[FailedRun, ...] = ()
    planned: int = 0
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    versions: Mapping[str, str] = field(default_factory=versions, compare=False, repr=False)
    interrupted: bool = False

    @property
    def points(self) -> dict[int, Mapping[str, Value]]:
        """The values of the varied parameters at each point that has been tried, by its number."""
        tried = {run.point: run.values for run in self.runs}
        tried |= {run.point: run.values for run in self.failures}
        return dict(sorted(tried.items()))

    @property
    def fingerprint(self) -> str:
        """Digest of everything but timings, versions, tracebacks, interruptions; 32 hexadecimal characters.

        Two sweeps with one fingerprint made the same runs and agree in every figure, however the runs were
        spread over processes.
        """
        kept = {
            "name": self.name,
            "parameters": [[known.path, known.unit, known.doc] for known in self.parameters],
            "runs": [
                [run.point, run.replicate, dict(run.values), run.seed, run.result.fingerprint]
                for run in self.runs
            ],
            "failures": [
                [run.point, run.replicate, dict(run.values), run.seed, run.error] for run in self.failures
            ],
            "planned": self.planned,
            "document": self.document,
        }
        text = json.dumps(finite(kept), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def frame(self, table: str) -> pd.DataFrame:
        """One table over all runs as a pandas data frame.

        Every table starts with the columns point, replicate, seed and one for each varied parameter. The
        tables are

        * ``runs``: one row a run, with its metrics (`qsim.results.run_metrics`);
        * ``timings``: one row a run, with what differs between identical runs: CPU and wall-clock seconds;
        * ``failures``: one row a failed run, with its error and traceback;
        * those of a `Result` (``flows``, ``links``, ...): the rows of all runs, one run after the other. The
          column ``flow`` of ``pairs`` counts the flows of the pair's own run.

        The meanings of the columns are in ``frame.attrs["columns"]``, their SI units in
        ``frame.attrs["units"]``. Empty numbers become NaN; a table without rows has typed columns.

        Raises:
            ResultError: there is no such table.
        """
        from qsim.results.sweep_frames import sweep_frame

        return sweep_frame(self, table)

    def summary(
        self,
        by: str | Sequence[str] | None = None,
        columns: str | Sequence[str] | None = None,
        *,
        table: str = "runs",
        method: str = "student",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Means over the replicates with their confidence intervals, a row a group and quantity.

        Each replicate gives one value to a group: its rows are averaged within each run, and these over the
        points of the group. So the rows of one run, and runs that share their random numbers, do not pass for
        independent. A replicate without a value at one of the points is left out, and ``n`` says so.

        Args:
            by: column or columns to group by; None takes the varied parameters, ``()`` makes one group.
                Besides the columns of the table, ``hops`` serves for flows and unfinished, and ``hops``,
                ``initiator`` and ``responder`` for pairs.
            columns: quantities; None takes the usual ones of the table.
            table: runs, timings, flows, unfinished, links, memories or pairs.
            method: "student", or "bca" for the bootstrap, which follows skewed values better.
            confidence: how often such an interval holds the true mean.

        Returns:
            The columns to group by, then metric, unit, n, mean, sd, low and high. A single value has no
            interval: NaN.

        Raises:
            ResultError: an unknown table, column or method, or a column without numbers.

        Example:
            >>> sweep.summary(columns="throughput_hz")  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.summary(self, by, columns, table, method, confidence)

    def proportion(
        self,
        part: str,
        of: str | Sequence[str],
        by: str | Sequence[str] | None = None,
        *,
        table: str = "runs",
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Shares of things counted, with Wilson's confidence interval, a row a group.

        The counts of all rows of a group are added up, and every thing counted passes for an independent
        trial.

        Args:
            part: the column that counts successes.
            of: the column that counts trials, or columns that do so together.
            by: column or columns to group by; None takes the varied parameters, ``()`` makes one group.
            table: as in `summary`.
            confidence: how often such an interval holds the true share.

        Returns:
            The columns to group by, then successes, trials, share, low and high.

        Raises:
            ResultError: an unknown table or column, a column that is no count, or a part that exceeds its
                whole.

        Example:
            >>> sweep.proportion("completed", of=["completed", "rejected"])  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.proportion(self, part, of, by, table, confidence)

    def difference(
        self,
        between: Mapping[str, tuple[Value, Value]],
        columns: str | Sequence[str] | None = None,
        *,
        confidence: float = 0.95,
    ) -> pd.DataFrame:
        """Paired differences between two settings under common random numbers.

        Runs of one replicate share their random numbers at all points, so the difference is taken replicate
        by replicate, and what chance does to both settings alike drops out. A replicate counts only where it
        has a value under both settings.

        Args:
            between: a parameter, or several that change together, each with its first and its second value;
                quantities may be written with units.
            columns: metrics of the runs; None takes the usual ones.
            confidence: how often such an interval holds the true mean difference.

        Returns:
            One row a metric and combination of the other parameters: these, then metric, unit, n, first and
            second (means), difference (second less first), low, high, relative (difference over first),
            p_value (of a two-sided paired t test), and gain (how many times wider the interval would be
            without pairing). Parameters that changed together with those named, as the columns of a list of
            points do, are told in ``frame.attrs["changed"]``.

        Raises:
            ResultError: an unknown parameter or metric, or a value that the sweep does not have.

        Example:
            >>> sweep.difference({"label": ("even", "weighted")}, "throughput_hz")  # doctest: +SKIP
        """
        from qsim.results.differences import paired_differences

        return paired_differences(self, between, columns, confidence)

    def to_xarray(self) -> xr.Dataset:
        """The metrics of all runs as an xarray data set.

        The dimensions are the varied parameters when the points fill a grid, otherwise ``point``; then
        ``replicate``. Missing runs are NaN. Units and meanings are attributes of the variables.

        Raises:
            ResultError: xarray is not installed.
        """
        from qsim.results.grids import dataset

        return dataset(self)

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
    def load(cls, directory: str | PathLike[str]) -> SweepResult:
        """Read a stored sweep, finished or not.

        Raises:
            ResultError: there is no sweep, it is damaged, or a later version of qsim wrote it.
        """
        from qsim.sweeps.store import load_sweep

        return load_sweep(directory)

    @property
    def plot(self) -> SweepPlots:
        """Figures of the sweep; see `qsim.plots`."""
        from qsim.plots import SweepPlots

        return SweepPlots(self)
