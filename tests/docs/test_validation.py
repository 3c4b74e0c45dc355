"""The validation page and the model reference name things that exist: tests, files, commands, classes."""

from __future__ import annotations

import importlib
import re
import shlex
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qsim.scenario import load
from tests.conftest import Sized

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
VALIDATION = DOCS / "validation.md"
PAGES = [VALIDATION, *sorted((DOCS / "models").glob("*.md"))]
PACKAGES = ("qsim", "hardware", "protocols", "qml")

_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)(.*?)^```", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def named(page: Path) -> list[str]:
    """What a page puts between backquotes, its code blocks apart."""
    return re.findall(r"`([^`]+)`", _BLOCK.sub("", page.read_text(encoding="utf-8")).replace("\n", " "))


def cells(page: Path) -> list[str]:
    """The code cells of a page, in order."""
    return [code for _, code in _CELL.findall(page.read_text(encoding="utf-8"))]


NAMED = sorted({(page, text) for page in PAGES for text in named(page)})
FILES = sorted({text for _, text in NAMED if re.match(r"(tests|benchmarks|examples|docs)/\S+$", text)})
COMMANDS = sorted({text for _, text in NAMED if re.match(r"(python|qsim) \S+/", text) or "qsim run " in text})
OBJECTS = sorted({text for _, text in NAMED if re.fullmatch(rf"({'|'.join(PACKAGES)})(\.\w+)+", text)})


def test_the_pages_name_many_things() -> None:
    assert len(FILES) > 40
    assert len(COMMANDS) >= 5
    assert len(OBJECTS) > 60


@pytest.mark.parametrize("name", FILES)
def test_files_and_tests_exist(name: str) -> None:
    path, _, test = name.partition("::")
    assert (ROOT / path).exists()
    if test:
        assert re.search(rf"def {test}\(", (ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name",
    sorted(set(re.findall(r'"((?:tests|benchmarks)/[\w/]+\.py)"', VALIDATION.read_text(encoding="utf-8")))),
)
def test_files_that_cells_name_exist(name: str) -> None:
    assert (ROOT / name).is_file()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_can_be_given(command: str) -> None:
    program, *rest = shlex.split(command)
    files = [word for word in rest if "/" in word]
    assert files
    for file in files:
        assert (ROOT / file).is_file()
    options = [word for word in rest if word.startswith("--")]
    if program == "python":
        # Scripts of one folder share the reading of their arguments.
        scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / files[0]).parent.glob("*.py"))
        for option in options:
            assert f'"{option}"' in scripts
    else:
        overrides = [word for before, word in pairwise(rest) if before == "--set"]
        assert rest[0] == "run"
        assert set(options) <= {"--set", "--seed"}
        assert load(ROOT / files[0], overrides=overrides).run_spec.duration == 1000


@pytest.mark.parametrize("name", OBJECTS)
def test_names_are_those_of_the_code(name: str) -> None:
    resolve(name)


def resolve(name: str) -> Any:
    """The module, class, function or field that a dotted name stands for."""
    parts = name.split(".")
    found: Any = importlib.import_module(parts[0])
    for place, part in enumerate(parts[1:], start=1):
        if isinstance(found, ModuleType) and not hasattr(found, part):
            found = importlib.import_module(".".join(parts[: place + 1]))
        else:
            found = getattr(found, part) if hasattr(found, part) else found.__annotations__[part]
    return found


def test_the_benchmark_report_has_the_tables_that_the_page_shows() -> None:
    report = (ROOT / "benchmarks" / "REPORT.md").read_text(encoding="utf-8").splitlines()
    wanted = set(re.findall(r'reported\("([^"]+)"\)', VALIDATION.read_text(encoding="utf-8")))
    assert len(wanted) > 4
    for words in wanted:
        assert sum(line.startswith(words) for line in report) == 1, words


@pytest.mark.slow
def test_every_figure_is_reproduced(sized: Sized) -> None:
    """The cells of the page, which hold each figure to the published one; the site's build runs them too."""
    sized(None, 1)
    names: dict[str, Any] = {}
    for code in cells(VALIDATION):
        exec(compile(code, "validation.md", "exec"), names)
