"""``{commands}``: every command with its arguments and options, from the commands themselves."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import typer
from generated import Generated, table

from qsim.cli.app import app as qsim_app

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: An option in a text, with an example of its value: code, or its dashes would be taken for punctuation.
_OPTION = re.compile(r"(?<!\S)--[\w-]+(?: (?:[\w.]+=)?'[^']*'| [\w.]+=\w+)?")


class Commands(Generated):
    """A section for each command, plug-ins' included."""

    def lines(self) -> list[str]:
        """Usage, explanation, arguments and options of each command."""
        group: Any = typer.main.get_command(qsim_app)
        context = group.make_context("qsim", ["doctor"])
        made: list[str] = []
        for name in group.list_commands(context):
            made += _described(group.full_command(context, name), name, context)
        return made


def _described(command: Any, name: str, parent: Any) -> list[str]:
    context = type(parent)(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context)).replace("{FILE}", "FILE")
    lines = [f"(command-{name})=", f"## `qsim {name}`", ""]
    lines += ["```text", f"qsim {name} {usage}", "```", "", *inspect.cleandoc(command.help).splitlines(), ""]
    for sort in ("argument", "option"):
        rows = [_parameter(param, context) for param in command.params if param.param_type_name == sort]
        lines += table((sort, "meaning"), rows) if rows else []
    return lines


def _parameter(param: Any, context: Any) -> tuple[str, str]:
    name, meaning = param.get_help_record(context)
    return f"`{name.removesuffix(' <path>')}`", _OPTION.sub(r"`\g<0>`", meaning)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
