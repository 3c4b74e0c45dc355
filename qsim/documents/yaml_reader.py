"""Reads YAML 1.2 with the line and column of every value.

PyYAML's C parser (or its Python one, where that is missing) delivers events; the meaning of words, duplicate
keys, aliases and depth are ours. The cost of an alias is known before anything is expanded, so a file that
would grow without bound is refused while it is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qsim.documents.faults import Faults, Place, fail
from qsim.documents.scalars import resolve, tagged
from qsim.documents.tree import Node
from qsim.documents.tree_builder import TreeBuilder
from qsim.errors import ParameterError

if TYPE_CHECKING:
    import yaml

#: Most characters that aliases may add to a document.
_MOST_REPEATED: Final = 4_000_000

_COLLECTION_TAGS: Final = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")

# What the parser says, and what it means to somebody who writes a scenario.
_HINTS: Final = (
    (
        "found character that cannot start any token",
        "a value cannot begin with this character; put it in quotes",
    ),
    (
        "mapping values are not allowed",
        "a ':' where none can stand: check the indentation, or put the text in quotes",
    ),
    ("could not find expected ':'", "a key without its ':'"),
    ("did not find expected key", "the indentation does not match, or a ':' or a quote is missing"),
    ("did not find expected ',' or", "a list or mapping in brackets that is not closed, or lacks a ','"),
    ("did not find expected '-' indicator", "the indentation of a list does not match"),
    ("did not find expected node content", "a value is missing"),
    ("found unexpected end of stream", "a quote that is not closed"),
    ("found undefined tag handle", "a value cannot begin with '!'; put it in quotes"),
    ("while scanning an anchor", "a value cannot begin with '&'; put it in quotes"),
    ("while scanning an alias", "a value cannot begin with '*'; put it in quotes"),
)


def read_yaml(text: str, source: str, faults: Faults) -> Node | None:
    """Read the one document of a YAML text.

    Args:
        text: the text.
        source: what to call it in messages.
        faults: takes faults after which reading goes on, such as duplicate keys.

    Returns:
        The tree; None when the text holds no value.

    Raises:
        ScenarioError: the text is no YAML, holds several documents, or is built to explode.
    """
    import yaml

    reader = _Reader(source, faults)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, source) from None
    except yaml.YAMLError as error:
        raise fail(Place(source), f"is not YAML: {error}".splitlines()[0]) from None
    return reader.tree.root


class _Reader:
    """Hands the parser's events to a `TreeBuilder`, and keeps the anchors."""

    def __init__(self, source: str, faults: Faults) -> None:
        self.tree = TreeBuilder(source, faults)
        self._source = source
        self._faults = faults
        self._documents = 0
        self._repeated = 0
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._naming: list[str | None] = []

    def take(self, event: yaml.Event) -> None:
        """Take one event of the parser."""
        handler = self._HANDLERS.get(type(event).__name__)
        if handler is not None:
            mark: Any = event.start_mark
            handler(self, event, mark.line + 1, mark.column + 1)

    def _document(self, _event: Any, line: int, column: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise fail(
                Place(self._source, (), line, column), "a scenario is one document; a second begins here"
            )

    def _scalar(self, event: Any, line: int, column: int) -> None:
        plain = not event.style and event.tag is None
        value: Any = event.value
        try:
            if plain:
                value = resolve(event.value)
            elif event.tag is not None:
                value = tagged(event.value, event.tag)
        except ParameterError as error:
            self._faults.add(self.tree.place(line, column), str(error))
        node = self.tree.scalar(value, event.value, line, column, plain=plain)
        if event.anchor is not None and node is not None:
            self._anchors[event.anchor] = node, self.tree.cost

    def _begin(self, event: Any, line: int, column: int) -> None:
        if event.tag not in _COLLECTION_TAGS:
            self._faults.add(
                self.tree.place(line, column), f"the tag {event.tag} has no meaning here; leave it out"
            )
        is_list = type(event).__name__ == "SequenceStartEvent"
        node = self.tree.begin([] if is_list else {}, line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = node, 0
        self._naming.append(event.anchor)

    def _end(self, _event: Any, _line: int, _column: int) -> None:
        node = self.tree.end()
        anchor = self._naming.pop()
        if anchor is not None:
            self._anchors[anchor] = node, self.tree.cost

    def _alias(self, event: Any, line: int, column: int) -> None:
        name, place = event.anchor, self.tree.place(line, column)
        if name not in self._anchors:
            raise fail(place, f"there is no anchor &{name} before this *{name}")
        node, cost = self._anchors[name]
        if self.tree.encloses(node):
            raise fail(place, f"*{name} stands inside &{name}, so it would contain itself")
        self._repeated += cost
        if self._repeated > _MOST_REPEATED:
            raise fail(
                place._replace(path=()),
                f"aliases would expand it by more than {_MOST_REPEATED // 1_000_000} million characters",
            )
        self.tree.repeat(node, cost, line, column)

    _HANDLERS: Final = {
        "DocumentStartEvent": _document,
        "ScalarEvent": _scalar,
        "SequenceStartEvent": _begin,
        "MappingStartEvent": _begin,
        "SequenceEndEvent": _end,
        "MappingEndEvent": _end,
        "AliasEvent": _alias,
    }


def _syntax_error(error: yaml.MarkedYAMLError, text: str, source: str) -> Exception:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return fail(Place(source), f"is not YAML: {error.problem or error.context}")
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = Place(source, (), mark.line + 1, mark.column + 1)
    if line[mark.column : mark.column + 1] == "\t":
        return fail(place, "is not YAML: a tab cannot indent; use spaces")
    said = f"{error.problem or ''} {error.context or ''}"
    meaning = next((hint for known, hint in _HINTS if known in said), error.problem)
    opened = error.context_mark
    since = f" (in what begins at {opened.line + 1}:{opened.column + 1})" if opened else ""
    return fail(place, f"is not YAML: {meaning}{since}")
