"""``qsim report``: a stored result as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qsim.cli.options import Quiet, Verbose, console_of


def report(
    ctx: typer.Context,
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A stored run, sweep or forecast study.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE.html", help="Where to; report.html in DIR by default."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the report of a stored result: one HTML file that needs nothing else.

    The page has the network, a timeline, charts and tables of a run, the parameter charts and tables of a
    sweep, or the forecasts and tables of a study. It opens from disk, and no request leaves it.
    """
    console = console_of(ctx, quiet=quiet, verbose=verbose)
    if not directory.is_dir():
        what = "is a file" if directory.exists() else "does not exist"
        raise typer.BadParameter(
            f"'{directory}' {what}; name the folder that 'qsim run --out', 'qsim sweep --out' or "
            "'qsim forecast --out' has written",
            param_hint="'DIR'",
        )
    from qsim.report import write_report

    path = write_report(directory, directory / "report.html" if out is None else out)
    console.say(f"written to {path}")
    if show:
        import webbrowser

        if not webbrowser.open(path.absolute().as_uri()):
            console.say("no browser could be opened")
