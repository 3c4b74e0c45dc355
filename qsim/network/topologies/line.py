"""Nodes in a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import Topology, numbered, uniform
from qsim.parameters import Declared, Param
from qsim.registry import register


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
        """Make the nodes and links; `base` is not used."""
        pairs = ((index, index + 1) for index in range(self.nodes - 1))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)
