"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from qsim.cli.console import Console
from qsim.limits import NUMBERS, using

ScenarioFile: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Scenario in YAML or JSON (or what 'qsim convert' reads); - reads YAML from standard input.",
        show_default=False,
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
        help="Override one value, as in --set links[0].length='20 km' or --set defaults.memory.count=4. "
        "May be repeated.",
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


AllowPath: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-path",
        metavar="DIR",
        help="Let the scenario name files in this folder too, beside its own. May be repeated.",
    ),
]
Limit: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=N",
        help=f"Raise or lower the most that is taken of {', '.join(NUMBERS)}. May be repeated.",
    ),
]
MaxSeconds: TypeAlias = Annotated[
    float | None, typer.Option("--max-seconds", metavar="S", min=0.001, help="Give up after so long.")
]
MaxMemory: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--max-memory", metavar="MIB", min=1, help="Give up when a process needs more memory than this."
    ),
]


def bound(
    ctx: typer.Context,
    folders: list[Path] | None,
    numbers: list[str] | None,
    seconds: float | None,
    mebibytes: int | None,
) -> None:
    """Let the limits of the options above hold until the command ends."""
    changed: dict[str, Any] = {"folders": tuple(folders)} if folders else {}
    for text in numbers or ():
        name, _, number = text.partition("=")
        if name not in NUMBERS or not number.isdecimal():
            raise typer.BadParameter(
                f"is written NAME=N, with a name of {', '.join(NUMBERS)}; got {text!r}",
                param_hint="'--limit'",
            )
        changed[name] = int(number)
    ctx.with_resource(using(**changed))
    if seconds is not None or mebibytes is not None:
        from qsim.cli.budget import budget

        ctx.with_resource(budget(seconds, mebibytes))


def console_of(ctx: typer.Context, *, quiet: bool = False, verbose: bool = False) -> Console:
    """The voice of the command in hand, set to how much its user wants to hear."""
    console = ctx.find_object(Console) or Console()
    console.quiet = quiet
    console.verbose = verbose
    return console
