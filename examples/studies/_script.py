"""What the commands of the studies share: options, errors in a sentence, tables of the report."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10
from pathlib import Path
from time import monotonic

import pandas as pd

from qsim.errors import QsimError
from qsim.files import write_whole
from qsim.sweeps import SweepResult

EXAMPLES = Path(__file__).parents[1]


@dataclass(frozen=True)
class Study:
    """What a study gives back.

    Attributes:
        tables: Markdown tables by title.
        sweeps: the sweeps they are made of.
        figure: file of the figure.
        faults: what is not as it must be, one sentence each.
    """

    tables: dict[str, str]
    sweeps: tuple[SweepResult, ...]
    figure: Path
    faults: tuple[str, ...] = ()

    def text(self) -> str:
        """All tables under their titles."""
        return "\n\n".join(f"### {title}\n\n{table}" for title, table in self.tables.items())


def main(
    run: Callable[..., Study],
    description: str | None,
    arguments: Sequence[str] | None = None,
    *,
    parts: Sequence[str] = (),
) -> int:
    """Read the options, run a study, print its tables and say what was written.

    Args:
        run: called with folder, workers, whether it is a trial run, and the part where there are parts.
        description: what the command does.
        arguments: of the command line.
        parts: names of parts that can be run alone, the whole first.

    Returns:
        0; 1 when a figure is not as published, 2 for a fault in what was asked, 3 when runs failed, 130 when
        interrupted.
    """
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of runs and figure")
    options.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    options.add_argument("--quick", action="store_true", help="a trial run whose figures mean little")
    if parts:
        options.add_argument("--part", choices=parts, default=parts[0], help=f"what to run ({parts[0]})")
    given = options.parse_args(arguments)
    began = monotonic()
    try:
        study = run(given.out, given.workers, given.quick, *([given.part] if parts else []))
        report = given.out / f"{study.figure.stem}.md"
        write_whole(report, lambda file: file.write_text(study.text() + "\n", encoding="utf-8"))
    except QsimError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    print(study.text(), "", f"wrote {study.figure} and {report}", sep="\n")
    print(f"{sum(len(sweep.runs) for sweep in study.sweeps)} runs, {monotonic() - began:.0f} s")
    failures = [failure.error for sweep in study.sweeps for failure in sweep.failures]
    for what, sentences in (("not as it must be", study.faults), ("a run failed", failures)):
        for sentence in sentences:
            print(f"{what}: {sentence}", file=sys.stderr)
    return 3 if failures else 1 if study.faults else 0


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; the first column holds words, the others numbers."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def interval(row: pd.Series) -> str:
    """A row of a summary (mean, low, high) as mean and half width.

    Two digits of the half width are shown, but no more than four of the mean; a half width that is nothing
    then is left out.
    """
    mean, half = row["mean"], (row["high"] - row["low"]) / 2
    if pd.isna(mean):
        return "none"
    if mean == 0:
        return "0"
    decimals = max(0, 3 - floor(log10(abs(mean))))
    if pd.isna(half) or half < 0.5 * 10.0**-decimals:
        return f"{mean:,.{decimals}f}"
    decimals = min(decimals, max(0, 1 - floor(log10(half))))
    return f"{mean:,.{decimals}f} ± {half:,.{decimals}f}"
