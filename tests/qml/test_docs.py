"""The page on quantum reservoirs: its script runs and says what the page says, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "reservoirs.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_script_reaches_what_the_page_promises(capsys: pytest.CaptureFixture[str]) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(script, str(PAGE), "exec"), {})
    # 0.125 on average, and up to 0.25 on series with outbursts.
    assert 0.03 < float(capsys.readouterr().out) < 0.2


def test_every_file_that_is_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 4
    for link in links:
        assert (PAGE.parent / link).exists(), link


def test_every_command_names_a_script_that_exists() -> None:
    scripts = re.findall(r"`python (\S+\.py)", TEXT)
    assert len(scripts) > 3
    for script in scripts:
        assert (PAGE.parents[1] / script).exists(), script
