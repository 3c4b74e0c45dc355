"""Parts of pages that are generated while the site is built, so that they cannot differ from the program.

A subclass of `Generated` gives Markdown; it is read as if it stood on the page.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective


class Generated(SphinxDirective):
    """A directive whose content is made, not written."""

    @abstractmethod
    def lines(self) -> list[str]:
        """The content, in Markdown."""

    def run(self) -> list[nodes.Node]:
        """Read the content as part of the page."""
        source = f"<{self.name}>"
        content = StringList(self.lines(), source)
        container = nodes.Element()
        self.state.nested_parse(content, self.content_offset, container, match_titles=True)
        return list(container.children)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table, with an empty line after it."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(head), line(["---"] * len(head)), *map(line, rows), ""]
