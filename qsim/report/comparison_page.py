"""The page of a comparison: what differs in the scenarios, and in the results with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qsim.plots.sweep_labels import metric_words
from qsim.report.page import Page, facts, notice, tiles
from qsim.report.page_tables import heading, shortened
from qsim.results.number_text import count, number
from qsim.sweeps.comparison_text import heads, is_rounding

if TYPE_CHECKING:
    from qsim.sweeps.comparison import Comparison

#: Rows of differences that the chart shows.
_ROWS = 24
_MEANT = {
    "path": "where it stands in the scenario, every default filled in",
    "metric": "quantity compared",
    "side": "which of the results",
    "mean": "mean over its runs",
    "low": "lower end of the 95 % interval of the mean",
    "high": "upper end of the 95 % interval of the mean",
    "n": "runs, or pairs of runs with one seed",
    "difference": "mean less that of the first",
    "difference_low": "lower end of the 95 % interval of the difference",
    "difference_high": "upper end of the 95 % interval of the difference",
    "relative": "difference over the mean of the first",
    "paired": "whether runs of one seed were compared with one another",
}


def comparison_page(comparison: Comparison) -> Page:
    """What the page of a comparison shows."""
    scenarios, results = comparison.scenarios(), comparison.results()
    records = results.to_dict("records")
    charts = _charts(comparison, records)
    tables = [
        _table(
            "scenarios", "What differs in the scenarios", list(scenarios.columns), scenarios.values.tolist()
        ),
        _table("results", "Results", list(results.columns), results.values.tolist()),
    ]
    sections = [("overview", "Overview", _overview(comparison, len(scenarios)))]
    if charts:
        sections.append(("figures", "Differences", '<div class="charts" id="charts"></div>'))
    sections.append(("rows", "Tables", '<div id="tables"></div>'))
    sections.append(("about", "About", _about(comparison)))
    names = [side.name for side in comparison.sides]
    return Page(
        kind="comparison",
        title=f"{' and '.join(names[1:])} against {names[0]}",
        lead=f"Comparison of {count(len(names), 'result')}",
        sections=tuple(sections),
        data={"charts": charts, "tables": [table for table in tables if table["rows"]]},
        foot="Written by qsim; charts are drawn with uPlot (MIT licence).",
    )


def _overview(comparison: Comparison, differing: int) -> str:
    runs = [
        (side.name, count(len(side.runs), "run"), "held against" if place == 0 else "compared with the first")
        for place, side in enumerate(comparison.sides)
    ]
    entries = [*runs, ("Values that differ", number(differing), "in the scenarios")]
    notes = [line.removeprefix("note: ") for line in heads(comparison) if line.startswith("note: ")]
    return tiles(entries) + notice("Notes", notes)


def _about(comparison: Comparison) -> str:
    entries = []
    for side in comparison.sides:
        prints = {result.fingerprint for _, _, result in side.runs}
        said = prints.pop() if len(prints) == 1 else f"{len(prints)} fingerprints"
        entries.append((side.name, f"{side.document.get('name') or '(unnamed scenario)'}, {said}"))
    return facts(entries)


def _charts(comparison: Comparison, records: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """One chart of relative differences for each side but the first."""
    charts = []
    for place, side in enumerate(comparison.sides[1:]):
        own = [row for row in records if row["side"] == side.name and row["relative"] == row["relative"]]
        own = [row for row in own if not is_rounding(row)][:_ROWS]
        if not own:
            continue
        charts.append(
            {
                "id": f"difference-{place}",
                "title": f"{side.name} against {comparison.sides[0].name}",
                "about": "Change of each mean with its 95 % interval; away from zero is more than chance.",
                "kind": "differences",
                "x": {"label": "quantity", "names": [_name(row, comparison.varied) for row in own]},
                "y": {"label": "change, %"},
                "series": [
                    {"name": side.name, "points": [[number, *_change(row)] for number, row in enumerate(own)]}
                ],
            }
        )
    return charts


def _change(row: Mapping[Any, Any]) -> list[float | None]:
    """Relative change and both ends of its interval, %."""
    base = row["difference"] / row["relative"] if row["relative"] else None
    if base is None:
        return [0.0, None, None]
    ends = [row["difference"], row["difference_low"], row["difference_high"]]
    return [100 * end / abs(base) if end == end else None for end in ends]


def _name(row: Mapping[Any, Any], varied: Sequence[str]) -> str:
    settings = ", ".join(
        number(row[path]) if isinstance(row[path], float) else str(row[path]) for path in varied
    )
    return metric_words(row["metric"]) + (f" ({settings})" if settings else "")


def _table(identity: str, title: str, heads: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    columns = [
        {"label": heading(head), "kind": _kind([row[at] for row in rows]), "doc": _MEANT.get(head, "")}
        for at, head in enumerate(heads)
    ]
    kept = shortened([[_cell(value) for value in row] for row in rows])
    note = f"The first {len(kept)} of {len(rows)} rows." if len(kept) < len(rows) else ""
    return {"id": identity, "title": title, "columns": columns, "rows": kept, "note": note}


def _kind(cells: Sequence[Any]) -> str:
    return "number" if all(isinstance(x, int | float) and not isinstance(x, bool) for x in cells) else "text"


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return value if value == value else None
    return value if isinstance(value, int | str) and not isinstance(value, bool) else str(value).lower()
