"""Mappings that grow as they are asked: a network pays for the protocols of the nodes that take part."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class Grown(dict[_K, _V]):
    """A dictionary that makes what it lacks when it is looked up, and keeps it.

    It holds, counts and goes through what has been made so far.

    Args:
        make: makes the value of a key.

    Example:
        >>> squares = Grown(lambda number: number**2)
        >>> squares[3], list(squares)
        (9, [3])
    """

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[_K], _V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._make(key)
        return value
