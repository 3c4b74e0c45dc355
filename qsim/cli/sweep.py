"""``qsim sweep``: run a scenario at many points, several times each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qsim.cli.console import INTERRUPTED, PARTLY, page_width, show
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
from qsim.errors import ParameterError, ResultError
from qsim.missing_packages import MissingPackageError

if TYPE_CHECKING:
    from qsim.cli.console import Console
    from qsim.sweeps.plan import Plan, Shard
    from qsim.sweeps.study import Study
    from qsim.sweeps.sweep_result import SweepResult


def sweep(
    ctx: typer.Context,
    file: ScenarioFile,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Keep every finished run there; what is there already is not run again.",
            show_default=False,
        ),
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=V1,V2,...",
            help="Values of one parameter, in place of the scenario's own grid. May be repeated: "
            "every combination is a point.",
        ),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", metavar="N", min=1, help="Runs of each point.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="METRIC=W",
            help="Run replicates until the 95 % half width of a metric is below W, "
            "as in --until throughput_hz=5.",
        ),
    ] = None,
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help="Show the means of this metric. May be repeated."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Processes; one for each processor if left out."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Use the workers of a Dask scheduler, as tcp://HOST:8786."
        ),
    ] = None,
    shard: Annotated[
        str,
        typer.Option(
            "--shard", metavar="I/N", help="Do the I-th of N shares, for the jobs of a batch system."
        ),
    ] = "1/1",
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
    """Run a scenario at many points, several times each, and show the means.

    What varies stands in the scenario's section `sweep`, or is said here. Every point is checked before
    anything runs. A sweep that was cut short goes on where it stopped. Runs that end in an error are
    recorded, the others go on, and the exit code is 3.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    bound(ctx, allow_path, limit, max_seconds, max_memory)
    from qsim.cli.simulation import overridden
    from qsim.sweeps.front_door import pool_of
    from qsim.sweeps.store import Store
    from qsim.sweeps.study import Study

    share = _shard(shard)
    store = Store(out)
    store.check(force=force)
    varied = _varied(vary, replicates, until)
    _check_metrics(metrics)
    plan = _plan(file, console, varied, plugins, overridden(settings, seed=seed))
    if not plan.parameters:
        console.say("the sweep varies nothing: all of its runs are of one point (see --vary)")
    study = Study(plan, pool_of(workers, scheduler), store, share, tuple(plugins or ()))
    result = _run(study, console, force)
    try:
        _show(result, as_json, metrics)
    except (MissingPackageError, ResultError) as error:
        console.warn(f"the runs are stored, and not summarised here: {error}")
    _finish(result, study, out, console)


def _shard(text: str) -> Shard:
    from qsim.sweeps.plan import Shard

    try:
        return Shard.parse(text)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--shard'") from None


def _check_metrics(metrics: list[str] | None) -> None:
    from qsim.sweeps.plan import check_metric

    try:
        for name in metrics or ():
            check_metric(name)
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--metric'") from None


def _varied(vary: list[str] | None, replicates: int | None, until: str | None) -> dict[str, Any]:
    """What the options say of the sweep, in the words of the scenario's section."""
    from qsim.documents.overrides import parse_values

    varied: dict[str, Any] = {}
    try:
        for text in vary or ():
            path, values = parse_values(text)
            if path in varied.setdefault("grid", {}):
                raise ParameterError(f"names '{path}' twice; list all of its values after one =")
            varied["grid"][path] = values
    except ParameterError as error:
        raise typer.BadParameter(str(error), param_hint="'--vary'") from None
    if replicates is not None:
        varied["replicates"] = replicates
    if until is not None:
        metric, _, width = until.rpartition("=")
        try:
            varied["until"] = {"metric": metric.strip(), "half_width": float(width)}
        except ValueError:
            raise typer.BadParameter(
                f"is written METRIC=WIDTH, as in throughput_hz=5; got {until!r}", param_hint="'--until'"
            ) from None
    return varied


def _plan(
    file: Path, console: Console, varied: dict[str, Any], plugins: list[str] | None, overrides: list[str]
) -> Plan:
    from qsim import plugins as plugin_loader
    from qsim.cli.simulation import is_foreign, load_scenario
    from qsim.sweeps.front_door import planned

    if is_foreign(file):
        scenario = load_scenario(file, console, plugins=plugins, overrides=overrides)
        return planned(scenario, varied, said_in="<options>")
    plugin_loader.load(plugins or ())
    return planned(file, varied, overrides=overrides, said_in="<options>")


def _run(study: Study, console: Console, force: bool) -> SweepResult:
    from qsim.cli.progress import SweepProgress
    from qsim.cli.simulation import Interruption

    console.running = True
    progress = SweepProgress(console.terminal)

    def watch(study: Study, error: str) -> None:
        if error:
            console.warn(f"a run failed: {error}")
        progress(study)

    with (
        Interruption(lambda: None, quiet=console.quiet, after="the runs under way") as interruption,
        progress,
    ):
        return study.run(
            force=force, stopped=lambda: interruption.requested, watch=watch, remark=console.warn
        )


def _show(result: SweepResult, as_json: bool, metrics: list[str] | None) -> None:
    from qsim.model.outcome import finite

    if as_json:
        said = {
            "name": result.name,
            "planned": result.planned,
            "finished": len(result.runs),
            "failed": len(result.failures),
            "interrupted": result.interrupted,
            "fingerprint": result.fingerprint,
            "summary": result.summary(columns=metrics).to_dict("records") if result.runs else [],
        }
        typer.echo(json.dumps(finite(said), indent=2, allow_nan=False))
    elif result.runs:
        from qsim.sweeps.summary_table import summary_text

        show(summary_text(result, page_width(), metrics))


def _finish(result: SweepResult, study: Study, out: Path, console: Console) -> None:
    others = result.planned - len(result.runs) - len(result.failures)
    console.say(f"{len(result.runs)} of {result.planned} runs are in {out}")
    if study.shard.of > 1 and others and not result.interrupted:
        console.say(f"{others} are in other shares, {study.shard.number} of {study.shard.of} is done")
    stalled = sum(bool(run.result.stalls) for run in result.runs)
    if stalled:
        console.warn(f"in {stalled} runs requests can no longer progress; their tables `stalls` say why")
    if result.failures:
        console.error(
            f"{len(result.failures)} runs failed; the first: {result.failures[0].error} "
            f"(tracebacks in {out / 'failed'})"
        )
    if result.interrupted:
        console.say("the same command with the same --out goes on where this one stopped")
        raise typer.Exit(INTERRUPTED)
    if study.failed:
        raise typer.Exit(PARTLY)
