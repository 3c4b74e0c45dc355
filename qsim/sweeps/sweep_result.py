"""What a sweep gives back: its runs, and tables over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim.model.rows import STORED
from qsim.plugins import figures
from qsim.results.result import Result
from qsim.sweeps.sweep_runs import SweepOutcome, Value

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from qsim.results.tidy import Tables


@dataclass(frozen=True, slots=True)
class SweepResult(SweepOutcome):
    """The outcome of a sweep, with tables, summaries, figures and files to make of it.

    See `qsim.sweeps.sweep_runs.SweepOutcome` for what it holds.
    """

    def __repr__(self) -> str:
        from qsim.sweeps.sweep_views import sweep_text

        return sweep_text(self)

    def _repr_html_(self) -> str:
        from qsim.sweeps.sweep_views import sweep_html

        return sweep_html(self, self.summary() if self.runs else None)

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
        from qsim.sweeps.sweep_frames import sweep_frame

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
            by: as in `Result.summary`, but None takes the varied parameters.
            columns, method, confidence: as in `Result.summary`, which says too what is returned.
            table: runs, timings, flows, unfinished, links, memories or pairs.

        Raises:
            ResultError: an unknown table, column or method, or a column without numbers.

        Example:
            >>> sweep.summary(columns="throughput_hz")  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.summary(self._tables(), by, columns, table, method, confidence)

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
        trial. Arguments and columns are those of `Result.proportion`, but that `by` and `table` are as in
        `summary`.

        Raises:
            ResultError: an unknown table or column, a column that is no count, or a part that exceeds its
                whole.

        Example:
            >>> sweep.proportion("completed", of=["completed", "rejected"])  # doctest: +SKIP
        """
        from qsim.results import tidy

        return tidy.proportion(self._tables(), part, of, by, table, confidence)

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
        from qsim.sweeps.differences import paired_differences

        return paired_differences(self, between, columns, confidence)

    def to_xarray(self) -> xr.Dataset:
        """The metrics of all runs as an xarray data set.

        The dimensions are the varied parameters when the points fill a grid, otherwise ``point``; then
        ``replicate``. Missing runs are NaN. Units and meanings are attributes of the variables.

        Raises:
            ResultError: xarray is not installed.
        """
        from qsim.sweeps.sweep_frames import dataset

        return dataset(self)

    def export(self, directory: str | PathLike[str], format: str = "csv", *, force: bool = False) -> Path:
        """Write every table as a file for other programs, as `Result.export` does, and return the directory.

        Raises:
            ResultError: an unknown format, or a place that is taken by something else or cannot be written.
        """
        from qsim.results.export import export

        about = {"name": self.name, "fingerprint": self.fingerprint, "versions": dict(self.versions)}
        own = dict.fromkeys(name for run in self.runs for name in run.result.own)
        return export(about, self.frame, (*STORED, *own), directory, format, force=force, sweep=True)

    @classmethod
    def load(cls, directory: str | PathLike[str]) -> SweepResult:
        """Read a stored sweep, finished or not.

        Raises:
            ResultError: there is no sweep, it is damaged, or a later version of qsim wrote it.
        """
        from qsim.sweeps.store import load_sweep

        return load_sweep(directory, cls)

    @property
    def plot(self) -> Any:
        """Figures of the sweep, a `qsim.plots.SweepPlots`."""
        return figures("sweep", self)

    def _tables(self) -> Tables:
        from qsim.results.tidy import Tables

        runs = [run.result for run in self.runs]
        return Tables(self.frame, runs, [known.path for known in self.parameters])


def load_result(directory: str | PathLike[str]) -> Result | SweepResult:
    """Read the result of a run or of a sweep.

    Raises:
        ResultError: there is none, it is damaged, or another version of qsim wrote it.
    """
    from qsim.sweeps.store import PLAN

    if (Path(directory) / PLAN.file).exists():
        return SweepResult.load(directory)
    return Result.load(directory)
