"""Nodes in a circle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import Topology, numbered, uniform
from qsim.parameters import Declared, Param
from qsim.registry import register


@register("topology", "ring")
@dataclass(frozen=True)
class Ring(Declared):
    """Nodes in a circle, each linked to the next and the last to the first."""

    nodes: Annotated[int, Param("number of nodes", ge=3)]
    length: Annotated[float, Param("length of every link", unit="m", ge=0)]
    prefix: Annotated[str, Param("text before the index in a node's name")] = "n"

    def expand(self, base: Path | None) -> Topology:
        """Make the nodes and links; `base` is not used."""
        pairs = ((index, (index + 1) % self.nodes) for index in range(self.nodes))
        return uniform(numbered(self.prefix, self.nodes), pairs, self.length)
