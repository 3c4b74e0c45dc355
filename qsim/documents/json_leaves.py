"""JSON Schema of single values and of references to kinds, for editors."""

from __future__ import annotations

import re
from typing import Any

from qsim import units
from qsim.documents.messages import in_unit
from qsim.parameters import Declaration, Param

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
_PLACEHOLDER = "qsim-kind"


def value_schema(type_: Any, about: Param) -> dict[str, Any]:
    """The JSON Schema of a single value.

    Args:
        type_: its type: float, int, bool or str; anything else is not restricted.
        about: its declaration.
    """
    if type_ is float:
        return _quantity(about)
    if type_ is int:
        return {"type": "integer", **_bounds(about)}
    if type_ is bool:
        return {"type": "boolean"}
    if type_ is str:
        return {"type": "string", "enum": list(about.choices)} if about.choices else {"type": "string"}
    return {}


def kind_placeholder(kind: str) -> dict[str, Any]:
    """Stands for a reference to the definition of a kind until `with_references` puts it in.

    Pydantic generates a model's schema at once and refuses references to what it does not generate itself.
    """
    return {_PLACEHOLDER: kind}


def with_references(schema: Any) -> Any:
    """A schema with references in the place of `kind_placeholder`."""
    if isinstance(schema, list):
        return [with_references(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: with_references(entry) for key, entry in schema.items() if key != _PLACEHOLDER}
    return {"$ref": f"#/$defs/{schema[_PLACEHOLDER]}", **plain} if _PLACEHOLDER in schema else plain


def document(declared: Declaration, schema: dict[str, Any]) -> None:
    """Add meaning, unit, bounds and default of a parameter to its schema."""
    schema.pop("title", None)
    schema.pop("default", None)
    about = declared.about
    schema["description"] = about.doc
    if isinstance(about, Param):
        parts = [about.doc, in_unit(about), about.bounds() and f"within {about.bounds()}"]
        source = f" (source: {about.source})" if about.source else ""
        schema["description"] = ", ".join(part for part in parts if part) + source
        if declared.default is None or isinstance(declared.default, str | int | float):
            schema["default"] = declared.default
    elif about.default:
        schema["default"] = about.default


def _quantity(about: Param) -> dict[str, Any]:
    spellings = "|".join(re.escape(unit).replace("/", r"\/") for unit in units.accepted(about.unit))
    written = {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*({spellings})?\s*$"}
    return {"anyOf": [{"type": "number", **_bounds(about)}, written]}


def _bounds(about: Param) -> dict[str, float]:
    limits = {
        "minimum": about.ge,
        "exclusiveMinimum": about.gt,
        "maximum": about.le,
        "exclusiveMaximum": about.lt,
    }
    return {word: limit for word, limit in limits.items() if limit is not None}
