"""``qsim convert``: somebody else's description of a network, as a scenario of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from qsim.cli.console import USAGE, write_text
from qsim.cli.options import Quiet, Verbose, console_of


def convert(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A SeQUeNCe configuration (.json), GraphML or GML file.", show_default=False
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT.yaml", help="Where to; standard output by default."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="REPORT.json", help="Write the report of losses as JSON."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Write no scenario, and end with exit code 2, when anything is lost."),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Convert a network description into a scenario.

    What cannot be honoured is reported on standard error, never dropped in silence.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    from qsim.network.importers import convert_file
    from qsim.scenario import to_yaml

    conversion = convert_file(file)
    losses = conversion.report.losses
    if conversion.report.entries:
        console.say(conversion.report.text())
    if report is not None:
        write_text(json.dumps(conversion.report.to_dict(), indent=2) + "\n", report)
    if strict and losses:
        console.error(f"{len(losses)} of the entries of {file} would be lost")
        raise typer.Exit(USAGE)
    write_text(to_yaml(conversion.document), out)
