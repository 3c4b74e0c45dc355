"""Topologies by name: generators and files that expand to nodes and links.

Importing this package registers the kind "topology"; NetworkX is imported when a topology that needs it is
expanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsim.first_use import offered
from qsim.registry import announce as _announce

if TYPE_CHECKING:
    from qsim.network.topologies.base import Topology as Topology
    from qsim.network.topologies.base import TopologyKind as TopologyKind
    from qsim.network.topologies.csv_file import CsvFile as CsvFile
    from qsim.network.topologies.graph_file import GmlFile as GmlFile
    from qsim.network.topologies.graph_file import GraphmlFile as GraphmlFile
    from qsim.network.topologies.regular import Grid as Grid
    from qsim.network.topologies.regular import Line as Line
    from qsim.network.topologies.regular import Ring as Ring
    from qsim.network.topologies.regular import Star as Star
    from qsim.network.topologies.regular import Tree as Tree
    from qsim.network.topologies.waxman import Waxman as Waxman
else:
    __getattr__, __dir__, __all__ = offered(
        __name__,
        {
            "base": ("Topology", "TopologyKind"),
            "csv_file": ("CsvFile",),
            "graph_file": ("GmlFile", "GraphmlFile"),
            "regular": ("Grid", "Line", "Ring", "Star", "Tree"),
            "waxman": ("Waxman",),
        },
    )

_announce("qsim.network.topologies.regular", "topology", "grid", "line", "ring", "star", "tree")
_announce("qsim.network.topologies.waxman", "topology", "waxman")
_announce("qsim.network.topologies.csv_file", "topology", "csv")
_announce("qsim.network.topologies.graph_file", "topology", "gml", "graphml", "node-link")
