"""Builds the tree from what a reader finds, in the order of the text.

Both readers (YAML and JSON) feed it, so keys, duplicates and depth are judged alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from qsim.documents.faults import Faults, Place, fail
from qsim.documents.paths import KeyPath
from qsim.documents.scalars import Scalar
from qsim.documents.tree import DEEPEST, Node


@dataclass(slots=True, eq=False)
class _Frame:
    """A list or mapping that is still being read; `label` is the key whose value comes next."""

    node: Node
    label: Place | None = None
    keep: bool = True
    cost: int = 1


class TreeBuilder:
    """Takes scalars, beginnings and ends, and puts the tree together.

    Args:
        source: what to call the text in messages.
        faults: takes duplicate keys and keys that are no text; the rest of the text is still read.

    Attributes:
        root: the tree, once the text is over.
        cost: size of the value finished last, in characters, with every alias counted in full.
    """

    def __init__(self, source: str, faults: Faults) -> None:
        self.root: Node | None = None
        self.cost = 0
        self._source = source
        self._faults = faults
        self._open: list[_Frame] = []

    def place(self, line: int, column: int) -> Place:
        """The place of the value that comes next."""
        return Place(self._source, self._next_path(), line, column)

    def scalar(self, value: Scalar, text: str, line: int, column: int, *, plain: bool = False) -> Node | None:
        """Take a scalar and how it is written, `plain` without quotes; None when it was a key."""
        if self._awaits_key():
            self._take_key(value, text, line, column, plain)
            return None
        node = Node(value, self.place(line, column))
        self._attach(node, 8 + len(text))
        return node

    def begin(self, container: list[Node] | dict[str, Node], line: int, column: int) -> Node:
        """Take the beginning of a list or a mapping, given empty."""
        place = self.place(line, column)
        if self._awaits_key():
            raise fail(place, "a key must be text, got a list or mapping")
        if len(self._open) >= DEEPEST:
            raise fail(place._replace(path=()), f"is nested more than {DEEPEST} levels deep")
        node = Node(container, place)
        frame = _Frame(node)
        self._attach(node, 0)
        self._open.append(frame)
        return node

    def end(self) -> Node:
        """Take the end of the innermost list or mapping."""
        frame = self._open.pop()
        self.cost = frame.cost
        if self._open:
            self._open[-1].cost += frame.cost
        return frame.node

    def repeat(self, node: Node, cost: int, line: int, column: int) -> None:
        """Take a value that was read before (an alias)."""
        if self._awaits_key():
            raise fail(self.place(line, column), "a key must be text, got an alias")
        # The contents are shared; the key is the alias's own.
        self._attach(Node(node.value, node.place), cost)

    def encloses(self, node: Node) -> bool:
        """Whether a list or mapping is still being read."""
        return any(frame.node is node for frame in self._open)

    def _awaits_key(self) -> bool:
        return (
            bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].label is None
        )

    def _take_key(self, value: Scalar, text: str, line: int, column: int, plain: bool) -> None:
        frame = self._open[-1]
        entries = frame.node.items
        label = Place(self._source, (*frame.node.place.path, text), line, column)
        frame.keep = text not in entries
        if not isinstance(value, str):
            self._faults.add(label, f'a key must be text: write "{text}" in quotes')
        elif plain and text == "<<":
            self._faults.add(label, "merge keys (<<) are not supported: put what is shared under `defaults`")
            frame.keep = False
        elif not frame.keep:
            first = entries[text].key
            self._faults.add(label, f"is given twice; the first is at {first.line}:{first.column}")
        frame.label = label
        frame.cost += len(text)

    def _attach(self, node: Node, cost: int) -> None:
        self.cost = cost
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        frame.cost += cost
        container = frame.node.value
        if isinstance(container, list):
            container.append(node)
        elif isinstance(container, dict) and frame.label is not None:
            node.key = frame.label
            if frame.keep:
                container[str(frame.label.path[-1])] = node
            frame.label = None

    def _next_path(self) -> KeyPath:
        if not self._open:
            return ()
        frame = self._open[-1]
        if frame.label is not None:
            return frame.label.path
        value = frame.node.value
        return (*frame.node.place.path, len(value)) if isinstance(value, list) else frame.node.place.path
