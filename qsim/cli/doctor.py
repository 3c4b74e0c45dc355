"""``qsim doctor``: say what is installed, and what is wrong with it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from qsim.cli.failure import FAILED
from qsim.cli.options import Plugins, Verbose, talk_of

if TYPE_CHECKING:
    from qsim.cli.diagnosis import Finding


def doctor(ctx: typer.Context, plugins: Plugins = None, verbose: Verbose = False) -> None:
    """Show what is installed, and what is wrong with it.

    Lists versions, where the packages were loaded from, and the registered kinds. Ends with exit code 1 when
    a package is shadowed, a dependency is missing or unsuitable, or a plug-in cannot be imported.
    """
    talk_of(ctx, verbose=verbose)
    from qsim import registry
    from qsim.cli import diagnosis, group
    from qsim.plugins import load

    typer.echo(f"Python {platform.python_version()} on {platform.platform(terse=True)} ({sys.executable})")
    findings = [
        *_section("Packages", diagnosis.packages()),
        *_section("Dependencies", diagnosis.dependencies()),
        *_section("Plug-ins", diagnosis.plugins(registry.GROUP, load=True)),
        *_section("Commands of plug-ins", diagnosis.plugins(group.GROUP, load=False)),
    ]
    problems = [finding for finding in findings if finding.problem]
    if not problems:
        load(plugins or ())
        kinds = {kind: ", ".join(registry.names(kind)) for kind in registry.kinds()}
        _section("Registered kinds", (diagnosis.Finding(kind, known) for kind, known in kinds.items()))
    typer.echo()
    for finding in problems:
        typer.echo(f"problem: {finding.name}: {finding.problem}")
    if problems:
        raise typer.Exit(FAILED)
    typer.echo("No problems found.")


def _section(title: str, findings: Iterable[Finding]) -> list[Finding]:
    """Print a section, unless it is empty."""
    listed = list(findings)
    if listed:
        typer.echo(f"\n{title}")
        width = max(len(finding.name) for finding in listed)
        for finding in listed:
            typer.echo(f"{'!' if finding.problem else ' '} {finding.name:<{width}}  {finding.found}")
    return listed
