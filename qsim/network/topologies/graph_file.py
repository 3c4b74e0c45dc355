"""Networks read from files that hold a graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from qsim import limits
from qsim.network.loss_report import LossReport
from qsim.network.topologies.base import Topology
from qsim.parameters import Declared, Param
from qsim.registry import register

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class _GraphFile(Declared):
    path: Annotated[str, Param("the file, relative to the scenario file")]
    length: Annotated[
        float | None, Param("length of links that have none and cannot be measured", unit="m", ge=0)
    ] = None
    least_length: Annotated[
        float | None,
        Param(
            "shorter links, such as those between nodes that share a place, become so long; left out, they "
            "stay as they are",
            unit="m",
            ge=0,
        ),
    ] = None

    def expand(self, base: Path | None) -> Topology:
        """Read the file.

        Raises:
            NetworkError: the file cannot be read, or a link has no length.
            LimitError: the file lies outside the folder `base` and those that may be read.
        """
        from qsim.network.importers import graph

        path = (base or Path()) / self.path
        if base is not None:
            limits.current().check_file(path, base)
        report = LossReport(str(path))
        return graph.fragments(
            self._read(path, report),
            source=str(path),
            length=self.length,
            least_length=self.least_length,
            report=report,
        )

    def _read(self, path: Path, report: LossReport) -> nx.Graph:
        raise NotImplementedError


@register("topology", "gml")
@dataclass(frozen=True)
class GmlFile(_GraphFile):
    """The nodes and edges of a GML file, read as `qsim.network.importers.graph` tells."""

    def _read(self, path: Path, report: LossReport) -> nx.Graph:
        from qsim.network.importers.graph_formats import read_gml

        return read_gml(path, report)


@register("topology", "graphml")
@dataclass(frozen=True)
class GraphmlFile(_GraphFile):
    """The nodes and edges of a GraphML file, read as `qsim.network.importers.graph` tells."""

    def _read(self, path: Path, report: LossReport) -> nx.Graph:
        from qsim.network.importers.graph_formats import read_graphml

        return read_graphml(path, report)


@register("topology", "node-link")
@dataclass(frozen=True)
class NodeLinkFile(_GraphFile):
    """The nodes and edges of a graph that NetworkX has written as JSON (``node_link_data``)."""

    def _read(self, path: Path, report: LossReport) -> nx.Graph:
        from qsim.network.importers.foreign_files import read_node_link

        return read_node_link(path)
