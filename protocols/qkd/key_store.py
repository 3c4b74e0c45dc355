"""The keys that one end shares with another: filled by sessions, drawn from under identifiers.

Two ends have stores of the same bits. So that both can draw without asking, a share of every key is for those
who ask at the first end, and the rest for those who ask at the other. The store of the end that is asked is
the master of what it draws, and tells the other which bits a key is.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qsim.errors import StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Key", "KeyStore", "Place"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that has been drawn.

    Attributes:
        id: its identifier, the same at both ends.
        bits: 0 or 1 each.
    """

    id: str
    bits: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the stores a key is.

    Attributes:
        first: whether it is of the part of the first end.
        start: from which bit of that part, counted from the beginning of all.
        size: how many bits.
    """

    first: bool
    start: int
    size: int


class KeyStore:
    """The keys that this end shares with one other.

    Args:
        name: alike at both ends.
        first: whether this end is the first.
        share: part of each key that is for those who ask at the first end, alike at both.

    Attributes:
        owed: bits that authentication has used up and that no key has given back yet.
        received: bits that sessions have given, before that.
    """

    def __init__(self, name: str, first: bool, share: float = 0.5) -> None:
        self._name = name
        self._first = first
        self._share = share
        self._parts = {True: _Part(), False: _Part()}
        self._known: dict[str, Place] = {}
        self._early: dict[int, tuple[NDArray[np.uint8], int]] = {}
        self._following = 0
        self.owed = 0
        self.received = 0

    def put(self, number: int, bits: NDArray[np.uint8], spent: int = 0) -> None:
        """Put the key of a session in; sessions count in the order of their numbers, whichever ends first.

        Args:
            number: of the session, from 0 on without a gap.
            bits: its key, maybe empty.
            spent: bits that its authentication has used up, which its first bits pay back.
        """
        self._early[number] = bits, spent
        while self._following in self._early:
            bits, spent = self._early.pop(self._following)
            self._following += 1
            self.received += len(bits)
            self.owed += spent
            paid = min(self.owed, len(bits))
            self.owed -= paid
            left = bits[paid:]
            cut = int(len(left) * self._share)
            self._parts[True].add(left[:cut])
            self._parts[False].add(left[cut:])

    @property
    def available(self) -> int:
        """Bits that may be drawn here."""
        return self._parts[self._first].left

    def draw(self, size: int) -> tuple[Key, Place]:
        """Draw a key as its master.

        Args:
            size: bits.

        Returns:
            The key, and its place, which the other end must be told.

        Raises:
            StateError: there are too few bits.
        """
        if size > self.available:
            raise StateError(f"{self._name}: {self.available} bits for those who ask here, {size} wanted")
        part = self._parts[self._first]
        place = Place(self._first, part.next, size)
        part.next += size
        name = uuid.uuid5(uuid.NAMESPACE_OID, f"{self._name}/{place.first}/{place.start}/{size}")
        return Key(str(name), part.take(place.start, size)), place

    def told(self, key_id: str, place: Place) -> None:
        """The other end has drawn a key."""
        self._known[key_id] = place

    def knows(self, key_id: str) -> bool:
        """Whether a key is known that has not been fetched."""
        return key_id in self._known

    def fetch(self, key_id: str) -> Key:
        """The key that the other end has drawn under an identifier that is known; it is given once.

        Raises:
            StateError: its bits are not there yet.
        """
        place = self._known[key_id]
        part = self._parts[place.first]
        if place.start + place.size > part.end:
            raise StateError(f"{self._name}: the bits of key '{key_id}' are not there yet")
        del self._known[key_id]
        return Key(key_id, part.take(place.start, place.size))


class _Part:
    """Bits in a row, of which some have been taken."""

    def __init__(self) -> None:
        self._chunks: dict[int, NDArray[np.uint8]] = {}
        self._used: dict[int, int] = {}
        self.end = 0
        self.next = 0

    @property
    def left(self) -> int:
        return self.end - self.next

    def add(self, bits: NDArray[np.uint8]) -> None:
        if len(bits):
            self._chunks[self.end] = bits
            self.end += len(bits)

    def take(self, start: int, size: int) -> NDArray[np.uint8]:
        """Take bits out; a chunk all of which has been taken is forgotten."""
        found = np.empty(size, dtype=np.uint8)
        for begin, bits in list(self._chunks.items()):
            low, high = max(start, begin), min(start + size, begin + len(bits))
            if low >= high:
                continue
            found[low - start : high - start] = bits[low - begin : high - begin]
            self._used[begin] = self._used.get(begin, 0) + high - low
            if self._used[begin] == len(bits):
                del self._chunks[begin], self._used[begin]
        return found
