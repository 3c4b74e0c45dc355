from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

MODULE = '''\
import typer

app = typer.Typer()


@app.command()
def model(name: str, depth: int = 1, fail: bool = False) -> None:
    """Print a name."""
    print(name * depth)
    if fail:
        raise typer.Exit(3)


@app.command()
def other() -> None:
    """Do something else."""


def plain(word: str) -> None:
    """Print a word."""
    print(word.upper())


def broken() -> None:
    from qsim.errors import NetworkError

    raise NetworkError("the forecast is cloudy")
'''


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands that a package announces: an app, functions, and one whose module does not exist."""
    (tmp_path / "command_specimen.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "command_specimen", raising=False)
    announced = {
        "forecast": "command_specimen:app",
        "shout": "command_specimen:plain",
        "cloudy": "command_specimen:broken",
        "gone": "no_such_package:app",
        "run": "command_specimen:plain",
    }
    entry_points = importlib.metadata.entry_points

    def with_specimens(*, group: str) -> list[EntryPoint]:
        ours = (
            [EntryPoint(name, value, group) for name, value in announced.items()]
            if group == "qsim.commands"
            else []
        )
        return [*entry_points(group=group), *ours]

    monkeypatch.setattr(importlib.metadata, "entry_points", with_specimens)


def test_help_lists_the_commands_of_plugins_without_importing_them(cli: Cli) -> None:
    done = cli("--help")
    assert done.code == 0
    listed = dict(line.split(maxsplit=1) for line in done.out.partition("Commands:")[2].strip().splitlines())
    assert listed["shout"] == "Print a word."
    assert {name for name in listed if "(from" in listed[name]} == {"cloudy", "forecast", "gone"}
    assert listed["gone"] == "(from no_such_package)"
    assert "command_specimen" not in sys.modules


def test_help_of_qsim_tells_what_its_own_plugin_does() -> None:
    script = (
        "import sys; from qsim.cli import main; code = main(['--help']); "
        "sys.exit(code or 'qml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "forecast  Compare quantum reservoirs with classical baselines" in done.stdout


def test_an_app_is_called_with_its_arguments(cli: Cli) -> None:
    done = cli("forecast", "model", "ab", "--depth", "2")
    assert (done.code, done.out) == (0, "abab\n")


def test_its_exit_code_is_ours(cli: Cli) -> None:
    assert cli("forecast", "model", "ab", "--fail").code == 3


def test_a_function_is_a_command_too(cli: Cli) -> None:
    assert cli("shout", "hello").out == "HELLO\n"


def test_help_of_a_plugins_command_is_its_own(cli: Cli) -> None:
    done = cli("forecast", "--help")
    assert done.code == 0
    assert "Do something else." in done.out
    assert "qsim forecast" in done.out
    assert "Print a word." in cli("shout", "--help").out


def test_wrong_usage_of_a_plugins_command_ends_with_2(cli: Cli) -> None:
    done = cli("shout")
    assert done.code == 2
    assert "missing argument 'word'" in done.err.lower()


def test_errors_of_a_plugins_command_are_worded_like_ours(cli: Cli) -> None:
    done = cli("cloudy")
    assert done.code == 2
    assert done.err == "error: the forecast is cloudy\n"


def test_a_command_whose_package_is_gone_is_one_message(cli: Cli) -> None:
    done = cli("gone")
    assert done.code == 1
    assert "no_such_package" in done.err
    assert "Traceback" not in done.err


def test_a_plugin_does_not_replace_a_command_of_ours(cli: Cli) -> None:
    assert "Run a scenario and show its result." in cli("run", "--help").out


@pytest.mark.parametrize(
    "command",
    ["run", "sweep", "report", "compare", "check", "convert", "trace", "schema", "doctor", "forecast"],
)
def test_every_command_knows_the_short_form_of_help(cli: Cli, command: str) -> None:
    short, long = cli(command, "-h"), cli(command, "--help")
    assert (short.code, short.out) == (0, long.out)
    assert f"qsim {command}" in short.out
