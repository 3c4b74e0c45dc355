"""The parameter reference, in Markdown, from the declarations of the registered classes."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from qsim import registry
from qsim.model import specs
from qsim.model.sweep_spec import RangeSpec, SampleSpec, SweepSpec, UntilSpec
from qsim.parameters import Declaration, Declared, OfKind, declarations

#: The parts of a scenario that are no registered kind, by their keys.
_PARTS: dict[str, type[Declared]] = {
    "run": specs.RunSpec,
    "nodes": specs.NodeSpec,
    "links": specs.LinkSpec,
    "links.arms": specs.ArmSpec,
    "remove": specs.RemoveSpec,
    "classical": specs.ClassicalSpec,
    "classical.channels": specs.ChannelSpec,
    "classical.one_way": specs.DelayTable,
    "classical.round_trip": specs.DelayTable,
    "protocols": specs.ProtocolsSpec,
    "sweep": SweepSpec,
    "sweep.sample": SampleSpec,
    "sweep.sample.parameters": RangeSpec,
    "sweep.until": UntilSpec,
}
_NODE_FIELDS = frozenset(declared.name for declared in declarations(specs.NodeSpec))


def markdown() -> str:
    """The reference: the parts of a scenario, then every registered class of every kind."""
    lines = [
        "# Parameters",
        "",
        "Plain numbers are in the unit given; text may carry another unit of the same dimension.",
        "",
    ]
    lines += ["## Parts of a scenario", ""]
    for key, part in _PARTS.items():
        lines += entry(f"`{key}`", part)
    for kind in registry.kinds():
        classes = {name: registry.lookup(kind, name) for name in registry.names(kind)}
        declared = {name: cls for name, cls in classes.items() if _is_declared(cls)}
        if declared:
            lines += [f"## {kind}", ""]
        for name, cls in declared.items():
            lines += entry(f"`{name}`", cls)
    return "\n".join(lines).rstrip() + "\n"


def presets() -> str:
    """The presets of all kinds, each value with its source and how far it has been traced."""
    lines = [
        "# Presets",
        "",
        "Named sets of parameters, written `{preset: NAME}`. What stands beside wins.",
        "",
    ]
    for kind in registry.kinds():
        known = registry.presets(kind)
        if known:
            lines += [f"## {kind}", ""]
        for name in sorted(known):
            each = known[name]
            lines += [f"### `{name}`", "", f"{each.about} Parameters of `{each.of}`.", ""]
            lines += ["| parameter | value | source | traced |", "| --- | --- | --- | --- |"]
            for key, cited in each.values.items():
                cells = (f"`{key}`", f"`{cited.value}`", cited.source, cited.grade)
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _is_declared(cls: type) -> bool:
    return issubclass(cls, Declared) and dataclasses.is_dataclass(cls)


def entry(heading: str, cls: Any) -> list[str]:
    """A class of declared parameters: heading, summary and table, as lines of Markdown."""
    summary = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ")
    rows = list(_rows(cls))
    head = [
        "| parameter | type | unit | default | range | meaning |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    table = [*head, *rows, ""]
    nothing = "No parameters"
    if issubclass(cls, specs.NodeSpec):
        nothing += " of its own beside those of `nodes`"
    return [f"### {heading}", "", summary, "", *(table if rows else [f"{nothing}.", ""])]


def _rows(cls: Any) -> Iterator[str]:
    for declared in declarations(cls):
        if issubclass(cls, specs.NodeSpec) and declared.name in (
            _NODE_FIELDS if cls is not specs.NodeSpec else ("name",)
        ):
            # The name is the key of the node's settings; what all nodes have is told once.
            continue
        about = declared.about
        if isinstance(about, OfKind):
            sort, unit, allowed, meaning = about.kind, "", f"any {about.kind}", about.doc
        else:
            sort, unit = _sort(declared.type), "" if about.unit == "1" else about.unit
            allowed = ", ".join(about.choices) or about.bounds()
            meaning = about.doc + (f" (default: {about.source})" if about.source else "")
        cells = (f"`{declared.name}`", sort, unit, _default(declared), allowed, meaning)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _sort(type_: Any) -> str:
    """What sort of value a parameter takes, in words."""
    origin, members = typing.get_origin(type_), typing.get_args(type_)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_sort(member) for member in members)
    if origin is tuple:
        if Ellipsis in members:
            return f"list of {_sort(members[0])}"
        return f"[{', '.join(_sort(member) for member in members)}]"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping to {_sort(members[1])}"
    simple = {float: "number", int: "whole number", bool: "true or false", str: "text", Any: "any value"}
    return simple.get(type_, "mapping")


def _default(declared: Declaration) -> str:
    about = declared.about
    if isinstance(about, OfKind) and about.default:
        return about.default
    if declared.required:
        return "required"
    return _shown(declared.default)


def _shown(value: Any) -> str:
    if value in (None, (), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
