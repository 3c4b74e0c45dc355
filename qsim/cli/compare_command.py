"""``qsim compare``: stored results side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qsim.cli.console import page_width, show
from qsim.cli.options import Json, Quiet, Verbose, console_of

if TYPE_CHECKING:
    from qsim.sweeps.comparison import Comparison


def compare(
    ctx: typer.Context,
    directories: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR DIR...",
            help="Stored runs or sweeps; the first is what the others are held against.",
            show_default=False,
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="TEXT", help="What to call them, once for each, in order."),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help="Compare this metric only. May be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE.html", help="Write a page too.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put stored runs or sweeps side by side: what differs in their scenarios and in their results.

    Points of sweeps are matched by what they vary, and runs by their seeds: runs of one seed share their
    random numbers, so that differences between them are much surer than those of the means.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    if len(directories) < 2:
        raise typer.BadParameter("needs two stored results at least", param_hint="'DIR DIR...'")
    if names is not None and (len(names) != len(directories) or len(set(names)) < len(names)):
        raise typer.BadParameter(
            f"needs {len(directories)} different names, got {len(set(names))}", param_hint="'--name'"
        )
    from qsim.sweeps.comparison import compare as compared

    comparison = compared(*directories, names=names, metrics=metrics)
    if as_json:
        typer.echo(json.dumps(_plain(comparison), indent=2, allow_nan=False))
    else:
        show(comparison.text(page_width()))
    if out is not None:
        from qsim.report import write_report

        console.say(f"written to {write_report(comparison, out)}")


def _plain(comparison: Comparison) -> object:
    from qsim.model.outcome import finite

    return finite(
        {
            "sides": [{"name": side.name, "runs": len(side.runs)} for side in comparison.sides],
            "scenarios": comparison.scenarios().to_dict("records"),
            "results": comparison.results().to_dict("records"),
            "unmatched": comparison.unmatched,
        }
    )
