"""What the benchmarks share: measuring CPU time, comparing within one run, and writing it down.

Figures are CPU seconds of one process (`time.process_time`), the median of several repeats with the lowest
and the highest behind it. Cases that are compared take turns, so that a machine that slows down slows all of
them.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
#: Folder of the example scenarios.
EXAMPLES = Path(__file__).parents[1] / "examples"
#: Set-up of one repeat, which is not timed; what it returns is, and its value is the outcome.
Case = Callable[[], Callable[[], T]]


@dataclass(frozen=True)
class Timed(Generic[T]):
    """CPU seconds of several repeats, and the outcome of the last."""

    samples: tuple[float, ...]
    outcome: T

    @property
    def median(self) -> float:
        """The figure to quote, s."""
        return statistics.median(self.samples)

    def text(self, scale: float = 1.0, digits: int = 3) -> str:
        """The median, with the lowest and the highest in brackets.

        Args:
            scale: factor on seconds, such as 1e6 divided by a number of pairs.
            digits: significant digits.
        """
        return spread([value * scale for value in self.samples], digits)


def spread(values: Sequence[float], digits: int = 3) -> str:
    """The median of some values, with the lowest and the highest in brackets."""
    low, middle, high = (
        number(value, digits) for value in (min(values), statistics.median(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} ({low}–{high})"


def measure(case: Case[T], repeats: int) -> Timed[T]:
    """Time one case."""
    return alternate({"": case}, repeats)[""]


def alternate(cases: Mapping[str, Case[T]], repeats: int) -> dict[str, Timed[T]]:
    """Time several cases in turns, so that their ratios do not depend on how busy the machine is."""
    samples: dict[str, list[float]] = {name: [] for name in cases}
    outcomes: dict[str, T] = {}
    for _ in range(repeats):
        for name, case in cases.items():
            work = case()
            gc.collect()
            began = time.process_time()
            outcomes[name] = work()
            samples[name].append(time.process_time() - began)
    return {name: Timed(tuple(samples[name]), outcomes[name]) for name in cases}


def ratio(of: Timed[Any], to: Timed[Any]) -> float:
    """How many times the CPU time of another case one takes: the median of the ratios turn by turn."""
    return statistics.median(one / other for one, other in zip(of.samples, to.samples, strict=True))


def fresh(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function of a benchmark's module in a process of its own, and return what it returns."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *args, **kwargs).result()


def peak_memory_mb() -> float:
    """Greatest resident memory of this process so far, MB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
    # On Linux getrusage also counts what the parent held at the moment of the fork.
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def child_cpu(command: Sequence[str]) -> float:
    """CPU seconds, user and system, of a command run to its end.

    Byte code may be kept from one call to the next, as it is where nothing forbids it.
    """
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=settings)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@dataclass(frozen=True)
class Goal:
    """One figure that is held to a bound.

    Attributes:
        what: the figure.
        measured: its value.
        bound: what it must not exceed, or must reach when `at_least`.
        unit: of all values.
        aim: what it would better be.
        at_least: whether more is better.
    """

    what: str
    measured: float
    bound: float
    unit: str
    aim: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Whether the bound is met, and the aim."""
        if not self._meets(self.bound):
            return "missed"
        return "met" if self.aim is None or not self._meets(self.aim) else "met, aim too"

    def row(self) -> list[str]:
        """One row of the table of goals."""
        sign = "≥" if self.at_least else "≤"
        aim = "" if self.aim is None else f"{sign} {number(self.aim)} {self.unit}"
        return [
            self.what,
            f"{number(self.measured)} {self.unit}",
            f"{sign} {number(self.bound)} {self.unit}",
            aim,
            self.verdict,
        ]

    def _meets(self, bound: float) -> bool:
        return self.measured >= bound if self.at_least else self.measured <= bound


@dataclass
class Report:
    """What one benchmark has to say, as Markdown.

    Attributes:
        title: its headline.
        blocks: paragraphs and tables.
        goals: figures that are held to a bound.
    """

    title: str
    blocks: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add a paragraph; how its source is broken into lines does not matter."""
        self.blocks.append(" ".join(text.split()))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add a table."""
        self.blocks.append(table(columns, rows))

    def goal(
        self,
        what: str,
        measured: float,
        bound: float,
        unit: str,
        *,
        aim: float | None = None,
        at_least: bool = False,
    ) -> None:
        """Hold a figure to a bound."""
        self.goals.append(Goal(what, measured, bound, unit, aim, at_least))

    def text(self, note: str = "") -> str:
        """All of it, under a headline of the second level and, if given, a note."""
        parts = [f"## {self.title}", *([note] if note else []), *self.blocks]
        if self.goals:
            parts.append(goal_table(self.goals))
        return "\n\n".join(parts) + "\n"


GOAL_COLUMNS = ("figure", "measured", "goal", "aim", "verdict")


def goal_table(goals: Iterable[Goal]) -> str:
    """The figures that are held to a bound."""
    return table(GOAL_COLUMNS, (goal.row() for goal in goals))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """An aligned Markdown table; numbers are rounded to three digits and stand on the right."""
    body = [list(row) for row in rows]
    right = [bool(body) and all(_numeric(row[place]) for row in body) for place in range(len(columns))]
    cells = [list(columns), *([_cell(value) for value in row] for row in body)]
    widths = [max(3, *(len(row[place]) for row in cells)) for place in range(len(columns))]
    rule = [
        "-" * (width - 1) + ":" if at_right else "-" * width
        for width, at_right in zip(widths, right, strict=True)
    ]
    lines = [cells[0], rule, *cells[1:]]
    return "\n".join(_line(row, widths, right) for row in lines)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = (
        cell.rjust(width) if at_right else cell.ljust(width)
        for cell, width, at_right in zip(row, widths, right, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def _numeric(value: object) -> bool:
    return value is None or isinstance(value, int | float)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (
        number(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )


def number(value: float, digits: int = 3) -> str:
    """A number to some significant digits, without an exponent where that stays readable.

    Example:
        >>> number(1234567.0), number(0.12345), number(57.01), number(2e-9)
        ('1,230,000', '0.123', '57', '2e-09')
    """
    if value == 0 or not 1e-5 < abs(value) < 1e12:
        return f"{value:.{digits}g}"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.{digits + 5}f}".rstrip("0").rstrip(".")


def run(
    title: str, fill: Callable[[Report, argparse.Namespace], None], *options: tuple[str, dict[str, Any]]
) -> None:
    """Be the command of a benchmark: read its options, measure, and print the report.

    Args:
        title: headline of the report.
        fill: measures and fills the report.
        options: further options, each the name and the keywords of `ArgumentParser.add_argument`.
    """
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--quick", action="store_true", help="the smallest setting, to see that it works")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    for name, keywords in options:
        parser.add_argument(name, **keywords)
    chosen = parser.parse_args()
    report = Report(title)
    fill(report, chosen)
    print(json.dumps(asdict(report)) if chosen.json else report.text())
