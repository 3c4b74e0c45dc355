"""Links from the site to the repository, and ``{repository-page} FILE``: one of its Markdown files as a page.

A page links to a file as it lies in the repository (``../examples/two.yaml``), so the link also works where
the Markdown is read as it is. On the site, a file that is a page leads to that page, any other file is a
download, and a folder is just its name.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from generated import Generated

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
ROOT = DOCS.parent

#: Files outside docs/ that the site shows, and the page of each.
PAGES = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "SECURITY.md": "project/security.md",
    "benchmarks/REPORT.md": "project/benchmarks.md",
}

_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<path>[^()#\s:]+)(?P<anchor>#[^()\s]*)?\)")


class RepositoryPage(Generated):
    """The text of a Markdown file of the repository, without its title, which the page has."""

    required_arguments = 1

    def lines(self) -> list[str]:
        """The text, its links led to where the site has what they mean."""
        file = ROOT / self.arguments[0]
        self.env.note_dependency(str(file))
        text = file.read_text(encoding="utf-8").partition("\n")[2]
        return led(text, file.parent, DOCS / self.env.docname).splitlines()


def led(text: str, folder: Path, page: Path) -> str:
    """Text with links that lead, from a page of the site, to what they mean in a folder of the repository."""

    def link(match: re.Match[str]) -> str:
        target = (folder / match["path"]).resolve()
        name = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else ""
        if name in PAGES:
            target = DOCS / PAGES[name]
        if target.is_dir():
            if not (target / "README.md").is_file() or not target.is_relative_to(DOCS):
                return f"`{match['text']}`"
            target /= "README.md"
        return f"[{match['text']}]({os.path.relpath(target, page.parent)}{match['anchor'] or ''})"

    return _LINK.sub(link, text)


def _read(_app: Sphinx, docname: str, content: list[str]) -> None:
    page = DOCS / docname
    content[0] = led(content[0], page.parent, page)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, and lead the links of every page."""
    app.add_directive("repository-page", RepositoryPage)
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
