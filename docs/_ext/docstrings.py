"""Docstrings in the API reference.

Declared classes show their parameters with unit, bounds and default in place of the bare signature; bars of
kets are no markup.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from qsim.parameters import Declaration, Declared, OfKind, declarations

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_CODE_OR_BAR = re.compile(r"(`[^`]*`|``.*?``)|\|")


def _is_declared(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Declared) and dataclasses.is_dataclass(value)


def _signature(
    _app: Sphinx, what: str, _name: str, obj: Any, _options: Any, _signature: str, _returned: str
) -> tuple[str, None] | None:
    """None of the parameters: what a reader must know of each stands below."""
    return ("(**parameters)", None) if what == "class" and _is_declared(obj) else None


def _docstring(_app: Sphinx, what: str, _name: str, obj: Any, _options: Any, lines: list[str]) -> None:
    if what == "class" and _is_declared(obj):
        lines += ["", *(f":param {declared.name}: {_said(declared)}" for declared in declarations(obj)), ""]
    lines[:] = [_CODE_OR_BAR.sub(lambda match: match[1] or r"\|", line) for line in lines]


def _said(declared: Declaration) -> str:
    about = declared.about
    if isinstance(about, OfKind):
        return f"{about.doc} (any {about.kind}{f'; {about.default}' if about.default else ''})"
    default = "" if declared.required or declared.default is None else f"default {declared.default}"
    facts = ["" if about.unit == "1" else about.unit, about.bounds(), ", ".join(about.choices), default]
    return f"{about.doc} ({'; '.join(filter(None, facts))})"


def _skip(_app: Sphinx, _what: str, _name: str, obj: Any, _skip: bool, _options: Any) -> bool | None:
    """What scikit-learn gives every estimator is told of in its own documentation."""
    return True if str(getattr(obj, "__module__", "")).startswith("sklearn.") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Follow autodoc."""
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("autodoc-skip-member", _skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
