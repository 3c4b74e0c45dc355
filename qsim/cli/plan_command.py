"""``qsim plan``: the least value of a parameter with which a scenario meets a demand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qsim.cli.console import show
from qsim.cli.options import (
    AllowPath,
    Force,
    Json,
    Limit,
    MaxMemory,
    MaxSeconds,
    Plugins,
    Quiet,
    ScenarioFile,
    Seed,
    Settings,
    Verbose,
    bound,
    console_of,
)
from qsim.errors import ParameterError

if TYPE_CHECKING:
    from qsim.sweeps.least_value import LeastValue, Looked

#: Exit code where no value meets the demand.
UNMET = 4


def plan(
    ctx: typer.Context,
    file: ScenarioFile,
    choose: Annotated[
        str,
        typer.Option(
            "--choose",
            metavar="PATH=A..B",
            help="The parameter and its values, each serving at least as well as the one before: whole "
            "numbers A to B, or V1,V2,...",
            show_default=False,
        ),
    ],
    meet: Annotated[
        str,
        typer.Option(
            "--meet",
            metavar="METRIC<=X",
            help="What the mean of a metric must be, <= or >=.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Keep every finished run there; what is there already is not run again.",
            show_default=False,
        ),
    ],
    confidence: Annotated[
        float, typer.Option("--confidence", metavar="C", help="How often all judgements together are right.")
    ] = 0.95,
    at_least: Annotated[
        int, typer.Option("--at-least", metavar="N", min=2, help="Fewest runs of a value.")
    ] = 5,
    at_most: Annotated[int, typer.Option("--at-most", metavar="N", min=2, help="Most runs of a value.")] = 80,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Processes; one for each processor if left out."),
    ] = None,
    seed: Seed = None,
    settings: Settings = None,
    plugins: Plugins = None,
    allow_path: AllowPath = None,
    limit: Limit = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find the least value of a parameter with which a scenario meets a demand.

    The values are bisected. Each one that is looked at is run until an interval of the mean tells whether it
    meets the demand. The exit code is 4 where no value does.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    bound(ctx, allow_path, limit, max_seconds, max_memory)
    from qsim import plugins as plugin_loader
    from qsim.cli.simulation import overridden
    from qsim.sweeps.least_value import Meet, least_value

    try:
        path, values = _choice(choose)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--choose'") from None
    try:
        demand = Meet.parse(meet)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--meet'") from None
    plugin_loader.load(plugins or ())
    console.running = True

    def tell(looked: Looked) -> None:
        word = {True: "meets", False: "misses", None: "open"}[looked.met]
        estimate = looked.estimate
        console.say(
            f"{path} = {looked.value}: {estimate.mean:.4g} ({estimate.low:.4g} to {estimate.high:.4g}, "
            f"{estimate.n} runs): {word}"
        )

    found = least_value(
        file,
        path,
        values,
        demand,
        confidence=confidence,
        at_least=at_least,
        at_most=at_most,
        out=out,
        workers=workers,
        overrides=overridden(settings, seed=seed),
        plugins=plugins or (),
        force=force,
        watch=tell,
    )
    if as_json:
        typer.echo(json.dumps(_plain(found), indent=2, allow_nan=False))
    else:
        show(found.text() + "\n")
    if found.least is None:
        raise typer.Exit(UNMET)


def _choice(text: str) -> tuple[str, list[Any]]:
    """The parameter and its values, in order.

    Raises:
        ParameterError: they cannot be read.
    """
    from qsim.documents.overrides import parse_values

    left, _, right = text.rpartition("=")
    low, dots, high = right.strip().partition("..")
    if dots and low.lstrip("-").isdigit() and high.lstrip("-").isdigit():
        if not int(low) <= int(high) <= int(low) + 1_000_000:
            raise ParameterError(f"a range goes from the least to the greatest, got {low}..{high}")
        path, _ = parse_values(f"{left}=0")
        return path, list(range(int(low), int(high) + 1))
    return parse_values(text)


def _plain(found: LeastValue) -> dict[str, Any]:
    from qsim.model.outcome import finite

    looked = [
        {
            "value": each.value,
            "met": each.met,
            "n": each.estimate.n,
            "mean": each.estimate.mean,
            "low": each.estimate.low,
            "high": each.estimate.high,
        }
        for each in found.looked
    ]
    plain: dict[str, Any] = finite(
        {
            "parameter": found.path,
            "demand": str(found.meet),
            "confidence": found.confidence,
            "least": found.least,
            "missed": found.missed,
            "undecided": list(found.undecided),
            "looked": looked,
        }
    )
    return plain
