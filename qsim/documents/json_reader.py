"""Reads JSON with the line and column of every value."""

from __future__ import annotations

import re
from bisect import bisect_right
from json import JSONDecodeError, JSONDecoder
from typing import Final, NoReturn

from qsim.documents.faults import Faults, Place, fail
from qsim.documents.scalars import Scalar, resolve
from qsim.documents.tree import Node
from qsim.documents.tree_builder import TreeBuilder
from qsim.errors import ParameterError

_DECODER: Final = JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_WORD: Final = re.compile(r"-?[^\s,:{}\[\]\"]+")
_CONSTANTS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}


def read_json(text: str, source: str, faults: Faults) -> Node | None:
    """Read a JSON text; arguments and result as of `qsim.documents.yaml_reader.read_yaml`.

    Raises:
        ScenarioError: the text is no JSON.
    """
    return _Reader(text, source, faults).read()


class _Reader:
    def __init__(self, text: str, source: str, faults: Faults) -> None:
        self._text = text
        self._source = source
        self._faults = faults
        self._tree = TreeBuilder(source, faults)
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._at = 0

    def read(self) -> Node | None:
        if not self._peek():
            return None
        self._value()
        if self._peek():
            self._refuse("something follows the end of the document")
        return self._tree.root

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end of the text."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _value(self) -> None:
        first = self._peek()
        if first == "{":
            self._members({}, "}")
        elif first == "[":
            self._members([], "]")
        elif first == '"':
            self._string()
        else:
            self._word()

    def _members(self, container: list[Node] | dict[str, Node], closing: str) -> None:
        opened = self._position()
        self._tree.begin(container, *opened)
        self._at += 1
        more = self._peek() != closing
        while more:
            if closing == "}":
                self._key()
            self._value()
            more = self._peek() == ","
            if more:
                self._at += 1
                if self._peek() == closing:
                    self._refuse(f"nothing stands between ',' and '{closing}'")
            elif self._peek() != closing:
                self._refuse(f"expected ',' or '{closing}' (in what begins at {opened[0]}:{opened[1]})")
        self._at += 1
        self._tree.end()

    def _key(self) -> None:
        if self._peek() != '"':
            self._refuse("a key must be text in double quotes")
        self._string()
        if self._peek() != ":":
            self._refuse("expected ':' after a key")
        self._at += 1

    def _string(self) -> None:
        line, column = self._position()
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError as error:
            self._at = error.pos
            self._refuse(error.msg[:1].lower() + error.msg[1:].removesuffix(" at"))
        self._tree.scalar(value, value, line, column)
        self._at = end

    def _word(self) -> None:
        line, column = self._position()
        match = _NUMBER.match(self._text, self._at) or _WORD.match(self._text, self._at)
        if match is None:
            self._refuse("a value is missing" if self._peek() else "the text ends too early")
        word = match[0]
        value = _CONSTANTS.get(word)
        if match.re is _NUMBER:
            try:
                value = resolve(word)
            except ParameterError as error:
                self._faults.add(self._tree.place(line, column), str(error))
        elif word not in _CONSTANTS:
            self._refuse(f"{word[:40]!r} is no JSON value; text stands in double quotes, numbers are finite")
        self._tree.scalar(value, word, line, column)
        self._at = match.end()

    def _position(self) -> tuple[int, int]:
        line = bisect_right(self._lines, self._at)
        return line, self._at - self._lines[line - 1] + 1

    def _refuse(self, message: str) -> NoReturn:
        raise fail(Place(self._source, (), *self._position()), f"is not JSON: {message}")
