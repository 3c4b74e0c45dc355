"""Which nodes of a network a path can join."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence


class Reachability:
    """Who is joined to whom by a path with nothing but routers on its way.

    Args:
        routers: nodes that paths may lead through.
        neighbours: the nodes that a node is linked to.
    """

    def __init__(self, routers: Collection[str], neighbours: Callable[[str], Sequence[str]]) -> None:
        self._neighbours = neighbours
        self._pieces = _pieces(routers, neighbours)

    def connected(self, a: str, b: str) -> bool:
        """Whether a path leads from one node to another."""
        return a == b or b in self._neighbours(a) or bool(self.pieces(a) & self.pieces(b))

    def pieces(self, name: str) -> set[int]:
        """The pieces of routers that a node belongs to or is linked to."""
        return {self._pieces[node] for node in (name, *self._neighbours(name)) if node in self._pieces}


def _pieces(routers: Iterable[str], neighbours: Callable[[str], Sequence[str]]) -> dict[str, int]:
    """The routers, each with the number of the piece that is left to it without the end nodes."""
    pieces: dict[str, int] = {}
    all_of_them = dict.fromkeys(routers)
    for number, start in enumerate(all_of_them):
        reached = [start] if start not in pieces else []
        while reached:
            node = reached.pop()
            pieces[node] = number
            reached += (other for other in neighbours(node) if other in all_of_them and other not in pieces)
    return pieces
