from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qsim import registry
from tests.cli.conftest import Cli, Stage

pytestmark = pytest.mark.usefixtures("stage")

MEMORY = """\
from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import qsim
from hardware.memory import AtomicMemory


@qsim.register("memory", "test-vapour")
@dataclass(frozen=True)
class Vapour(AtomicMemory):
    '''A warm vapour cell.'''

    pressure: Annotated[float, qsim.Param("pressure of the buffer gas", ge=0)] = 1.0
"""


def test_a_file_adds_a_kind_that_scenarios_can_name(
    cli: Cli, stage: Stage, scenario: Path, tmp_path: Path, forget: Callable[[str, str], None]
) -> None:
    forget("memory", "test-vapour")
    plugin = tmp_path / "vapour.py"
    plugin.write_text(MEMORY)
    memory = "defaults={memory: {kind: test-vapour, pressure: 2.5}}"
    refused = cli("run", scenario, "--set", memory)
    assert refused.code == 2
    assert "test-vapour" in refused.err
    done = cli("run", scenario, "--plugin", plugin, "--set", memory)
    assert (done.code, done.err) == (0, "")
    assert stage.engines[-1].scenario.nodes[0].memory.pressure == 2.5


def test_a_file_may_be_loaded_twice_and_called_like_a_module(
    cli: Cli, scenario: Path, tmp_path: Path, forget: Callable[[str, str], None]
) -> None:
    forget("memory", "test-vapour")
    plugin = tmp_path / "json.py"
    plugin.write_text(MEMORY)
    json = sys.modules["json"]
    assert [cli("run", scenario, "--plugin", plugin).code for _ in range(2)] == [0, 0]
    assert sys.modules["json"] is json


def test_a_module_is_imported_by_its_name(
    cli: Cli,
    scenario: Path,
    tmp_path: Path,
    forget: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forget("memory", "test-vapour")
    (tmp_path / "vapour_module.py").write_text(MEMORY)
    monkeypatch.syspath_prepend(tmp_path)
    assert cli("run", scenario, "--plugin", "vapour_module").code == 0
    assert "test-vapour" in registry.names("memory")
    del sys.modules["vapour_module"]


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        ("no_such_module", "plugin 'no_such_module' cannot be imported"),
        ("missing.py", "there is no such file"),
    ],
)
def test_a_plugin_that_is_not_there_is_wrong_usage(
    cli: Cli, stage: Stage, scenario: Path, plugin: str, said: str
) -> None:
    done = cli("run", scenario, "--plugin", plugin)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert stage.engines == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import qsim\n1 / 0\n", "ZeroDivisionError: division by zero ({plugin}, line 2)"),
        ("def broken(:\n", "SyntaxError"),
        ("import no_such_module_at_all\n", "no_such_module_at_all"),
    ],
)
def test_a_plugin_that_fails_is_one_message(
    cli: Cli, scenario: Path, tmp_path: Path, code: str, said: str
) -> None:
    plugin = tmp_path / "plugin.py"
    plugin.write_text(code)
    done = cli("run", scenario, "--plugin", plugin)
    assert done.code == 2
    assert f"plugin '{plugin}' fails as it is imported" in done.err
    assert said.format(plugin=plugin) in done.err
    assert "Traceback" not in done.err
    assert not [name for name in sys.modules if name.startswith("plugin_")]
