"""The examples: every script prints what stands beside it, every scenario checks, runs and stays short."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qsim import registry
from qsim.cli import main
from qsim.scenario import load

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
SCENARIOS = sorted(EXAMPLES.glob("*.yaml"))
#: Statements that a script may have, blank lines, docstrings and comments apart: a first script is short.
LONGEST = {
    "01_two_nodes": 12,
    "02_repeater_chain": 12,
    "03_custom_memory": 22,
    "05_ghz_at_hub": 16,
    "06_remote_cnot": 16,
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_prints_what_stands_beside_it(script, tmp_path):
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.stderr == ""
    assert done.stdout == script.with_suffix(".out").read_text()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_is_short(script):
    lines = [line.strip() for line in script.read_text().splitlines()]
    code = [line for line in lines if line and not line.startswith(("#", '"""'))]
    assert len(code) <= LONGEST[script.stem]


@pytest.mark.parametrize(
    "scenario", [path for path in SCENARIOS if not path.stem.startswith("03")], ids=lambda path: path.stem
)
def test_scenario_checks(scenario, capsys):
    assert main(["check", str(scenario)]) == 0
    assert capsys.readouterr().err == ""


def test_scenario_with_a_plugin_of_its_own(capsys):
    scenario = EXAMPLES / "03_custom_memory.yaml"
    try:
        assert main(["run", str(scenario), "--plugin", str(scenario.with_suffix(".py")), "--json"]) == 0
    finally:
        registry.unregister("memory", "cooled-ion")
    assert '"initiator": "hot"' in capsys.readouterr().out.replace('":"', '": "')


@pytest.mark.parametrize("allocation", ["even", "weighted"])
def test_metropolitan_scenario_is_readable_at_a_sitting(allocation):
    file = EXAMPLES / f"metro_{allocation}.yaml"
    assert len(file.read_text().splitlines()) < 120
    scenario = load(file)
    assert len(scenario.nodes) == 9
    assert sum(node.memory.count for node in scenario.nodes) == 450
