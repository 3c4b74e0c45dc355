"""Reading a page as a browser would, as far as its structure goes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "img", "br", "hr"}


@dataclass
class Element:
    """One element with its attributes and the text directly in it."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""
    within: tuple[str, ...] = field(default=())


class Document(HTMLParser):
    """The elements of a page in order.

    Args:
        text: the page.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), within=tuple(parent.name for parent in self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert closed.name == tag, f"</{tag}> closes <{closed.name}>"

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data

    @property
    def unclosed(self) -> list[str]:
        """Names of elements that are never closed."""
        return [element.name for element in self._open]

    def all(self, name: str) -> list[Element]:
        """Every element of a name."""
        return [element for element in self.elements if element.name == name]

    def identified(self, identity: str) -> Element:
        """The element with an id."""
        (found,) = (element for element in self.elements if element.attributes.get("id") == identity)
        return found

    @property
    def data(self) -> dict[str, Any]:
        """What the scripts show."""
        read: dict[str, Any] = json.loads(self.identified("data").text)
        return read

    @property
    def policy(self) -> dict[str, list[str]]:
        """The content security policy: directive and sources."""
        (meta,) = (
            element
            for element in self.all("meta")
            if element.attributes.get("http-equiv") == "Content-Security-Policy"
        )
        parts = [part.split() for part in (meta.attributes["content"] or "").split(";")]
        return {name: sources for name, *sources in parts}
