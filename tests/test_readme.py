"""The README: its script and its scenario run, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from qsim.scenario import from_document

README = (Path(__file__).parents[1] / "README.md").read_text()


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)[1]


def test_script_and_scenario_give_the_same_result(capsys):
    names = {}
    exec(compile(block("python"), "README.md", "exec"), names)
    assert re.fullmatch(r"100 pairs, \d+ a second, mean fidelity 0\.\d{3}\n", capsys.readouterr().out)
    result = from_document(yaml.safe_load(block("yaml"))).run()
    assert result.flows == names["result"].flows
    assert result.events == names["result"].events


def test_every_file_that_is_linked_exists():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert (Path(__file__).parents[1] / link).exists(), link


def test_decisions_are_all_listed():
    folder = Path(__file__).parents[1] / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
