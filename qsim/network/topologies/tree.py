"""Nodes in a balanced tree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import MOST_NODES, Topology, bounded, numbered, uniform
from qsim.parameters import Declared, Param
from qsim.registry import register


@register("topology", "tree")
@dataclass(frozen=True)
class Tree(Declared):
    """A balanced tree: the root is node 0, and the levels below are numbered one after the other."""

    branching: Annotated[int, Param("children of every node above the lowest level", ge=2)]
    height: Annotated[int, Param("number of levels below the root", ge=1)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name; the root has index 0")] = "n"

    def expand(self, base: Path | None) -> Topology:
        """Make the nodes and links; `base` is not used."""
        import networkx as nx

        # No power of a large height is needed to know that there are too many.
        height = min(self.height, MOST_NODES.bit_length())
        bounded((self.branching ** (height + 1) - 1) // (self.branching - 1))
        graph = nx.balanced_tree(self.branching, self.height)
        return uniform(numbered(self.prefix, len(graph)), graph.edges, self.length)
