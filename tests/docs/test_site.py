"""What the build of the site rests on, found out without building it."""

from __future__ import annotations

import importlib
import re
import runpy
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, SITE, name

_DOCUMENTED = re.compile(r"^```\{public-names\} (\S+)\n((?::.*\n)*)", re.MULTILINE)


def documented() -> list[tuple[str, str, str]]:
    """Every name that the reference picks out of a module: page, module, name."""
    return [
        (name(page), module, word)
        for page in SITE
        for module, options in _DOCUMENTED.findall(page.read_text(encoding="utf-8"))
        for line in re.findall(r"^:(?:only|without): (.*)$", options, re.MULTILINE)
        for word in line.split()
    ]


def test_names_that_the_reference_picks_are_in_their_modules() -> None:
    found = documented()
    assert len(found) > 20
    assert [each for each in found if not hasattr(importlib.import_module(each[1]), each[2])] == []


def test_settings_name_files_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    settings = runpy.run_path(str(DOCS / "conf.py"))
    assert Path(settings["html_search_scorer"]).is_file()
    for file in settings["html_css_files"]:
        assert (DOCS / settings["html_static_path"][0] / file).is_file()
