"""Regular topologies: lines, rings, stars, grids and trees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import MOST_NODES, Topology, bounded, numbered, uniform
from qsim.parameters import Declared, Param
from qsim.registry import register


@register("topology", "grid")
@dataclass(frozen=True)
class Grid(Declared):
    """Nodes in rows and columns, each linked to its neighbours; named by place, such as ``r0c3``.

    Example:
        >>> list(Grid(rows=2, columns=2, length=1e3).expand(None).nodes)
        ['r0c0', 'r0c1', 'r1c0', 'r1c1']
    """

    rows: Annotated[int, Param("number of rows", ge=1)]
    columns: Annotated[int, Param("number of columns", ge=1)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]

    def expand(self, base: Path | None) -> Topology:
        import networkx as nx

        bounded(self.rows * self.columns)
        graph = nx.grid_2d_graph(self.rows, self.columns)
        links = [{"between": [_name(a), _name(b)], "length": self.length} for a, b in graph.edges]
        return Topology({_name(place): {} for place in graph}, links)


def _name(place: tuple[int, int]) -> str:
    return f"r{place[0]}c{place[1]}"


@register("topology", "ring")
@dataclass(frozen=True)
class Ring(Declared):
    """Nodes in a circle, each linked to the next and the last to the first."""

    nodes: Annotated[int, Param("number of nodes", ge=3)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name")] = "n"

    def expand(self, base: Path | None) -> Topology:
        pairs = ((index, (index + 1) % self.nodes) for index in range(self.nodes))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)


@register("topology", "star")
@dataclass(frozen=True)
class Star(Declared):
    """One hub, the first node, linked to every other node."""

    nodes: Annotated[int, Param("number of nodes, the hub included", ge=2)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name; the hub has index 0")] = "n"

    def expand(self, base: Path | None) -> Topology:
        pairs = ((0, leaf) for leaf in range(1, self.nodes))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)


@register("topology", "tree")
@dataclass(frozen=True)
class Tree(Declared):
    """A balanced tree: the root is node 0, and the levels below are numbered one after the other."""

    branching: Annotated[int, Param("children of every node above the lowest level", ge=2)]
    height: Annotated[int, Param("number of levels below the root", ge=1)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name; the root has index 0")] = "n"

    def expand(self, base: Path | None) -> Topology:
        import networkx as nx

        # No power of a large height is needed to know that there are too many.
        height = min(self.height, MOST_NODES.bit_length())
        bounded((self.branching ** (height + 1) - 1) // (self.branching - 1))
        graph = nx.balanced_tree(self.branching, self.height)
        return uniform(numbered(self.prefix, len(graph)), graph.edges, self.length)


@register("topology", "line")
@dataclass(frozen=True)
class Line(Declared):
    """Nodes in a row, each linked to the next: a repeater chain.

    Example:
        >>> Line(nodes=3, length="20 km").expand(None).links[1]
        {'between': ['n1', 'n2'], 'length': 20000.0}
    """

    nodes: Annotated[int, Param("number of nodes", ge=2)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name")] = "n"

    def expand(self, base: Path | None) -> Topology:
        pairs = ((index, index + 1) for index in range(self.nodes - 1))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)
