"""Pieces of HTML with everything foreign escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from qsim.model.outcome import finite

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
