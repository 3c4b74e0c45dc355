"""``qsim run``: run a scenario and show or store its result."""

from __future__ import annotations

import dataclasses
import json
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qsim.cli.console import FAILED, INTERRUPTED, page_width, show
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

if TYPE_CHECKING:
    from qsim.cli.console import Console
    from qsim.results import Result
    from qsim.scenario.scenario import Scenario


class Detail(StrEnum):
    """Levels of detail of heralded links."""

    attempt = "attempt"
    photon = "photon"


def run(
    ctx: typer.Context,
    file: ScenarioFile,
    seed: Seed = None,
    as_json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Store the result there, as Parquet tables and a manifest."
        ),
    ] = None,
    force: Force = False,
    settings: Settings = None,
    plugins: Plugins = None,
    allow_path: AllowPath = None,
    limit: Limit = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    detail: Annotated[
        Detail | None, typer.Option("--detail", help="Level of detail of heralded links.")
    ] = None,
    fingerprint: Annotated[
        bool, typer.Option("--fingerprint", help="Digest every trace event too; the run takes longer.")
    ] = False,
    invariants: Annotated[
        bool,
        typer.Option(
            "--invariants", help="Look after every event whether all is as it must be; the run takes longer."
        ),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run a scenario and show its result.

    Ctrl-C ends the run in order: what was finished is printed and stored, with exit code 130. A run in which
    requests can no longer progress ends with exit code 1.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    bound(ctx, allow_path, limit, max_seconds, max_memory)
    if out is not None:
        from qsim.results.result_files import check_destination

        check_destination(out, force=force)
    from qsim.cli.simulation import load_scenario, overridden

    overrides = overridden(settings, detail=detail, seed=seed)
    scenario = load_scenario(file, console, plugins=plugins, overrides=overrides)
    result = _simulated(scenario, console, fingerprint, invariants)
    try:
        if out is not None:
            result.save(out, force=force, overrides=overrides)
    finally:
        # A disk that fills up at the end must not take the result along.
        _show(result, as_json)
    if out is not None:
        console.say(f"stored in {out}")
    _finish(result, console)


def _simulated(scenario: Scenario, console: Console, fingerprint: bool, invariants: bool) -> Result:
    from qsim.cli.simulation import simulate
    from qsim.trace.sinks import FingerprintSink

    sink = FingerprintSink() if fingerprint else None
    engine = scenario.engine(trace=sink)
    if invariants:
        engine.check_invariants(shlex.join(["qsim", *sys.argv[1:]]))
    result, _ = simulate(engine, scenario.run_spec.duration, console)
    console.detail(f"set-up took {result.setup_s:.3f} s, the run {result.cpu_s:.3f} s of CPU time")
    return result if sink is None else dataclasses.replace(result, trace_fingerprint=sink.fingerprint)


def _show(result: Result, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result.to_dict(), indent=2, allow_nan=False))
        return
    width = page_width()
    if width is None or not sys.stdout.isatty():
        show(result.text(width))
        return
    from rich.console import Console as RichConsole

    from qsim.results.text_report import report

    RichConsole(width=width).print(report(result, width))


def _finish(result: Result, console: Console) -> None:
    if result.stalls:
        first = result.stalls[0]
        console.error(
            f"{len(result.stalls)} of the requests can no longer progress; "
            f"the first is {first.initiator} → {first.responder}: {first.cause}"
        )
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
    if result.stalls:
        raise typer.Exit(FAILED)
