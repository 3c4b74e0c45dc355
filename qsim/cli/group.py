"""The top-level command: our own commands and those of plug-ins.

A package adds a command by an entry point in the group ``qsim.commands``: its name is the command's name, its
object a `typer.Typer` app or a function that Typer can call. The object is imported when the command is
called, never to list it.
"""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any

import typer
import typer.core

from qsim.cli.failure import INTERRUPTED

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "qsim.commands"


class CommandGroup(typer.core.TyperGroup):
    """Finds commands among our own and then among the plug-ins'."""

    def list_commands(self, ctx: Any) -> list[str]:
        own = list(super().list_commands(ctx))
        return own + [name for name in sorted(_entry_points()) if name not in own]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        entry = _entry_points().get(cmd_name)
        return None if entry is None else _stand_in(entry)

    def full_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command with its arguments and options; that of a plug-in is imported for it."""
        entry = _entry_points().get(cmd_name)
        own = super().get_command(ctx, cmd_name)
        return own if own is not None or entry is None else _command(entry.load(), entry.name)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}


def _stand_in(entry: EntryPoint) -> Any:
    """A command that shows where it comes from, and becomes the real one when it is called."""
    package = entry.module.partition(".")[0]

    def call(ctx: typer.Context) -> None:
        command = _command(entry.load(), entry.name)
        code = command.main(
            args=list(ctx.args), prog_name=ctx.command_path, standalone_mode=False, obj=ctx.obj
        )
        if isinstance(code, int) and code != 0:
            raise typer.Exit(code)

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
    app.command(entry.name, help=f"(from {package})", add_help_option=False, context_settings=settings)(call)
    return typer.main.get_command(app)


def _command(target: Any, name: str) -> Any:
    if isinstance(target, typer.Typer):
        return typer.main.get_command(target)
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name)(target)
    return typer.main.get_command(app)
