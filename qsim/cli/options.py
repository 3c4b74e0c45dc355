"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from qsim.cli.console import Console

ScenarioFile: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="Scenario in YAML or JSON (or what 'qsim convert' reads).", show_default=False
    ),
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option("--seed", metavar="N", min=0, help="Root seed, in place of the scenario's own.")
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Override one value, as in --set run.duration='10 s'. May be repeated.",
    ),
]
Plugins: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        metavar="NAME|FILE.py",
        help="Import a module or a Python file that registers kinds of its own. May be repeated.",
    ),
]
Force: TypeAlias = Annotated[
    bool,
    typer.Option("--force", help="Store into a directory that holds other things; they are left alone."),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object in place of text.")]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no remarks, only errors.")
]
Verbose: TypeAlias = Annotated[bool, typer.Option("--verbose", "-v", help="Say more, and show tracebacks.")]


def console_of(ctx: typer.Context, *, quiet: bool = False, verbose: bool = False) -> Console:
    """The voice of the command in hand, set to how much its user wants to hear."""
    console = ctx.find_object(Console) or Console()
    console.quiet = quiet
    console.verbose = verbose
    return console
