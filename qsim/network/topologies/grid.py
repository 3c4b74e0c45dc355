"""Nodes on a rectangular lattice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import Topology, bounded
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
        """Make the nodes and links; `base` is not used."""
        import networkx as nx

        bounded(self.rows * self.columns)
        graph = nx.grid_2d_graph(self.rows, self.columns)
        links = [{"between": [_name(a), _name(b)], "length": self.length} for a, b in graph.edges]
        return Topology({_name(place): {} for place in graph}, links)


def _name(place: tuple[int, int]) -> str:
    return f"r{place[0]}c{place[1]}"
