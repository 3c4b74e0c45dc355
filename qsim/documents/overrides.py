"""Overrides: single values of a document, set from outside as ``links[2].length=5 km``.

An override changes the document before anything is checked, so its value is judged like any other, and a
fault in it is reported under its own name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from qsim.documents.faults import OVERRIDE, SWEPT, Faults, Place
from qsim.documents.link_address import with_link
from qsim.documents.paths import KeyPath, format_path, parse_path
from qsim.documents.scalars import resolve
from qsim.documents.tree import Node, NodeValues, from_plain
from qsim.errors import ParameterError, ScenarioError, nearest


def apply_overrides(root: Node, overrides: Sequence[str], faults: Faults) -> Node:
    """Apply overrides in order.

    Args:
        root: the document.
        overrides: texts ``key.path=value``; a value is read as a plain YAML scalar, in quotes, or as a list
            or mapping in brackets.
        faults: takes those that cannot be read or lead nowhere.

    Returns:
        A new document that shares what was not touched.
    """
    for text in overrides:
        try:
            path, value = _parsed(text)
            root = _put(root, path, value)
        except ParameterError as error:
            faults.add(Place(OVERRIDE + text), str(error))
    return root


def parse_values(text: str) -> tuple[str, list[Any]]:
    """Read ``key.path=value,value,...``, the values of one varied parameter.

    Values that are lists themselves are written ``[0,0],[1,0]``, and a single one ``[[0,0]]``.

    Returns:
        The key path as text, and its values.

    Raises:
        ParameterError: the text cannot be read.

    Example:
        >>> parse_values("links[0].length=10 km, 20 km")
        ('links[0].length', ['10 km', '20 km'])
    """
    try:
        left, right = _split(text)
    except ParameterError:
        raise ParameterError("values are written key.path=value,value,...") from None
    path, node = _parsed(f"{left}=[{right}]")
    values: list[Any] = NodeValues().of(node)
    # Brackets round all of them are allowed.
    whole = len(values) == 1 and isinstance(values[0], list)
    return format_path(path), values[0] if whole else values


def apply_values(root: Node, values: Mapping[str, Any], faults: Faults) -> Node:
    """Put in the values of one point of a sweep, plain ones by key path; otherwise as `apply_overrides`."""
    read: list[tuple[KeyPath, Place, Any]] = []
    for text, value in values.items():
        try:
            path = parse_path(text)
        except ParameterError as error:
            faults.add(Place(f"{SWEPT}{text}={_written(value)}"), str(error))
        else:
            read.append((path, Place(f"{SWEPT}{format_path(path)}={_written(value)}", path), value))
    # A whole object goes in before its parts, or they would be lost in it.
    for path, place, value in sorted(read, key=lambda each: len(each[0])):
        try:
            root = _put(root, path, from_plain(value, place, faults))
        except ParameterError as error:
            faults.add(place, str(error))
    return root


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _parsed(text: str) -> tuple[KeyPath, Node]:
    left, right = _split(text)
    path = parse_path(left)
    place = Place(f"{OVERRIDE}{format_path(path)}={right}", path)
    if right[:1] not in ("[", "{", '"', "'"):
        return path, Node(resolve(right), place)
    from qsim.documents.yaml_reader import read_yaml

    found = Faults()
    try:
        read = read_yaml(right, "value", found)
    except ScenarioError as error:
        raise ParameterError(error.faults[0]) from None
    if found:
        raise ParameterError(found.lines()[0])
    return path, _placed(read, place) if read is not None else Node(None, place)


def _split(text: str) -> tuple[str, str]:
    quoted = False
    for index, character in enumerate(text):
        quoted ^= character == '"' and text[index - 1 : index] != "\\"
        if character == "=" and not quoted:
            return text[:index].strip(), text[index + 1 :].strip()
    raise ParameterError("an override is written key.path=value")


def _placed(node: Node, place: Place) -> Node:
    value = node.value
    if isinstance(value, dict):
        return Node({key: _placed(entry, place.below(key)) for key, entry in value.items()}, place)
    if isinstance(value, list):
        return Node([_placed(entry, place.below(index)) for index, entry in enumerate(value)], place)
    return Node(value, place)


def _put(root: Node, path: KeyPath, value: Node) -> Node:
    """A copy of a document in which a value stands at a path, whose first step may be a link's address."""
    found = with_link(root, path[0], value.place)
    if found is None:
        return _assigned(root, path, value, 0)
    if len(path) == 1:
        raise ParameterError(f"say what of {path[0]} is set, as in {path[0]}.length")
    root, index = found
    return _assigned(root, ("links", index, *path[1:]), value, 0)


def _assigned(node: Node, path: KeyPath, value: Node, depth: int) -> Node:
    """A copy of `node` in which `value` stands at `path[depth:]`."""
    if depth == len(path):
        return Node(value.value, value.place)
    step = path[depth]
    if isinstance(step, int):
        return _assigned_item(node, path, value, depth, step)
    entries = _entries(node, path, depth)
    child = entries.get(step) or Node(None, value.place._replace(path=path[: depth + 1]))
    return node.within({**entries, step: _assigned(child, path, value, depth + 1)})


def _assigned_item(node: Node, path: KeyPath, value: Node, depth: int, index: int) -> Node:
    items, where = node.value, format_path(path[:depth])
    if not isinstance(items, list):
        what = "is not in the file" if items is None else "is no list"
        raise ParameterError(f"`{where}` {what}")
    if index >= len(items):
        known = f"from 0 to {len(items) - 1}" if items else "none, the list is empty"
        raise ParameterError(f"`{where}` has no item {index}; there are {known}")
    changed = [*items]
    changed[index] = _assigned(items[index], path, value, depth + 1)
    return Node(changed, node.place, node.key)


def _entries(node: Node, path: KeyPath, depth: int) -> dict[str, Node]:
    """The entries of what a path walks through, short forms spelt out."""
    here, step = node.value, path[depth]
    if isinstance(here, dict):
        return here
    if here is None:
        return {}
    if isinstance(here, str):
        return {"kind": node}
    where = format_path(path[:depth])
    if isinstance(here, list) and path[:depth] == ("nodes",):
        names = {entry.value: Node(None, entry.place) for entry in here if isinstance(entry.value, str)}
        if step not in names:
            raise ParameterError(f"there is no node '{step}'{nearest(str(step), names)}")
        return names
    if isinstance(here, list):
        if isinstance(step, str) and step.isdecimal():
            rest = format_path((*path[:depth], int(step), *path[depth + 1 :]))
            raise ParameterError(f"`{where}` is a list: its items stand in brackets, as in {rest}")
        raise ParameterError(f"`{where}` is a list: name an item of it, as in {where}[0].{step}")
    raise ParameterError(f"`{where}` is a single value and has no '{step}'")
