"""The HTML file: head, security policy, sections, data and scripts."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from qsim.model.outcome import finite

#: Versions of Cytoscape.js and uPlot in the folder, both under the MIT licence.
CYTOSCAPE_VERSION, UPLOT_VERSION = "3.34.4", "1.6.32"

_CYTOSCAPE, _UPLOT = "cytoscape.min.js", "uplot.min.js"
_STYLES = ("uplot.min.css", "base.css", "parts.css")
_TABLES = ("basics.js", "colours.js", "tables.js")
#: In the order in which they build on each other.
_CHARTS = ("marks.js", "tips.js", "files.js", "charts.js")
_RUN = ("moment.js", "picture.js", "details.js", "timeline.js")
_OWN = {"run": _RUN, "sweep": ("sweep.js",), "study": (), "comparison": ()}


@functools.cache
def asset(name: str) -> str:
    """A file of the folder ``assets``."""
    return (files("qsim.report") / "assets" / name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The style sheet of every page."""
    return "\n".join(map(asset, _STYLES))


def scripts(kind: str) -> tuple[str, ...]:
    """The scripts of a page, each to stand in an element of its own.

    Args:
        kind: "run", "sweep", "study" or "comparison".
    """
    charts = kind != "study"
    own = "\n".join(map(asset, (*_TABLES, *(_CHARTS if charts else ()), *_OWN[kind], f"{kind}.main.js")))
    wrapped = f'(() => {{\n"use strict";\n{own}\n}})();'
    libraries = (*((_CYTOSCAPE,) if kind == "run" else ()), *((_UPLOT,) if charts else ()))
    return (*map(asset, libraries), wrapped)


#: Characters that could end or open something inside a script element, as JSON writes them.
_GUARDED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def embedded(data: Any) -> str:
    """Data as JSON that is safe inside a script element, without NaN and infinity.

    Example:
        >>> print(embedded({"name": "</script>"}))
        {"name":"\\u003c/script\\u003e"}
    """
    text = json.dumps(finite(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_GUARDED)


def facts(entries: Iterable[tuple[str, str]]) -> str:
    """A list of terms and what there is to say about them, as plain text."""
    parts = (f"<dt>{escape(term)}</dt><dd>{escape(said)}</dd>" for term, said in entries)
    return f'<dl class="facts">{"".join(parts)}</dl>'


def tiles(entries: Iterable[tuple[str, str, str]]) -> str:
    """The figures at the head of the page: term, figure, and a smaller remark or nothing."""
    parts = (
        f"<div><dt>{escape(term)}</dt><dd>{escape(figure)}"
        f"{f'<small>{escape(remark)}</small>' if remark else ''}</dd></div>"
        for term, figure, remark in entries
    )
    return f'<dl class="tiles">{"".join(parts)}</dl>'


def notice(title: str, lines: Iterable[str]) -> str:
    """What needs attention; nothing when there are no lines."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<div class="notice"><h3>{escape(title)}</h3><ul>{items}</ul></div>' if items else ""


def folded(summary: str, text: str, remark: str = "") -> str:
    """Preformatted text that unfolds."""
    said = f'<p class="remark">{escape(remark)}</p>' if remark else ""
    body = f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
    return f"<details><summary>{escape(summary)}</summary>{said}{body}</details>"


def section(identity: str, title: str, body: str) -> str:
    """A part of the page, which its headline names."""
    head = f'<h2 id="{identity}-title">{escape(title)}</h2>'
    return f'<section id="{identity}" aria-labelledby="{identity}-title">\n{head}\n{body}\n</section>'


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page.

    Attributes:
        kind: "run", "sweep", "study" or "comparison".
        title: headline, plain text.
        lead: the line below it, plain text.
        sections: identity, title and HTML of each part, in order.
        data: what the scripts show.
        foot: the last line, plain text.
    """

    kind: str
    title: str
    lead: str
    sections: tuple[tuple[str, str, str], ...]
    data: Mapping[str, Any]
    foot: str


def assemble(page: Page) -> str:
    """The page as the text of an HTML file."""
    style = style_sheet()
    texts = scripts(page.kind)
    links = "".join(f'<li><a href="#{name}">{escape(head)}</a></li>' for name, head, _ in page.sections)
    body = "\n".join(section(*part) for part in page.sections)
    code = "\n".join(f"<script>{script}</script>" for script in texts)
    return Template(asset("page.html")).substitute(
        policy=_policy(style, texts),
        title=escape(page.title),
        style=style,
        lead=escape(page.lead),
        links=links,
        body=body,
        foot=escape(page.foot),
        data=embedded(page.data),
        code=code,
    )


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    """Nothing may be loaded, and only these scripts and this style sheet may run and apply."""
    allowed = " ".join(map(_digest, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
