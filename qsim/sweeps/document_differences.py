"""Where the documents of several scenarios differ, value by value."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qsim.documents.paths import KeyPath, format_path, parse_path

#: What stands for a value that a document does not have.
ABSENT = "(absent)"


def differing(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The values that are not the same in all documents, by key path.

    Links are told apart by their names, not by their places in the list, so that one link more does not make
    all that follow it differ.

    Args:
        documents: of scenarios, with every default filled in.

    Returns:
        A list for each path, a value for each document; `ABSENT` where a document has none.

    Example:
        >>> differing([{"run": {"seed": 1, "detail": "attempt"}}, {"run": {"seed": 2, "detail": "attempt"}}])
        {'run.seed': [1, 2]}
    """
    flat = [dict(_leaves((), document)) for document in documents]
    paths = dict.fromkeys(path for leaves in flat for path in leaves)
    found = {path: [leaves.get(path, ABSENT) for leaves in flat] for path in paths}
    return {
        format_path(path): values
        for path, values in found.items()
        if len({_key(value) for value in values}) > 1
    }


def named_path(document: Mapping[str, Any], path: str) -> str:
    """A key path as `differing` tells it: with the name of a link in the place of its number.

    Example:
        >>> named_path({"links": [{"between": ["a", "b"], "length": 1.0}]}, "links[0].length")
        'links.a-b.length'
    """
    steps: list[str | int] = []
    value: Any = document
    for step in parse_path(path):
        named = [name for name, _ in _named(value)] if _is_list(value) else None
        steps.append(named[step] if named and isinstance(step, int) and step < len(named) else step)
        value = value_at({"": value}, ("", step))
    return format_path(tuple(steps))


def value_at(document: Mapping[str, Any], path: KeyPath) -> Any:
    """The value at a key path of a document; None where there is none."""
    value: Any = document
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _leaves((*path, str(key)), below)
    elif _is_list(value):
        for name, below in _named(value):
            yield from _leaves((*path, name), below)
    else:
        yield path, value


def _is_list(value: Any) -> bool:
    """Whether a value is a list of things, such as links."""
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(x, Mapping) for x in value)


def _named(entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str | int, Any]]:
    """The entries of a list, by name where they are links or channels with one of their own."""
    names = [_name(entry) for entry in entries]
    often = Counter(names)
    for place, (name, entry) in enumerate(zip(names, entries, strict=True)):
        yield (name if name and often[name] == 1 else place), entry


def _name(entry: Mapping[str, Any]) -> str:
    between = entry.get("between")
    if not isinstance(between, list | tuple):
        return ""
    return str(entry.get("name") or "-".join(map(str, between)))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
