"""``qsim forecast``: reservoirs and their baselines on a series of the user's own or a named task."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qsim.cli.console import INTERRUPTED
from qsim.cli.options import Json, Quiet, Settings, Verbose, console_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qml.experiments.lineup import Progress
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
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare quantum reservoirs with classical baselines, and forecast.

    The file names a series of yours (CSV, Parquet, NumPy) or one of the standard tasks. Settings are chosen
    on a validation part and scored on the last part of the series. No table comes without its baselines.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    console.subject = "forecast file"
    from qml.forecast.document import load_study

    overrides = [*(settings or ()), *([] if seed is None else [f"seed={seed}"])]
    study = load_study(file, overrides)
    from qml.experiments.checkpoint import Checkpoint
    from qml.forecast import output
    from qml.forecast.study import run_study

    if out is not None:
        output.check_folder(out)
    kept = Checkpoint(None if out is None else out / output.FINISHED)
    try:
        with _shown(console) as progress:
            outcome = run_study(study, workers=workers, progress=progress, checkpoint=kept)
    except KeyboardInterrupt:
        console.say("interrupted" + ("; the same command goes on from here" if out else ""))
        raise typer.Exit(INTERRUPTED) from None
    console.running = True
    if out is not None:
        output.store(study, outcome, out, overrides)
        console.say(f"stored in {out}")
    typer.echo(output.as_json(study, outcome) if as_json else output.text(outcome), nl=False)


@contextmanager
def _shown(console: Console) -> Iterator[Progress | None]:
    """How many models and seeds are finished, on a terminal that wants to know."""
    from qsim.cli.console import is_terminal

    if console.quiet or not is_terminal(sys.stderr):
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
