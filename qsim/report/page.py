"""The HTML file: head, security policy, sections, data and scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from qsim.report import assets
from qsim.report.markup import embedded, section

#: A small network as an icon; without one a browser asks the server for its own.
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M3 12L8 4l5 8z' fill='none' stroke='%236ea6d8' stroke-width='1.6'/%3E"
    "%3Cg fill='%230b5cad'%3E%3Ccircle cx='3' cy='12' r='2.4'/%3E%3Ccircle cx='8' cy='4' r='2.4'/%3E"
    "%3Ccircle cx='13' cy='12' r='2.4'/%3E%3C/g%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page.

    Attributes:
        kind: "run" or "sweep".
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
    style = assets.style()
    scripts = assets.scripts(page.kind)
    title = escape(page.title)
    links = "".join(f'<li><a href="#{name}">{escape(head)}</a></li>' for name, head, _ in page.sections)
    body = "\n".join(section(*part) for part in page.sections)
    code = "\n".join(f"<script>{script}</script>" for script in scripts)
    # Cytoscape.js adds a style sheet of its own unless one of this name is there; the policy would refuse it.
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="{_ICON}">
<style id="__________cytoscape_stylesheet">{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>{title}</h1>
<p>{escape(page.lead)}</p>
</header>
<nav aria-label="Parts of the page"><ul>{links}</ul></nav>
<main id="content">
<noscript><p class="notice">Pictures, charts and tables are drawn by scripts of this file.</p></noscript>
{body}
</main>
<footer><p>{escape(page.foot)}</p></footer>
<script type="application/json" id="data">{embedded(page.data)}</script>
{code}
</body>
</html>
"""


def _policy(style: str, scripts: tuple[str, ...]) -> str:
    """Nothing may be loaded, and only these scripts and this style sheet may run and apply."""
    allowed = " ".join(map(_digest, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
