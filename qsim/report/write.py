"""From a result, or the directory of a stored one, to an HTML file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from qsim.files import write_whole

if TYPE_CHECKING:
    from qsim.report.study_page import StoredStudy
    from qsim.results import Result
    from qsim.sweeps import SweepResult
    from qsim.sweeps.comparison import Comparison

    Shown = Result | SweepResult | StoredStudy | Comparison


def write_report(source: Shown | str | PathLike[str], out: str | PathLike[str]) -> Path:
    """Write the report of a run, a sweep, a comparison or a forecast study as one HTML file.

    The page shows the network, a timeline, charts and tables of a run, the parameter charts and tables of a
    sweep, what differs in a comparison, or the forecasts of a study with their intervals. It holds all that
    it needs: no request leaves it. The same result gives the same bytes.

    Args:
        source: a result, or the directory of a stored one; or what `qsim.compare` gave.
        out: the file; a file of that name is replaced, missing folders are made.

    Returns:
        The path of the file.

    Raises:
        ResultError: there is no result, it is damaged, or the file cannot be written.
    """
    # Lone surrogates, which JSON can smuggle into a name, have no bytes in UTF-8.
    page = as_html(_loaded(source)).encode("utf-8", "replace")
    return write_whole(Path(out), lambda path: path.write_bytes(page))


def as_html(result: Shown) -> str:
    """The report as the text of an HTML file."""
    from qsim.report.page import assemble
    from qsim.report.run_page import run_page
    from qsim.report.study_page import StoredStudy, study_page
    from qsim.report.sweep_page import sweep_page
    from qsim.results import Result
    from qsim.sweeps.comparison import Comparison

    if isinstance(result, StoredStudy):
        return assemble(study_page(result))
    if isinstance(result, Comparison):
        from qsim.report.comparison_page import comparison_page

        return assemble(comparison_page(result))
    return assemble(run_page(result) if isinstance(result, Result) else sweep_page(result))


def _loaded(source: Shown | str | PathLike[str]) -> Shown:
    if not isinstance(source, str | PathLike):
        return source
    from qsim.model.stored_study import STUDY

    if (Path(source) / STUDY.file).exists():
        from qsim.report.study_page import StoredStudy

        return StoredStudy.load(Path(source))
    from qsim.sweeps.sweep_result import load_result

    return load_result(source)
