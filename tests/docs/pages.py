"""What the tests of the documentation share: its pages and the blocks of code in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Pages of the site, and the Markdown files of the repository that people read where they lie.
SITE = sorted(DOCS.rglob("*.md"))
BESIDE = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = [*BESIDE, *SITE]
#: Stands in the line above a block that cannot be run or read by itself.
EXCERPT = "<!-- excerpt -->"

_FENCE = re.compile(r"^( *)```([\w-]+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


class Fence(NamedTuple):
    """A block of code on a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    """The path of a page within the repository."""
    return page.relative_to(ROOT).as_posix()


def fences(page: Path, *languages: str) -> Iterator[Fence]:
    """The blocks of a page in some languages, excerpts and cells that the site runs left out."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        above = text[: match.start()].rstrip("\n").rpartition("\n")[2]
        if match[2] in languages and above.strip() != EXCERPT:
            yield Fence(page, text.count("\n", 0, match.start()) + 1, match[2], match[3])
