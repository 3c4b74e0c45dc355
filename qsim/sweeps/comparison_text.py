"""A comparison as text, and as a card of a notebook."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from qsim.results.html_cards import card, table
from qsim.results.number_text import count, number
from qsim.results.text_tables import TextTable

if TYPE_CHECKING:
    import pandas as pd

#: Rows shown of either table; the frames have all of them.
SHOWN = 40


class Side(Protocol):
    """One of the results that are compared."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def runs(self) -> Sequence[Any]:
        """Its runs."""
        ...


class Compared(Protocol):
    """What is shown, a `qsim.sweeps.comparison.Comparison`."""

    @property
    def sides(self) -> Sequence[Side]:
        """The results, the one that the others are held against first."""
        ...

    @property
    def varied(self) -> Sequence[str]:
        """What varies on every side."""
        ...

    @property
    def unmatched(self) -> Mapping[str, int]:
        """Runs without a partner, by name of the side."""
        ...

    def scenarios(self) -> pd.DataFrame:
        """What differs in the scenarios."""
        ...

    def results(self) -> pd.DataFrame:
        """Means and differences."""
        ...


def as_text(comparison: Compared, width: int | None) -> str:
    """The comparison in lines no longer than `width`, or as long as they are."""
    return "\n".join((*heads(comparison), "", _scenarios(comparison, width), _results(comparison, width)))


def as_card(comparison: Compared) -> str:
    """The comparison as a card."""
    names = [side.name for side in comparison.sides]
    scenarios = [tuple(map(_shown, row)) for row in comparison.scenarios().values.tolist()]
    rows = [
        (*(_shown(row[path]) for path in comparison.varied), row["metric"], row["side"], *_figures(row))
        for row in comparison.results().to_dict("records")
    ]
    heading = (*comparison.varied, "metric", "side", "mean", "difference", "relative")
    return card(
        "Comparison",
        heads(comparison),
        table("What differs in the scenarios", ("path", *names), scenarios),
        table("Results", heading, rows),
    )


def heads(comparison: Compared) -> list[str]:
    """One line for each side, and what a reader should know."""
    lines = [
        f"{'held against' if place == 0 else 'compared'}: {side.name} ({count(len(side.runs), 'run')})"
        for place, side in enumerate(comparison.sides)
    ]
    lines += [
        f"note: {count(amount, 'setting')} of {name} in no other"
        for name, amount in comparison.unmatched.items()
        if amount
    ]
    if any(len(side.runs) == 1 for side in comparison.sides):
        lines.append("note: a single run has no interval; `qsim sweep --replicates N` gives one")
    return lines


def _scenarios(comparison: Compared, width: int | None) -> str:
    frame = comparison.scenarios()
    made = TextTable("What differs in the scenarios", shown=SHOWN)
    made.column("path")
    for side in comparison.sides:
        made.column(side.name)
    for row in frame.values.tolist():
        made.row(*map(_shown, row))
    return made.text(width) if len(frame) else "The scenarios are the same.\n"


def _results(comparison: Compared, width: int | None) -> str:
    frame = comparison.results()
    if not len(frame):
        return "No two of them share a setting, so that there is nothing to compare.\n"
    made = TextTable("Results, and differences from the first", shown=SHOWN * len(comparison.sides))
    for path in comparison.varied:
        made.column(path, right=True)
    made.column("metric")
    made.column("side")
    made.column("n", right=True, keep=4)
    for title, keep in (("mean", 9), ("difference", 9), ("relative", 8), ("pairing", 3)):
        made.column(title, right=title != "pairing", keep=keep)
    for row in frame.to_dict("records"):
        change = row["difference"] == row["difference"]
        pairing = ("by seed" if row["paired"] else "independent") if change else ""
        made.row(
            *(_shown(row[path]) for path in comparison.varied),
            row["metric"] + ("" if row["unit"] == "1" else f" ({row['unit']})"),
            row["side"],
            str(row["n"]),
            *_figures(row),
            pairing,
        )
    return made.text(width)


def _figures(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    """Mean, difference and relative difference, each with its half width where there is one."""
    mean = _with(row["mean"], row["high"] - row["mean"])
    if row["difference"] != row["difference"]:
        return mean, "", ""
    if is_rounding(row):
        return mean, "0", "+0 %"
    half = row["difference_high"] - row["difference"]
    relative = row["relative"]
    said = "" if relative != relative else f"{100 * relative:+.3g} %"
    sure = not math.isnan(half) and abs(row["difference"]) > half
    return mean, _with(row["difference"], half) + (" *" if sure else ""), said


def is_rounding(row: Mapping[Any, Any]) -> bool:
    """Whether a difference is nothing but the rounding of sums in another order."""
    return bool(abs(row["difference"]) <= 1e-12 * abs(row["mean"]))


def _with(value: float, half: float) -> str:
    return number(value) if half != half or half == 0 else f"{number(value)} ± {number(half, 2)}"


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else " ".join(str(value).split())
