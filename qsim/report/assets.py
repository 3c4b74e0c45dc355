"""The scripts and styles of the page, which lie beside this file."""

from __future__ import annotations

import functools
from importlib.resources import files

#: Version of Cytoscape.js in the folder, under the MIT licence (``assets/cytoscape.LICENSE``).
CYTOSCAPE_VERSION = "3.34.4"

_CYTOSCAPE = "cytoscape.min.js"
_STYLES = ("base.css", "parts.css")
#: In the order in which they build on each other.
_EVERY_PAGE = ("basics.js", "colours.js", "scales.js", "charts.js", "tables.js")
_RUN = ("moment.js", "picture.js", "details.js", "timeline.js")
_SWEEP = ("sweep.js",)


@functools.cache
def _text(name: str) -> str:
    return (files("qsim.report") / "assets" / name).read_text(encoding="utf-8")


def style() -> str:
    """The style sheet of every page."""
    return "\n".join(map(_text, _STYLES))


def scripts(kind: str) -> tuple[str, ...]:
    """The scripts of a page, each to stand in an element of its own.

    Args:
        kind: "run" or "sweep".
    """
    own = "\n".join(map(_text, (*_EVERY_PAGE, *(_RUN if kind == "run" else _SWEEP), f"{kind}.main.js")))
    wrapped = f'(() => {{\n"use strict";\n{own}\n}})();'
    return (_text(_CYTOSCAPE), wrapped) if kind == "run" else (wrapped,)
