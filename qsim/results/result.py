"""What one run gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsim.model.outcome import RunOutcome
from qsim.plugins import figures

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    import pandas as pd

    from qsim.results.steady import SteadyRate


@dataclass(frozen=True, slots=True)
class Result(RunOutcome):
    """The outcome of one run of a scenario, with tables, summaries, figures and files to make of it.

    See `qsim.model.outcome.RunOutcome` for what it holds.
    """

    def __repr__(self) -> str:
        from qsim.results.result_views import result_text

        return result_text(self)

    def _repr_html_(self) -> str:
        from qsim.results.result_views import result_html

        return result_html(self)

    def frame(self, name: str) -> pd.DataFrame:
        """One table as a pandas data frame, a column for each field of its rows.

        Empty numbers become NaN; the meanings of the columns are in ``frame.attrs["columns"]``, their SI
        units in ``frame.attrs["units"]``.

        Raises:
            ResultError: there is no such table.
        """
        from qsim.results.tidy import frame

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

        return tidy.summary(tidy.Tables(self.frame, (self,)), by, columns, table, method, confidence)

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

        return tidy.proportion(tidy.Tables(self.frame, (self,)), part, of, by, table, confidence)

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
    def plot(self) -> Any:
        """Figures of the run, a `qsim.plots.ResultPlots`."""
        return figures("run", self)

    def text(self, width: int | None = 80) -> str:
        """The result as a readable report, without colour.

        Args:
            width: columns of text available; None shows every column, however long the lines become.
        """
        from qsim.results.text_report import as_text

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
        from qsim.results.result_files import save

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

        about = {"name": self.name, "fingerprint": self.fingerprint, "versions": dict(self.versions)}
        return export(about, self.frame, self.stored, directory, format, force=force)

    @classmethod
    def load(cls, directory: str | PathLike[str]) -> Result:
        """Read a stored result; it equals the one that was saved.

        Raises:
            ResultError: there is no result, it is damaged, or a later version of qsim wrote it.
        """
        from qsim.results.result_files import load

        return load(directory, cls)
