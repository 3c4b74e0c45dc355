"""Formulas as MathML, made while the site is built.

Browsers draw MathML by themselves, so a page needs neither a script nor a font from elsewhere. The converter
is the one of docutils; a formula that it does not understand is a warning of the build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

_log = logging.getLogger(__name__)

# What physicists write and the converter does not know.
_SPELT_OUT = (
    (re.compile(r"\\ket\{([^{}]*)\}"), r"\\lvert \1 \\rangle"),
    (re.compile(r"\\bra\{([^{}]*)\}"), r"\\langle \1 \\rvert"),
    (re.compile(r"\\dots\b"), r"\\ldots"),
    (re.compile(r"\\(begin|end)\{(?:align|gather|equation)\*?\}"), r"\\\1{aligned}"),
)


def mathml(tex: str, *, block: bool) -> str:
    """A formula in LaTeX as a MathML element.

    Raises:
        MathError: the formula cannot be converted.
    """
    for pattern, replacement in _SPELT_OUT:
        tex = pattern.sub(replacement, tex)
    if block and "\\\\" in tex and "\\begin{" not in tex:
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return str(tex2mathml(tex.strip(), as_block=block))


def _converted(node: nodes.Element, *, block: bool) -> str:
    try:
        return mathml(node.astext(), block=block)
    except MathError as error:
        _log.warning("formula %r: %s", node.astext(), error, location=node)
        return ""


def _inline(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append(_converted(node, block=False))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({node["number"]})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(_converted(node, block=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make this the site's renderer of formulas."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
