"""One hub and its leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import Topology, numbered, uniform
from qsim.parameters import Declared, Param
from qsim.registry import register


@register("topology", "star")
@dataclass(frozen=True)
class Star(Declared):
    """One hub, the first node, linked to every other node."""

    nodes: Annotated[int, Param("number of nodes, the hub included", ge=2)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name; the hub has index 0")] = "n"

    def expand(self, base: Path | None) -> Topology:
        """Make the nodes and links; `base` is not used."""
        pairs = ((0, leaf) for leaf in range(1, self.nodes))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)
