"""Pages: each is reached from the front page, and every link between files leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, SITE, name

_TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^()#\s]+)(?:#[^()\s]*)?\)")
_CODE_OR_FORMULA = re.compile(r"```.*?```|`[^`\n]*`|\${1,2}[^$]+\${1,2}", re.DOTALL)


def listed(page: Path) -> set[Path]:
    """The pages that the tables of contents of a page list."""
    found: set[Path] = set()
    for body in _TOCTREE.findall(page.read_text(encoding="utf-8")):
        for entry in body.splitlines():
            if entry and not entry.startswith(":"):
                found |= {path.resolve() for path in page.parent.glob(f"{entry}.md")}
                found |= {(page.parent / f"{entry}.md").resolve()} if ".." in entry else set()
    return found


def test_every_page_is_reached_from_the_front_page() -> None:
    reached, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += listed(page)
    assert [name(page) for page in SITE if page not in reached] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    prose = _CODE_OR_FORMULA.sub("", page.read_text(encoding="utf-8"))
    links = [link for link in _LINK.findall(prose) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not (page.parent / link).exists()] == []
