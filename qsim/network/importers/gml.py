"""GML files, such as those of the Internet Topology Zoo.

Nodes are told apart by their ``id``, since labels repeat. A file with parallel edges that does not call
itself a multigraph is read as one; the importer then keeps the shortest of the parallel edges and reports the
others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from qsim.errors import NetworkError
from qsim.network.importers.text import read_text

if TYPE_CHECKING:
    import networkx as nx

_GRAPH = re.compile(r"^\s*graph\s*\[", re.MULTILINE)


def read(path: Path) -> nx.Graph:
    """Read one GML file, in UTF-8.

    Raises:
        NetworkError: the file cannot be read or is not GML.
    """
    import networkx as nx

    text = read_text(path)
    try:
        try:
            return nx.parse_gml(text, label="id")
        except nx.NetworkXError as error:
            if "is duplicated" not in str(error) or re.search(r"^\s*multigraph\s+1", text, re.MULTILINE):
                raise
            return nx.parse_gml(_GRAPH.sub("graph [\nmultigraph 1", text, count=1), label="id")
    except (nx.NetworkXError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise NetworkError(f"{path}: not GML: {error}") from None
