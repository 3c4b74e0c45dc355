"""``qsim convert``: scenarios of an earlier format, and other people's networks, as scenarios of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from qsim.cli.console import USAGE, write_text
from qsim.cli.options import Limit, MaxMemory, MaxSeconds, Quiet, Verbose, bound, console_of

#: How the names of files end that may be scenarios.
SCENARIOS: Final = (".yaml", ".yml", ".json")


def convert(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A scenario of an earlier format, a SeQUeNCe configuration or a graph of NetworkX (.json), "
            "GraphML or GML file.",
            show_default=False,
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
    least_length: Annotated[
        str | None,
        typer.Option(
            "--least-length",
            metavar="LENGTH",
            help="Make shorter links of a graph so long, such as those between nodes that share a place.",
        ),
    ] = None,
    limit: Limit = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Convert a scenario of an earlier format, or a network description, into a scenario of this format.

    What cannot be honoured is reported on standard error, never dropped in silence. The comments of a file
    are not kept.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    bound(ctx, None, limit, max_seconds, max_memory)
    from qsim import limits
    from qsim.cli.simulation import is_foreign
    from qsim.network.importers import convert_file
    from qsim.scenario import to_yaml

    if file.suffix.lower() in SCENARIOS and not is_foreign(file):
        from qsim.scenario.moved import converted_file

        document = converted_file(file)
        if file.suffix.lower() != ".json" and "#" in file.read_text(encoding="utf-8"):
            console.say(f"the comments of {file} are not kept")
        write_text(to_yaml(document), out)
        return
    conversion = convert_file(file, least_length=least_length)
    limits.current().check(**{part: len(conversion.document.get(part) or ()) for part in ("nodes", "links")})
    losses = conversion.report.losses
    if conversion.report.entries:
        console.say(conversion.report.text())
    if report is not None:
        write_text(json.dumps(conversion.report.to_dict(), indent=2) + "\n", report)
    if strict and losses:
        console.error(f"{len(losses)} of the entries of {file} would be lost")
        raise typer.Exit(USAGE)
    write_text(to_yaml(conversion.document), out)
