"""``qsim forecast``: reservoirs and their baselines on a series of the user's own or a named task."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qsim.cli.console import INTERRUPTED
from qsim.cli.options import (
    AllowPath,
    Json,
    MaxMemory,
    MaxSeconds,
    Plugins,
    Quiet,
    Settings,
    Verbose,
    bound,
    console_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qml.comparison.compare import Progress
    from qsim.cli.console import Console


def forecast(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Forecast file in YAML or JSON.", show_default=False)
    ],
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=0, help="First seed, in place of the file's own."),
    ] = None,
    as_json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Store tables there; what is finished there is not computed again."
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="Processes.")] = 1,
    settings: Settings = None,
    plugins: Plugins = None,
    allow_path: AllowPath = None,
    max_seconds: MaxSeconds = None,
    max_memory: MaxMemory = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare quantum reservoirs with classical baselines, and forecast.

    The file names a series of yours (CSV, Parquet, NumPy) or one of the standard tasks. Settings are chosen
    on a validation part and scored on the last part of the series. No table comes without its baselines.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    console.subject = "forecast file"
    bound(ctx, allow_path, None, max_seconds, max_memory)
    from qml.forecast.document import load_study
    from qsim.plugins import load

    overrides = [*(settings or ()), *([] if seed is None else [f"seed={seed}"])]
    load(plugins or ())
    study = load_study(file, overrides)
    from qml.comparison.checkpoint import Checkpoint
    from qml.forecast import forecast_output
    from qml.forecast.evaluation import run_study

    if out is not None:
        forecast_output.check_folder(out)
    kept = Checkpoint(None if out is None else out / forecast_output.FINISHED, _sources())
    try:
        with _shown(console) as progress:
            outcome = run_study(
                study, workers=workers, progress=progress, checkpoint=kept, plugins=plugins or ()
            )
    except KeyboardInterrupt:
        console.say("interrupted" + ("; the same command goes on from here" if out else ""))
        raise typer.Exit(INTERRUPTED) from None
    console.running = True
    if out is not None:
        forecast_output.store(study, outcome, out, overrides)
        console.say(f"stored in {out}")
    typer.echo(
        forecast_output.as_json(study, outcome) if as_json else forecast_output.text(outcome), nl=False
    )


def _sources() -> tuple[Path, ...]:
    """Files of the classes that plug-ins registered: what another version computed is computed again."""
    from qsim.registry import added

    files = {inspect.getsourcefile(cls) for _, _, cls in added()}
    return tuple(sorted(Path(file) for file in files if file is not None))


@contextmanager
def _shown(console: Console) -> Iterator[Progress | None]:
    """How many models and seeds are finished, on a terminal that wants to know."""
    if console.terminal is None:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, total, label: bar.update(task, completed=done, total=total, description=label)
