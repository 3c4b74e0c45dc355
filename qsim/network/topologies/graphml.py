"""A network read from a GraphML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from qsim.network.topologies.base import Topology
from qsim.parameters import Declared, Param
from qsim.registry import register


@register("topology", "graphml")
@dataclass(frozen=True)
class GraphmlFile(Declared):
    """The nodes and edges of a GraphML file, read as `qsim.network.importers.graph` tells."""

    path: Annotated[str, Param("the file, relative to the scenario file")]
    length: Annotated[
        float | None, Param("length of links that have none and cannot be measured", unit="m", ge=0)
    ] = None

    def expand(self, base: Path | None) -> Topology:
        """Read the file.

        Raises:
            NetworkError: the file cannot be read, or a link has no length.
        """
        from qsim.network.importers import graph, graphml

        path = (base or Path()) / self.path
        return graph.fragments(graphml.read(path), source=str(path), length=self.length)
