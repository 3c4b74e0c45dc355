"""Code on the pages: scripts run, files are valid, commands exist.

Cells that the site itself runs when it is built are not among these blocks.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
import yaml

import qsim
from qml.forecast.document import ForecastSpec
from qsim.cli.app import app
from qsim.parameters import declarations
from qsim.scenario.editor_schema import json_schema
from tests.docs.pages import PAGES, ROOT, Fence, fences, name

GROUP: Any = typer.main.get_command(app)
SCRIPTS = [page for page in PAGES if any(fences(page, "python"))]
FILES = [fence for page in PAGES for fence in fences(page, "yaml")]
SHELL = [fence for page in PAGES for fence in fences(page, "sh", "bash", "console")]


@pytest.mark.parametrize("page", SCRIPTS, ids=name)
def test_scripts_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": page.stem}
    for fence in fences(page, "python"):
        exec(compile("\n" * fence.line + fence.text, str(page), "exec"), names)


@pytest.mark.parametrize("fence", FILES, ids=str)
def test_files_are_valid(fence: Fence, tmp_path: Path) -> None:
    document = yaml.safe_load(fence.text) or {}
    if "data" in document or "task" in document:
        assert set(document) <= {declared.name for declared in declarations(ForecastSpec)}
    elif "run" in document:
        (tmp_path / "scenario.yaml").write_text(fence.text, encoding="utf-8")
        assert qsim.load(tmp_path / "scenario.yaml").nodes
    else:
        # Sections of a scenario without the rest; text that is all comments is none of them.
        jsonschema.validate(document, {**json_schema(), "required": []})


@pytest.mark.parametrize("fence", SHELL, ids=str)
def test_commands_exist_with_their_options(fence: Fence) -> None:
    context = GROUP.make_context("qsim", ["doctor"])
    text = re.sub(r"\$\{?\w+\}?", "1", fence.text.replace("\\\n", " "))
    for line in text.splitlines():
        for words in commands(line):
            for word in words:
                assert not word.startswith("examples/") or (ROOT / word).exists(), word
            if words and Path(words[0]).name == "qsim" and words[1:2] != ["--help"]:
                command = GROUP.full_command(context, words[1])
                assert command is not None, line
                command.make_context(words[1], words[2:], parent=context)


def commands(line: str) -> list[list[str]]:
    """The commands of a line of shell, each as its words, without where its output goes."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    words = iter(lexer)
    for word in words:
        if word in ("|", "||", "&&", ";"):
            found.append([])
        elif word in (">", ">>", "<"):
            next(words)
        elif word not in ("exec", "time", "$"):
            found[-1].append(word)
    return found
