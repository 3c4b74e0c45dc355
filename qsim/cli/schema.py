"""``qsim schema``: what a scenario may say, for editors and for readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from qsim.cli.console import write_text
from qsim.cli.options import Plugins, Verbose, console_of


def schema(
    ctx: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to; standard output by default.")
    ] = None,
    parameters: Annotated[
        bool, typer.Option("--parameters", help="Print the parameter reference in Markdown instead.")
    ] = False,
    presets: Annotated[
        bool, typer.Option("--presets", help="Print the presets with their sources in Markdown instead.")
    ] = False,
    plugins: Plugins = None,
    verbose: Verbose = False,
) -> None:
    """Print the JSON Schema of scenario files.

    An editor that knows the schema completes and checks a scenario as it is written.
    """
    console_of(ctx, verbose=verbose)
    from qsim.plugins import load

    load(plugins or ())
    if parameters or presets:
        from qsim.cli import reference

        text = reference.presets() if presets else reference.markdown()
    else:
        from qsim.scenario.editor_schema import json_schema

        text = json.dumps(json_schema(), indent=2) + "\n"
    write_text(text, out)
