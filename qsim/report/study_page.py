"""The page of a stored forecast study: its figure with the intervals, and its tables."""

from __future__ import annotations

import base64
import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qsim.errors import ResultError
from qsim.files import guarded, read_whole
from qsim.model.stored_study import FIGURE, FORECAST, SCORES, STUDY
from qsim.report.page import Page, facts, folded
from qsim.report.page_tables import heading, shortened
from qsim.results.number_text import count

_PNG = b"\x89PNG\r\n\x1a\n"
#: What the columns of both tables hold; others are shown without a word.
_MEANT = {
    "n": "draws, or 1 for a model without chance",
    "half_width": "half of the 95 % interval of the mean over draws",
    "low": "lower end of the interval",
    "high": "upper end of the interval",
    "features": "numbers that the readout sees, the most over draws",
    "trained": "parameters that were fitted",
    "seconds": "processor time of one draw",
    "step": "1 is the first after the end of the data",
    "rmse": "root mean squared error of such forecasts from the rolling origins",
}
#: Of single draws, for programs.
_HIDDEN = ("values",)

Table = tuple[list[str], list[list[Any]]]


@dataclass(frozen=True)
class StoredStudy:
    """What ``qsim forecast --out`` has stored.

    Attributes:
        said: of the manifest.
        scores: heads and rows of the table of scores.
        forecast: likewise of the forecast; None where none was asked for.
        figure: PNG of forecasts and intervals; None likewise.
        text: the table of scores with its notes, as it was printed.
    """

    said: Mapping[str, Any]
    scores: Table
    forecast: Table | None
    figure: bytes | None
    text: str

    @classmethod
    def load(cls, folder: Path) -> StoredStudy:
        """Read a folder.

        Raises:
            ResultError: it holds no study, or one that is damaged or not finished.
        """
        said = STUDY.load(folder)
        figure = _read(folder / FIGURE) if (folder / FIGURE).exists() else None
        if figure is not None and not figure.startswith(_PNG):
            raise ResultError(f"'{folder / FIGURE}' is damaged: it is no PNG picture")
        forecast = folder / f"{FORECAST}.csv"
        return cls(
            said,
            _table(folder / f"{SCORES}.csv"),
            _table(forecast) if forecast.exists() else None,
            figure,
            _read(folder / f"{SCORES}.txt").decode("utf-8", "replace"),
        )


def study_page(study: StoredStudy) -> Page:
    """What the page of a study shows."""
    models = _listed(study.said, "models")
    title = str(study.said.get("name") or "(unnamed study)")
    sections = [("scores-text", "Scores", folded("The table as text, with its notes", study.text))]
    tables = [_shown(SCORES, "Scores of all models", study.scores)]
    if study.figure is not None:
        sections.insert(0, ("figures", "Forecast", _picture(study.figure, len(models))))
    if study.forecast is not None:
        tables.insert(0, _shown(FORECAST, "Forecast beyond the end of the data", study.forecast))
    sections.append(("rows", "Tables", '<div id="tables"></div>'))
    sections.append(("about", "About", _about(study.said)))
    return Page(
        kind="study",
        title=title,
        lead=f"Forecast study of {count(len(models), 'model')}",
        sections=tuple(sections),
        data={"tables": tables},
        foot="Written by qsim from a stored forecast study.",
    )


def _picture(figure: bytes, models: int) -> str:
    drawn = base64.b64encode(figure).decode()
    said = f"The end of the series, and what {count(models, 'model')} say comes next, with intervals"
    return f'<figure><img class="drawn" alt="{said}" src="data:image/png;base64,{drawn}"></figure>'


def _about(said: Mapping[str, Any]) -> str:
    versions = said.get("versions")
    known = versions if isinstance(versions, Mapping) else {}
    entries = [
        ("Forecast file", str(said.get("source"))),
        ("Overrides", ", ".join(_listed(said, "overrides")) or "none"),
        ("Seeds", ", ".join(_listed(said, "seeds"))),
        ("Features", f"at most {said.get('features')}"),
        ("Models", ", ".join(_listed(said, "models"))),
        *((f"{name} version", str(version)) for name, version in sorted(known.items())),
    ]
    return facts(entries)


def _listed(said: Mapping[str, Any], name: str) -> list[str]:
    found = said.get(name)
    return [str(one) for one in found] if isinstance(found, Sequence) and not isinstance(found, str) else []


def _shown(identity: str, title: str, table: Table) -> dict[str, Any]:
    """A table as the scripts take it."""
    heads, rows = table
    columns = [
        {"label": heading(head), "kind": _kind([row[at] for row in rows]), "doc": _MEANT.get(head, "")}
        for at, head in enumerate(heads)
    ]
    kept = shortened(rows)
    note = f"The first {len(kept)} of {len(rows)} rows; {identity}.csv has all." * (len(kept) < len(rows))
    return {"id": identity, "title": title, "columns": columns, "rows": kept, "note": note}


def _kind(cells: Sequence[Any]) -> str:
    return "text" if any(isinstance(cell, str) for cell in cells) else "number"


def _table(path: Path) -> Table:
    """Heads and rows of a CSV file, numbers as numbers, empty cells as None."""
    text = _read(path)

    def refuse(why: str) -> ResultError:
        return ResultError(f"'{path}' is damaged: {why}")

    with guarded(refuse):
        heads, *rows = csv.reader(io.StringIO(text.decode("utf-8"), newline=""), strict=True)
        shown = [at for at, head in enumerate(heads) if head not in _HIDDEN]
        return [heads[at] for at in shown], [[_cell(row[at]) for at in shown] for row in rows]


def _cell(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text or None
    return value if math.isfinite(value) else None


def _read(path: Path) -> bytes:
    try:
        return read_whole(path)
    except (FileNotFoundError, NotADirectoryError):
        raise ResultError(f"'{path.parent}' holds no finished forecast: {path.name} is missing") from None
