"""The document as a tree whose every value knows where it was written.

Readers make the tree, overrides and defaults rework it by building new mappings round the old values, and a
value keeps its place through all of that. So a fault found in the expanded document is reported where its
author wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from qsim.documents.faults import Faults, Place
from qsim.documents.paths import KeyPath
from qsim.documents.scalars import LONGEST, Scalar
from qsim.errors import ParameterError

Value: TypeAlias = "Scalar | list[Node] | dict[str, Node]"

#: Deepest nesting of lists and mappings that is read.
DEEPEST: Final = 64


class Node:
    """One value of the document.

    Trees are never changed once they are read: what reworks them makes new nodes.

    Attributes:
        value: a scalar, a list of nodes, or a mapping from text to nodes.
        place: where the value begins.
        key: where its key is written; the same as `place` for list items.
    """

    __slots__ = ("key", "place", "value")

    def __init__(self, value: Value, place: Place, key: Place | None = None) -> None:
        self.value = value
        self.place = place
        self.key = key or place

    @property
    def items(self) -> dict[str, Node]:
        """The entries when this is a mapping, otherwise none."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, key: str) -> Node | None:
        """The entry of this name; None when there is none, or when it was left empty."""
        entry = self.items.get(key)
        return None if entry is None or entry.value is None else entry

    def within(self, entries: dict[str, Node]) -> Node:
        """A mapping of other entries, said to be in this place."""
        return Node(entries, self.place, self.key)

    def locate(self, path: KeyPath) -> Place:
        """Where to report a fault at a key path below this node.

        A missing key is reported where its mapping begins, an entry of a short form (``memory: atomic``)
        where the short form stands, which says the ``kind`` and lacks every other key.
        """
        node: Node = self
        for depth, step in enumerate(path):
            value = node.value
            if isinstance(value, dict) and isinstance(step, str):
                if step not in value:
                    return node.place.below(*path[depth:])
                node = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                node = value[step]
            elif isinstance(value, str) and step != "kind":
                return node.place.below(*path[depth:])
            else:
                break
        # What was left empty has no position of its own.
        return node.key if node.value is None else node.place

    def locate_key(self, path: KeyPath) -> Place:
        """Where the key at the end of a path is written."""
        parent: Node = self
        for step in path[:-1]:
            value = parent.value
            child = value.get(str(step)) if isinstance(value, dict) else None
            if isinstance(value, list) and isinstance(step, int) and step < len(value):
                child = value[step]
            if child is None:
                return self.locate(path)
            parent = child
        entry = parent.items.get(str(path[-1]))
        return self.locate(path) if entry is None else entry.key


class NodeValues:
    """Turns nodes into plain values, the same node always into the same object.

    Sharing matters: hundreds of nodes that take their memories from ``defaults`` share one mapping, which is
    then checked once and becomes one object.
    """

    def __init__(self) -> None:
        # The nodes' containers are kept alive, so an id is never used twice.
        self._made: dict[int, tuple[Value, Any]] = {}

    def of(self, node: Node) -> Any:
        """The plain value of a node."""
        value = node.value
        if not isinstance(value, dict | list):
            return value
        known = self._made.get(id(value))
        if known is not None:
            return known[1]
        made: Any
        if isinstance(value, dict):
            made = {key: self.of(entry) for key, entry in value.items()}
        else:
            made = [self.of(entry) for entry in value]
        self._made[id(value)] = value, made
        return made


def from_plain(value: object, place: Place, faults: Faults) -> Node:
    """Make a tree from a script's values: mappings with text keys, sequences, text, numbers (NumPy's too)."""
    if len(place.path) > DEEPEST:
        faults.add(place, f"is nested more than {DEEPEST} levels deep")
        return Node(None, place)
    if not isinstance(value, (str, float, int, list)) and isinstance(value, Mapping):
        entries: dict[str, Node] = {}
        for key, entry in value.items():
            if isinstance(key, str):
                entries[key] = from_plain(entry, place.below(key), faults)
            else:
                faults.add(place, f"keys must be text, got {key!r}")
        return Node(entries, place)
    if isinstance(value, list | tuple):
        return Node(
            [from_plain(entry, place.below(index), faults) for index, entry in enumerate(value)], place
        )
    try:
        return Node(_scalar(value), place)
    except ParameterError as error:
        faults.add(place, str(error))
        return Node(None, place)


def _scalar(value: object) -> Scalar:
    item = getattr(value, "item", None)
    plain = item() if callable(item) and getattr(value, "shape", None) == () else value
    if plain is None or isinstance(plain, bool):
        return plain
    if isinstance(plain, int) and abs(plain) >= 10**LONGEST:
        raise ParameterError(f"a number of more than {LONGEST} digits is too long")
    for kind in (str, int, float):
        if isinstance(plain, kind):
            return kind(plain)
    raise ParameterError(f"expected a number, text, list or mapping, got {type(value).__name__}")
