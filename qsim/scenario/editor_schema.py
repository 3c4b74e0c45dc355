"""The JSON Schema of scenario documents, for editors that complete and check while one types.

It knows every registered kind with its parameters, their units, bounds and defaults. What it accepts may
still be refused when the document is read: references between parts, and parameters that depend on one
another, are beyond it.

References:
    JSON Schema, draft 2020-12, https://json-schema.org/draft/2020-12
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from qsim import registry
from qsim.documents.kinds import kind_fields
from qsim.model.fault_spec import FaultsSpec
from qsim.model.specs import FORMAT, ClassicalSpec, LinkSpec, ProtocolsSpec, RemoveSpec, RunSpec
from qsim.model.sweep_spec import SweepSpec
from qsim.parameters import Declared
from qsim.scenario.expansion import LINK_KINDS, NODE, NODE_KINDS
from qsim.scenario.outline import SECTIONS

_NULL: Final = {"type": "null"}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario document."""
    registry.load_everything()
    link = _object(LinkSpec, partial=True)
    definitions: dict[str, Any] = {"link": {**link, "required": ["between"]}}
    sections = _sections(link)
    # Objects that defaults complete may lack required keys where they stand.
    completed = {NODE[0], *(kind for kind, _ in (*NODE_KINDS.values(), *LINK_KINDS.values()))}
    whole = {"topology", "app", *(kind for kind, _ in kind_fields(ProtocolsSpec).values())}
    # What a link may hold and `defaults` do not name.
    whole |= {kind for kind, _ in kind_fields(LinkSpec).values()} - completed
    for kind in _kinds_in(completed):
        definitions.update(_kind(kind, partial=True))
    for kind in _kinds_in(whole):
        definitions.update(_kind(kind, partial=False))
    for name in registry.names(NODE[0]):
        # The name of a node is the key of its settings.
        definitions[f"{NODE[0]}.{name}"]["properties"].pop("name")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "qsim scenario",
        "type": "object",
        "properties": {name: {**schema, "description": SECTIONS[name]} for name, schema in sections.items()},
        "required": ["run"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _sections(default_link: dict[str, Any]) -> dict[str, Any]:
    kinds = {**NODE_KINDS, **LINK_KINDS}
    defaults = {
        **{name: {"$ref": f"#/$defs/{kind}"} for name, (kind, _) in kinds.items()},
        "node": {"$ref": "#/$defs/node"},
        "link": default_link,
    }
    named = {"type": "object", "additionalProperties": _or_empty({"$ref": "#/$defs/node"})}
    return {
        "qsim": {"const": FORMAT},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "run": _object(RunSpec),
        "defaults": _or_empty({"type": "object", "properties": defaults, "additionalProperties": False}),
        "topology": _or_empty({"$ref": "#/$defs/topology"}),
        "nodes": {"anyOf": [named, {"type": "array", "items": {"type": "string"}}, _NULL]},
        "links": _or_empty({"type": "array", "items": {"$ref": "#/$defs/link"}}),
        "remove": _or_empty(_object(RemoveSpec)),
        "classical": _or_empty(_object(ClassicalSpec)),
        "protocols": _or_empty(_object(ProtocolsSpec)),
        "traffic": _or_empty({"type": "array", "items": {"$ref": "#/$defs/app"}}),
        "faults": _or_empty(_object(FaultsSpec)),
        "sweep": _or_empty(_object(SweepSpec)),
    }


def _kind(kind: str, *, partial: bool) -> dict[str, Any]:
    """The definitions of a kind and of each name registered under it."""
    made: dict[str, Any] = {}
    names = registry.names(kind)
    for name in names:
        cls = registry.lookup(kind, name)
        schema = _object(cls, partial=partial)
        properties = {"kind": {"const": name}, **schema.get("properties", {})}
        presets = _presets(kind, cls)
        if presets:
            properties["preset"] = {"enum": presets}
            # What is required may come from the preset.
            required = schema.pop("required", None)
            if required:
                schema["anyOf"] = [{"required": required}, {"required": ["preset"]}]
        made[f"{kind}.{name}"] = {**schema, "title": f"{kind} '{name}'", "properties": properties}
    references = [{"$ref": f"#/$defs/{kind}.{name}"} for name in names]
    made[kind] = {"title": kind, "anyOf": [{"enum": list(names)}, *references]}
    return made


def _presets(kind: str, cls: type) -> list[str]:
    """The presets of a kind that a class can take: those of its own parameters, or of a base's."""
    known = registry.presets(kind)
    return [name for name, each in known.items() if issubclass(cls, registry.lookup(kind, each.of))]


def _object(cls: Any, *, partial: bool = False) -> dict[str, Any]:
    """The schema of a class's parameters."""
    if not issubclass(cls, Declared):
        return {"type": "object", "properties": {}, "additionalProperties": False}
    from qsim.documents.pydantic_models import model_of, with_references

    schema: dict[str, Any] = with_references(model_of(cls).model_json_schema())
    if partial:
        schema.pop("required", None)
    return schema


def _kinds_in(kinds: Iterable[str]) -> list[str]:
    """These kinds and the kinds of the objects in theirs."""
    found: dict[str, None] = {}
    waiting = sorted(kinds)
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found[kind] = None
            for name in registry.names(kind):
                waiting += [inner for inner, _ in kind_fields(registry.lookup(kind, name)).values()]
    return list(found)


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, _NULL]}
