"""Who shares which pair, followed through the events of a trace.

A trace tells what each node knows. Which memories a swap really joins is not said in one place: a node may
name a pair by a number that a swap elsewhere has replaced, and may not know yet that its far end has moved.
"""

from __future__ import annotations

from typing import NamedTuple


class _Pair(NamedTuple):
    """A pair of memories, by name, and all the numbers that nodes know it by."""

    ends: list[str]
    numbers: list[int]


class PairEnds:
    """The two memories of every pair there is, as they physically are.

    Memories are named ``node[index]``.

    Example:
        >>> pairs = PairEnds()
        >>> pairs.heralded(1, "a[0]", "b[0]")
        >>> pairs.heralded(2, "b[1]", "c[0]")
        >>> pairs.swapped("b", 1, 2, 3)
        ('a[0]', 'c[0]')
    """

    def __init__(self) -> None:
        self._known: dict[int, _Pair] = {}
        self._held: dict[str, _Pair] = {}

    def heralded(self, number: int, first: str, second: str) -> None:
        """Two memories have become entangled."""
        self._keep(_Pair([first, second], [number]))

    def swapped(self, node: str, left: int, right: int, number: int) -> tuple[str, str] | None:
        """A node has joined two pairs, by the numbers that it knows them by, to one of a new number.

        Returns:
            The memories at the two ends of the new pair, left before right; None when a pair had lost a half
            before, so that nothing has been joined.
        """
        near, far = self._known.get(left), self._known.get(right)
        if near is None or far is None or len(near.ends) < 2 or len(far.ends) < 2:
            return None
        ends = [end for pair in (near, far) for end in pair.ends if node_of(end) != node]
        if len(ends) != 2:
            return None
        for pair in (near, far):
            for end in pair.ends:
                del self._held[end]
        self._keep(_Pair(ends, [*near.numbers, *far.numbers, number]))
        return ends[0], ends[1]

    def freed(self, memory: str) -> None:
        """A memory has let go of what it held, if anything."""
        pair = self._held.pop(memory, None)
        if pair is None:
            return
        pair.ends.remove(memory)
        if not pair.ends:
            for number in pair.numbers:
                del self._known[number]

    def _keep(self, pair: _Pair) -> None:
        for number in pair.numbers:
            self._known[number] = pair
        for end in pair.ends:
            self._held[end] = pair


def node_of(memory: str) -> str:
    """The node of a memory named ``node[index]``."""
    return memory.rpartition("[")[0]


def index_of(memory: str) -> int:
    """The index of a memory named ``node[index]``."""
    return int(memory.rpartition("[")[2].removesuffix("]"))
