"""What a prompt and a notebook show of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.results.html_cards import card, table
from qsim.results.number_text import count, number
from qsim.results.result_views import short

if TYPE_CHECKING:
    import pandas as pd

    from qsim.sweeps.sweep_runs import SweepOutcome


def sweep_text(sweep: SweepOutcome) -> str:
    """A sweep in five lines."""
    closing = "sweep.summary() has the means, sweep.plot draws, sweep.export() writes"
    return short("SweepResult", sweep.name, [*_facts(sweep), closing])


def sweep_html(sweep: SweepOutcome, summary: pd.DataFrame | None) -> str:
    """A sweep as a card: facts, and the means of its points."""
    tables = ""
    if summary is not None:
        paths = [varied.path for varied in sweep.parameters]
        rows = [
            (*(_value(row[path]) for path in paths), row["metric"], _mean(row), str(row["n"]))
            for row in summary.to_dict("records")
        ]
        tables = table("Means with 95 % intervals", (*paths, "metric", "mean", "n"), rows)
    return card(f"Sweep of {sweep.name or 'an unnamed scenario'}", _facts(sweep), tables)


def _facts(sweep: SweepOutcome) -> list[str]:
    varied = ", ".join(known.path for known in sweep.parameters) or "nothing but the seed"
    stopped = ", interrupted" if sweep.interrupted else ""
    return [
        f"{len(sweep.runs)} of {count(sweep.planned, 'run')} finished, {len(sweep.failures)} failed{stopped}",
        f"varied: {varied}",
        f"{count(len(sweep.points), 'point')}, {count(len({run.seed for run in sweep.runs}), 'seed')}",
    ]


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _mean(row: dict[object, object]) -> str:
    mean, low, high = (float(str(row[name])) for name in ("mean", "low", "high"))
    interval = "" if low != low or low == high else f" ({number(low)} to {number(high)})"
    return number(mean) + interval
