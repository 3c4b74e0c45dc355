"""The ``qsim`` command: our own commands and those of plug-ins.

One of our own is imported when it is called or listed. A package adds a command by an entry point in the
group ``qsim.commands``: its name is the command's name, its object a `typer.Typer` app or a function that
Typer can call. The object is imported when the command is called, never to list it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from qsim.cli.console import FAILED, INTERRUPTED, Console, Spent, report
from qsim.plugins import COMMANDS

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


#: What asks a command for help.
_HELP = ["--help", "-h"]
#: Our own commands in the order of the help, each with the module that has a function of its name.
_OWN = {
    "run": "qsim.cli.run",
    "sweep": "qsim.cli.sweep",
    "plan": "qsim.cli.plan_command",
    "report": "qsim.cli.report_command",
    "compare": "qsim.cli.compare_command",
    "check": "qsim.cli.check",
    "convert": "qsim.cli.convert",
    "trace": "qsim.cli.trace",
    "schema": "qsim.cli.schema",
    "doctor": "qsim.cli.doctor",
}


class CommandGroup(typer.core.TyperGroup):
    """Finds commands among our own and then among the plug-ins'."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Typer offers the nearest of these names, so they are there before what they stand for.
        self.commands: dict[str, Any] = dict.fromkeys(_OWN)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*_OWN, *(name for name in sorted(_entry_points()) if name not in _OWN)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in _OWN:
            return self._own(cmd_name)
        entry = _entry_points().get(cmd_name)
        return None if entry is None else _stand_in(entry)

    def full_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command with its arguments and options; that of a plug-in is imported for it."""
        if cmd_name in _OWN:
            return self._own(cmd_name)
        entry = _entry_points().get(cmd_name)
        return None if entry is None else _command(entry.load(), entry.name)

    def _own(self, name: str) -> Any:
        if self.commands[name] is None:
            self.commands[name] = _command(getattr(importlib.import_module(_OWN[name]), name), name)
        return self.commands[name]

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None


def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in importlib.metadata.entry_points(group=COMMANDS)}


def _stand_in(entry: EntryPoint) -> Any:
    """A command that tells what it does, and becomes the real one when it is called."""

    def call(ctx: typer.Context) -> None:
        command = _command(entry.load(), entry.name)
        code = command.main(
            args=list(ctx.args), prog_name=ctx.command_path, standalone_mode=False, obj=ctx.obj
        )
        if isinstance(code, int) and code != 0:
            raise typer.Exit(code)

    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings: dict[str, Any] = {
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    }
    app.command(entry.name, help=_described(entry), add_help_option=False, context_settings=settings)(call)
    return typer.main.get_command(app)


def _described(entry: EntryPoint) -> str:
    """What the function of a command does, read from its source: to import it may take seconds."""
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        for part in ast.parse(_source(entry.module)).body:
            if isinstance(part, ast.FunctionDef) and part.name == entry.attr:
                return ast.get_docstring(part) or _origin(entry)
    return _origin(entry)


def _origin(entry: EntryPoint) -> str:
    return f"(from {entry.module.partition('.')[0]})"


def _source(module: str) -> str:
    """The source of a module that is not imported, nor the packages it lies in; empty where none is found."""
    top, *parts = module.split(".")
    spec = importlib.util.find_spec(top)
    name = top
    for part in parts:
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, spec.submodule_search_locations) if spec is not None else None
    read = getattr(spec and spec.loader, "get_source", None)
    return (read(module) if read is not None else None) or ""


def _command(target: Any, name: str) -> Any:
    if isinstance(target, typer.Typer):
        made = typer.main.get_command(target)
    else:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(target)
        made = typer.main.get_command(app)
    made.context_settings.setdefault("help_option_names", _HELP)
    return made


app = typer.Typer(
    cls=CommandGroup,
    help="Simulate quantum networks.",
    # Plain help starts in half the time, and reads the same on a terminal and in a file.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": _HELP},
)


def main(argv: Sequence[str] | None) -> int:
    """Run the command line, as `qsim.cli.main` says."""
    console = Console()
    _open_closed_streams()
    _survive_narrow_encodings()
    try:
        command = typer.main.get_command(app)
        command.main(args=None if argv is None else list(argv), prog_name="qsim", obj=console)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except (Exception, Spent) as error:  # the one place where everything that no command expects ends up
        code = report(error, console)
    else:
        code = 0
    return _flushed(code, console)


@app.callback()
def _top(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda asked: _show_version(asked), is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Simulate quantum networks."""


def _show_version(asked: bool) -> None:
    if asked:
        import qsim

        typer.echo(f"qsim {qsim.__version__}")
        raise typer.Exit


def _open_closed_streams() -> None:
    """Let what is said to a stream that is closed from the start (``qsim run FILE >&-``) go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (open until the end)


def _survive_narrow_encodings() -> None:
    """Let a terminal that cannot show a character show its escape, where Python would raise."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flushed(code: int, console: Console) -> int:
    """Flush standard output and give the exit code, which a failure changes.

    A reader who has gone needs no word (``qsim schema | head``), nor does what has been reported already.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python flushes once more at exit: that must not fail again.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError) and not code:
            report(error, console)
        return code or FAILED
    return code
