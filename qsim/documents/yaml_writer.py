"""Writes a document as YAML that people like to read.

What fits on a line stands on one line in brackets; everything else is indented. Numbers and texts are written
so that YAML 1.1 and 1.2 readers agree on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from qsim.documents.scalars import needs_quotes

if TYPE_CHECKING:
    import yaml

#: What is longer, or nested deeper, does not stand on one line.
_WIDTH: Final = 90
_DEEPEST: Final = 2


def to_yaml(document: Mapping[str, Any]) -> str:
    """Write a document.

    Args:
        document: mappings with text keys, lists, text, numbers, true, false and None.

    Example:
        >>> print(to_yaml({"run": {"duration": "5 s", "seed": 1}, "nodes": ["a", "b"]}), end="")
        run: {duration: 5 s, seed: 1}
        nodes: [a, b]
    """
    import yaml

    dumper = _dumper()
    text: str = yaml.dump(
        document, Dumper=dumper, default_flow_style=False, sort_keys=False, allow_unicode=True, width=110
    )
    return text


@cache
def _dumper() -> type[yaml.SafeDumper]:
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Block style outside, flow style for what fits on a line."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def represent(self, data: Any) -> None:
            # The document itself stands open, however short it is.
            node = self.represent_data(data)
            node.flow_style = False
            self.serialize(node)

    Dumper.add_representer(float, _float)
    Dumper.add_representer(str, _text)
    Dumper.add_representer(dict, _mapping)
    Dumper.add_representer(list, _sequence)
    Dumper.add_representer(tuple, _sequence)
    return Dumper


def _float(dumper: Any, value: float) -> Any:
    text = repr(value)
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    special = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
    return dumper.represent_scalar("tag:yaml.org,2002:float", special.get(text, text))


def _text(dumper: Any, value: str) -> Any:
    style = "'" if needs_quotes(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _mapping(dumper: Any, value: Mapping[str, Any]) -> Any:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False)
    node.flow_style = _deep(_parts(node)) < _DEEPEST and _length(node) <= _WIDTH
    return node


def _sequence(dumper: Any, value: Any) -> Any:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=False)
    # Of several things with parameters, each gets its own line; a list of words is broken where it must be.
    words = all(part.id == "scalar" and "\n" not in part.value for part in node.value)
    lists = all(part.id != "mapping" for part in node.value) and _deep(node.value) < _DEEPEST
    node.flow_style = words or (lists and _length(node) <= _WIDTH)
    return node


def _deep(parts: Sequence[Any]) -> int:
    """How deep the values are nested that stand on one line; too deep when one of them stands open."""
    deepest = 0
    for part in parts:
        if part.id != "scalar":
            deepest = max(deepest, 1 + _deep(_parts(part)) if part.flow_style else _DEEPEST)
    return deepest


def _length(node: Any) -> int:
    """Characters of a value on one line; more than a line holds when it is a text of several lines."""
    if node.id == "scalar":
        return _WIDTH + 1 if "\n" in node.value else len(node.value) + (2 if node.style else 0)
    return 2 + sum(_length(part) + 2 for part in _parts(node))


def _parts(node: Any) -> list[Any]:
    """The entries of a list, or the keys and values of a mapping."""
    return [part for entry in node.value for part in (entry if isinstance(entry, tuple) else (entry,))]
